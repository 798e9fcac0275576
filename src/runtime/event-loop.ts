/**
 * The end of a turn of the event loop, once all that can be read has been: first what was read is handed over, then what
 * came of it is written. So a burst leaves together, and a message at rest waits for no further turn.
 */
interface TickEnd {
  readonly dispatch: (() => void)[];
  readonly write: (() => void)[];
}

let next: TickEnd | undefined;

/** Calls `task` after the reads of this turn. */
export function afterPoll(task: () => void): void {
  thisTick().dispatch.push(task);
}

/** Calls `task` after what was read in this turn has been handed over, promises that settled meanwhile included. */
export function afterDispatch(task: () => void): void {
  thisTick().write.push(task);
}

function thisTick(): TickEnd {
  if (next) return next;
  const turn: TickEnd = { dispatch: [], write: [] };
  next = turn;
  // Queued together they run in the same turn, and microtasks between them.
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
