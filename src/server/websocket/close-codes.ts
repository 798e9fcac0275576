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
/** After this code graphql-ws' client asks for `connectionParams` again and reconnects; 4401 is final for it. */
export const credentialsExpired: Close = { code: CloseCode.Forbidden, reason: 'Credentials expired' };
const tooMany: Close = { code: tryAgainLater, reason: 'Too many sockets' };

const byReason: Readonly<Record<UnauthenticatedReason, Close>> = {
  missing: unauthorized,
  malformed: unauthorized,
  unknown: unauthorized,
  invalid: unauthorized,
  expired: credentialsExpired,
  unavailable: { code: tryAgainLater, reason: 'Try again later' },
};

/** How a WebSocket closes whose `connection_init` is refused, where HTTP answers with the refusal's status. */
export function closeOf({ reason }: Refusal<CallerReason>): Close {
  return isUnauthenticated(reason) ? byReason[reason] : tooMany;
}

/** How a WebSocket closes whose API key is no longer in the access file. */
export const revoked = unauthorized;

/** The client has sent bytes that are not UTF-8 (RFC 6455, section 7.4.1). */
export const notUtf8 = 1007;

const beforeInit = new Unauthenticated('missing', 'Expected connection_init before any operation.');

/** A client's fault by the code that its WebSocket closes with: those of graphql-ws, and 1007. */
export const protocolRefusals: ReadonlyMap<number, Refusal> = new Map<number, Refusal>([
  [CloseCode.BadRequest, refuseWith(400, 'protocol', 'Expected a message of graphql-transport-ws.')],
  [CloseCode.Unauthorized, new Refusal({ reason: 'protocol', status: 401, error: beforeInit })],
  [CloseCode.SubprotocolNotAcceptable, refuseWith(406, 'protocol', 'Expected the subprotocol graphql-transport-ws.')],
  [CloseCode.ConnectionInitialisationTimeout, refuseWith(408, 'connectionInitTimeoutMs', 'Expected connection_init.')],
  [CloseCode.SubscriberAlreadyExists, refuseWith(400, 'protocol', 'Expected an ID that no operation has.')],
  [CloseCode.TooManyInitialisationRequests, refuseWith(400, 'protocol', 'Expected connection_init once.')],
  [notUtf8, refuseWith(400, 'protocol', 'Expected UTF-8.')],
]);

/** ws closes such a socket itself, with 1009. */
export const tooLongMessage = refuseWith(413, 'maxMessageBytes', 'Expected a message of at most maxMessageBytes.');

function isUnauthenticated(reason: CallerReason): reason is UnauthenticatedReason {
  return reason in byReason;
}
