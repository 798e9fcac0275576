/**
 * Runs the tasks at once. Where one fails the others' signal aborts, and the first failure is thrown when all have ended: then
 * nothing goes on behind the caller's back.
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
