import { textOfResult } from '../execution/serialise.js';
import type { StreamEncoding } from './streaming-response.js';

const eventEnd = Buffer.from('\n\n');
const nextPrefix = Buffer.from('event: next\ndata: ');
const complete = 'event: complete\ndata:\n\n';

/** Where the connection ends, an EventSource comes back after this long instead of the browser's own 3 to 5 s. */
const reconnectAfterMs = 1000;

/**
 * Server-sent events in graphql-sse's "distinct connections" form: `next`…, then `complete`. Events that a subscription can
 * be resumed after have an `id`, which an EventSource sends as `Last-Event-ID` when it comes back.
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
  // Without data it is no event, but the client remembers it.
  place: (cursor) => `id: ${cursor}\n\n`,
  failure: (reason) => `event: next\ndata: ${textOfResult({ errors: [reason] })}\n\n${complete}`,
  complete,
  // Without `complete` the subscription is not over: an EventSource comes back.
  goingAway: (cursor) => `: going away\n${cursor === undefined ? '' : `id: ${cursor}\n`}\n`,
};
