import { GraphQLError } from 'graphql';
import type { StreamEncoding } from './streaming-response.js';
import { shuttingDown } from '../graceful-shutdown.js';

const boundary = 'graphql';
const partHead = '\r\ncontent-type: application/json\r\n\r\n';
// Each part ends with the next boundary: parsers emit a part only when they have read the boundary after it.
const partEnd = `\r\n--${boundary}`;
const payloadHead = Buffer.from(`${partHead}{"payload":`);
const payloadEnd = Buffer.from(`}${partEnd}`);
const lastBoundary = '--\r\n';

/**
 * Apollo's multipart protocol for subscriptions over HTTP, `multipart/mixed;subscriptionSpec=1.0`: a part for each result,
 * `{}` as heartbeat, and `errors` beside a null payload if the subscription itself fails.
 */
export const multipartSubscription: StreamEncoding = {
  name: 'multipart',
  contentType: `multipart/mixed;boundary="${boundary}";subscriptionSpec=1.0`,
  head: `--${boundary}`,
  heartbeat: part({}),
  next: (result) => Buffer.concat([payloadHead, result, payloadEnd]),
  failure,
  complete: lastBoundary,
  // Its clients take the end of the response for the end of the subscription.
  goingAway(cursor) {
    const { code, message } = shuttingDown();
    return failure(new GraphQLError(message, { extensions: { code, cursor } }));
  },
};

function failure(reason: GraphQLError): string {
  return part({ payload: null, errors: [reason.toJSON()] }) + lastBoundary;
}

function part(content: object): string {
  return partHead + JSON.stringify(content) + partEnd;
}
