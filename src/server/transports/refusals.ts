import type { GraphQLError } from 'graphql';
import { refusal } from '../execution/error-codes.js';
import type { PreparedOperation } from '../execution/pipeline.js';

/** A subscription that was asked for in a form that holds one result. */
export function subscriptionWithoutStream(): GraphQLError {
  return refusal(
    406,
    'A subscription needs a WebSocket (graphql-transport-ws), "accept: text/event-stream" or ' +
      '"accept: multipart/mixed;subscriptionSpec=1.0".',
  );
}

/** What a link or an image can ask for must not change anything. */
export function changeByGet(kind: PreparedOperation['kind']): GraphQLError {
  return refusal(
    405,
    kind === 'mutation' ? 'A mutation needs POST.' : `This ${kind} changes something: it needs POST or a WebSocket.`,
  );
}
