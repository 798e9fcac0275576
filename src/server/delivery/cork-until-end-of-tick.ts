import type { Writable } from 'node:stream';
import { afterDispatch } from '../../runtime/event-loop.js';

let corked = new Set<Writable>();

/**
 * Holds back what is written to `stream` until this turn of the event loop is over, so that all frames of the turn
 * leave in one system call: with many subscribers that call is most of what a delivery costs.
 */
export function corkUntilEndOfTick(stream: Writable): void {
  if (corked.has(stream)) return;
  if (corked.size === 0) afterDispatch(releaseAll);
  corked.add(stream);
  stream.cork();
}

function releaseAll(): void {
  const streams = corked;
  // A new set each time: `clear` would link the old table to the new one, and V8 keep them all until the old generation is collected.
  corked = new Set();
  for (const stream of streams) stream.uncork();
}
