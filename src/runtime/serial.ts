/** Runs tasks one after the other, in the given order. A failed task rejects its own promise only. */
export type Serial = <Result>(task: () => Promise<Result>) => Promise<Result>;

export function createSerial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}
