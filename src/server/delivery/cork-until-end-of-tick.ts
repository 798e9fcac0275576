import type { Writable } from 'node:stream';
import { afterDispatch } from '../../runtime/event-loop.js';

let corked = new Set<Writable>();

/**
 * Corks `stream` until the end of this tick of the event loop, so that all frames of the tick leave in one system call. With many
 * subscribers that call is most of the cost of a delivery.
 */
export function corkUntilEndOfTick(stream: Writable): void {
  if (corked.has(stream)) return;
  if (corked.size === 0) afterDispatch(releaseAll);
  corked.add(stream);
  stream.cork();
}

function releaseAll(): void {
  const streams = corked;
  // A new set each time: `clear` links the old table to the new one, so that V8 would keep all of them until the old generation is collected.
  corked = new Set();
  for (const stream of streams) stream.uncork();
}
