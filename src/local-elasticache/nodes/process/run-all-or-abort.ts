/**
 * Runs the tasks concurrently. If one fails, the signal of the others aborts, and the first failure is thrown after all
 * have ended, so that nothing continues in the background.
 */
export async function runAllOrAbort<Item, Value>(
  items: readonly Item[],
  signal: AbortSignal,
  task: (item: Item, signal: AbortSignal) => Promise<Value>,
): Promise<Value[]> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const settled = await Promise.allSettled(
    items.map(async (item) => {
      try {
        return await task(item, either);
      } catch (cause) {
        failed.abort(cause);
        throw cause;
      }
    }),
  );
  failed.signal.throwIfAborted();
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}
