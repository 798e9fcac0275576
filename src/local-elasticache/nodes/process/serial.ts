/** Runs tasks one after another, in the order in which they were given; a failed one holds up none. */
export type Serial = <Value>(task: () => Promise<Value>) => Promise<Value>;

export function createSerial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const next = last.then(task, task);
    // The caller has the failure; the queue only waits for its end.
    last = next.catch(() => undefined);
    return next;
  };
}
