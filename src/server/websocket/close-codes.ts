import { CloseCode } from 'graphql-ws';
import type { CallerReason } from '../admission/admit-request.js';
import { Refusal, refuseWith } from '../admission/refusal.js';
import { Unauthenticated, type UnauthenticatedReason } from '../admission/authentication/unauthenticated.js';

export interface Close {
  readonly code: number;
  readonly reason: string;
}

const tryAgainLater = 1013;
const unauthorized: Close = { code: CloseCode.Unauthorized, reason: 'Unauthorized' };
/** After 4403 the client of graphql-ws computes its `connectionParams` again and reconnects; 4401 is final for it. */
export const credentialsExpired: Close = { code: CloseCode.Forbidden, reason: 'Credentials expired' };
const tooMany: Close = { code: tryAgainLater, reason: 'Too many sockets' };
/** The server shuts down. */
export const goingAway: Close = { code: 1001, reason: 'Going away' };
/** The client read nothing for too long. One of the codes that the protocol leaves to applications. */
export const stalled: Close = { code: 4430, reason: 'Nothing was read for too long' };

const byReason: Readonly<Record<UnauthenticatedReason, Close>> = {
  missing: unauthorized,
  malformed: unauthorized,
  unknown: unauthorized,
  invalid: unauthorized,
  expired: credentialsExpired,
  unavailable: { code: tryAgainLater, reason: 'Try again later' },
};

/** The close of a WebSocket whose `connection_init` is refused. Over HTTP the refusal's status says the same. */
export function closeOf({ reason }: Refusal<CallerReason>): Close {
  return isUnauthenticated(reason) ? byReason[reason] : tooMany;
}

/** The close of a WebSocket whose API key is no longer in the access file. */
export const revoked = unauthorized;

/** The client sent bytes that are not UTF-8 (RFC 6455, section 7.4.1). */
export const notUtf8 = 1007;

const beforeInit = new Unauthenticated('missing', 'Expected connection_init before any operation.');

/** The client's fault by close code: those of graphql-ws, and 1007. */
export const protocolRefusals: ReadonlyMap<number, Refusal> = new Map<number, Refusal>([
  [CloseCode.BadRequest, refuseWith(400, 'protocol', 'Expected a message of graphql-transport-ws.')],
  [CloseCode.Unauthorized, new Refusal({ reason: 'protocol', status: 401, error: beforeInit })],
  [CloseCode.SubprotocolNotAcceptable, refuseWith(406, 'protocol', 'Expected the subprotocol graphql-transport-ws.')],
  [CloseCode.ConnectionInitialisationTimeout, refuseWith(408, 'connectionInitTimeoutMs', 'Expected connection_init.')],
  [CloseCode.SubscriberAlreadyExists, refuseWith(400, 'protocol', 'Expected an ID that no running operation has.')],
  [CloseCode.TooManyInitialisationRequests, refuseWith(400, 'protocol', 'Expected connection_init once.')],
  [notUtf8, refuseWith(400, 'protocol', 'Expected UTF-8.')],
]);

/** ws itself closes such a socket with 1009. */
export const tooLongMessage = refuseWith(413, 'maxMessageBytes', 'Expected a message of at most maxMessageBytes.');

function isUnauthenticated(reason: CallerReason): reason is UnauthenticatedReason {
  return reason in byReason;
}
