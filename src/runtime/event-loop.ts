/**
 * Tasks for the end of one tick of the event loop, after its poll phase has read all sockets: first received messages are
 * dispatched, then results are written. A burst is thus written together, and a single message waits for no later tick.
 */
interface TickEnd {
  readonly dispatch: (() => void)[];
  readonly write: (() => void)[];
}

let next: TickEnd | undefined;

/** Calls `task` after the poll phase of this tick. */
export function afterPoll(task: () => void): void {
  thisTick().dispatch.push(task);
}

/** Calls `task` after the tasks of `afterPoll` and the microtasks that they caused. */
export function afterDispatch(task: () => void): void {
  thisTick().write.push(task);
}

function thisTick(): TickEnd {
  if (next) return next;
  const tick: TickEnd = { dispatch: [], write: [] };
  next = tick;
  // Both immediates run in the same tick, and microtasks run between them.
  setImmediate(() => runAll(tick.dispatch));
  setImmediate(() => {
    runAll(tick.dispatch);
    next = undefined;
    runAll(tick.write);
  });
  return tick;
}

function runAll(tasks: (() => void)[]): void {
  for (let task = tasks.shift(); task; task = tasks.shift()) task();
}
