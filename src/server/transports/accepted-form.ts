import type { IncomingMessage } from 'node:http';
import { multipartSubscription } from './multipart.js';
import type { Framing } from './result-stream.js';
import { serverSentEvents } from './sse.js';

/** How a client takes its answer. */
export interface AcceptedForm {
  /** For subscriptions; absent where the client takes no stream. */
  readonly stream: Framing | undefined;
  /** For one result: as plain JSON where absent. */
  readonly single: Framing | undefined;
}

/** By the `Accept` header; undefined where that asks for something that no transport of ours writes. */
export function acceptedForm({ headers: { accept = '*/*' } }: IncomingMessage): AcceptedForm | undefined {
  if (accept.includes('text/html')) return undefined;
  const stream = acceptedStream(accept);
  // Some clients offer a stream with every operation: one result is still better read whole.
  if (stream) return { stream, single: accept.includes('application/json') ? undefined : stream };
  return /application\/json|\*\/\*|application\/\*/.test(accept) ? { stream, single: undefined } : undefined;
}

function acceptedStream(accept: string): Framing | undefined {
  if (accept.includes('text/event-stream')) return serverSentEvents;
  return /multipart\/mixed[^,]*;\s*subscriptionSpec="?1\.0"?/i.test(accept) ? multipartSubscription : undefined;
}
