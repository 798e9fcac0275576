/**
 * Tasks for the end of one turn of the event loop, after its poll phase has read all sockets: first the received
 * messages are
 * dispatched, then the results are written. A burst is thus written together, and a single message waits for no later
 * turn.
 */
interface TickEnd {
  readonly dispatch: (() => void)[];
  readonly write: (() => void)[];
}

let next: TickEnd | undefined;

/** Calls `task` after the poll phase of this turn. */
export function afterPoll(task: () => void): void {
  thisTick().dispatch.push(task);
}

/** Calls `task` after the tasks of `afterPoll` and the microtasks that they caused. */
export function afterDispatch(task: () => void): void {
  thisTick().write.push(task);
}

function thisTick(): TickEnd {
  if (next) return next;
  const turn: TickEnd = { dispatch: [], write: [] };
  next = turn;
  // Both immediates run in the same turn, and microtasks run between them.
  setImmediate(() => runAll(turn.dispatch));
  setImmediate(() => {
    runAll(turn.dispatch);
    next = undefined;
    runAll(turn.write);
  });
  return turn;
}

function runAll(tasks: (() => void)[]): void {
  for (let task = tasks.shift(); task; task = tasks.shift()) task();
}
