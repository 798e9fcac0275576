import { refuseWith, type Refusal } from '../admission/refusal.js';
import type { OperationPlan } from '../execution/operation-plan.js';
import { writtenTypes } from './content-negotiation.js';

/** An `accept` that no form of answer satisfies. */
export const notAcceptable: Refusal = refuseWith(406, 'negotiation', `Expected "accept" to allow ${writtenTypes}.`);

/** A subscription that was asked for in a form that holds one result. */
export const subscriptionWithoutStream: Refusal = refuseWith(
  406,
  'negotiation',
  'A subscription needs a WebSocket (graphql-transport-ws), "accept: text/event-stream" or ' +
    '"accept: multipart/mixed;subscriptionSpec=1.0".',
);

/** A link or an image can send a GET, so GET must not change anything. */
export function changeByGet(kind: OperationPlan['kind']): Refusal {
  const message =
    kind === 'mutation' ? 'A mutation requires POST.' : `This ${kind} changes state: it requires POST or a WebSocket.`;
  return refuseWith(405, 'method', message, { allow: 'POST' });
}
