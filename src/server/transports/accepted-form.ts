import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { writeJson, writeResponseJson } from './json.js';
import { multipartSubscription } from './multipart.js';
import { writeOnce, type Framing } from './result-stream.js';
import { serverSentEvents } from './sse.js';

/** How a client takes its answer. */
export interface AcceptedForm {
  /** For subscriptions; absent where the client takes no stream. */
  readonly stream: Framing | undefined;
  /** Answers with one result. */
  readonly write: (response: ServerResponse, result: ExecutionResult) => void;
}

/** By the `Accept` header; undefined where that asks for something that no transport of ours writes. */
export function acceptedForm({ headers: { accept = '*/*' } }: IncomingMessage): AcceptedForm | undefined {
  const stream = acceptedStream(accept);
  // Some clients offer a stream with every operation: one result is still better read whole.
  if (accept.includes('application/graphql-response+json')) return { stream, write: writeResponseJson };
  if (accept.includes('application/json')) return { stream, write: writeJson };
  if (stream) return { stream, write: (response, result) => writeOnce(stream, response, result) };
  return /\*\/\*|application\/\*/.test(accept) ? { stream, write: writeJson } : undefined;
}

function acceptedStream(accept: string): Framing | undefined {
  if (accept.includes('text/event-stream')) return serverSentEvents;
  return /multipart\/mixed[^,]*;\s*subscriptionSpec="?1\.0"?/i.test(accept) ? multipartSubscription : undefined;
}
