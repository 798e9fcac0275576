import { textOfResult } from '../execution/results/serialise.js';
import type { StreamEncoding } from './streaming-response.js';

const eventEnd = Buffer.from('\n\n');
const nextPrefix = Buffer.from('event: next\ndata: ');
const complete = 'event: complete\ndata:\n\n';

/** How long an EventSource waits before it reconnects, instead of the browser's default of 3 to 5 s. */
const reconnectAfterMs = 1000;

/**
 * Server-sent events in the "distinct connections" mode of graphql-sse: `next`…, then `complete`. If the subscription can be resumed
 * after an event, the event has an `id`, which an EventSource sends as `Last-Event-ID` when it reconnects.
 */
export const serverSentEvents: StreamEncoding = {
  name: 'sse',
  contentType: 'text/event-stream; charset=utf-8',
  head: `retry: ${reconnectAfterMs}\n\n`,
  heartbeat: ':\n\n',
  next: (result, cursor) =>
    Buffer.concat([
      cursor === undefined ? nextPrefix : Buffer.from(`event: next\nid: ${cursor}\ndata: `),
      result,
      eventEnd,
    ]),
  // A block without data dispatches no event, but the client remembers the ID.
  cursor: (cursor) => `id: ${cursor}\n\n`,
  failure: (reason) => `event: next\ndata: ${textOfResult({ errors: [reason] })}\n\n${complete}`,
  complete,
  // Without `complete` the subscription has not ended: an EventSource reconnects.
  goingAway: (cursor) => `: going away\n${cursor === undefined ? '' : `id: ${cursor}\n`}\n`,
};
