import { GraphQLError } from 'graphql';

/** A subscription that was asked for in a form that holds one result. */
export function subscriptionWithoutStream(): GraphQLError {
  return new GraphQLError(
    'A subscription needs a WebSocket (graphql-transport-ws), "accept: text/event-stream" or ' +
      '"accept: multipart/mixed;subscriptionSpec=1.0".',
  );
}

/** What changes something must not be what a link or an image can ask for. */
export function mutationByGet(): GraphQLError {
  return new GraphQLError('A mutation needs POST.');
}
