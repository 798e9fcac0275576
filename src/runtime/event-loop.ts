/**
 * The end of a turn of the event loop, once all that can be read has been: first what was read is handed over, then what
 * came of it is written. So a burst leaves together, and a message at rest waits for no further turn.
 */
interface TurnEnd {
  readonly handOver: (() => void)[];
  readonly write: (() => void)[];
}

let next: TurnEnd | undefined;

/** Calls `task` after the reads of this turn. */
export function afterReads(task: () => void): void {
  thisTurn().handOver.push(task);
}

/** Calls `task` after what was read in this turn has been handed over, promises that settled meanwhile included. */
export function afterHandOver(task: () => void): void {
  thisTurn().write.push(task);
}

function thisTurn(): TurnEnd {
  if (next) return next;
  const turn: TurnEnd = { handOver: [], write: [] };
  next = turn;
  // Queued together they run in the same turn, and microtasks between them.
  setImmediate(() => runAll(turn.handOver));
  setImmediate(() => {
    runAll(turn.handOver);
    next = undefined;
    runAll(turn.write);
  });
  return turn;
}

function runAll(tasks: (() => void)[]): void {
  for (let task = tasks.shift(); task; task = tasks.shift()) task();
}
