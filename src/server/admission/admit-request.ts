import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { isPromise, type MaybePromise } from '../../runtime/maybe-promise.js';
import type { Principal } from '../../domain/access/principal.js';
import { shuttingDown, type GracefulShutdown } from '../graceful-shutdown.js';
import { addressKey, clientKey } from './client-key.js';
import type { ClientQuotas } from '../limits/quotas/client-quotas.js';
import { LimitExceeded, RateLimited } from '../limits/limit-exceeded.js';
import type { LimitName } from '../../config/limits/server-limits.js';
import type { Authenticator } from './authentication/authenticator.js';
import type { Identity } from './authentication/identity.js';
import { Unauthenticated, type UnauthenticatedReason } from './authentication/unauthenticated.js';
import { clientAddress } from './client-address.js';
import type { HostOriginPolicy } from './host-origin-policy.js';
import { Refusal } from './refusal.js';

/** A caller that may ask. */
export interface Admitted {
  readonly identity: Identity;
  /** The key that its limits are counted by. */
  readonly client: string;
}

/** Why a caller is refused. */
export type CallerReason = UnauthenticatedReason | LimitName;

/**
 * Decides whether a request may come in. These are all steps, in order, for HTTP, streams and WebSockets alike:
 *
 * 1. `admitRequest`, by the head of the request: host, origin, and whether the server is closing;
 *    for a WebSocket (`admitUpgrade`) also how many sockets its address has
 * 2. `admitCaller`, before any of the body is read: the credentials, then the client's rate;
 *    for a WebSocket at `connection_init`, which carries the credentials: how many sockets the client has
 * 3. `admitCost`, before a valid operation is executed: what the client's operations may cost in a minute
 */
export interface Admission {
  /** `isOperational` for health and metrics, which are served while the server closes. */
  admitRequest(request: IncomingMessage, isOperational: boolean): Refusal | undefined;
  /** Counts the socket for its address until it closes. */
  admitUpgrade(request: IncomingMessage, socket: Socket): Refusal | undefined;
  /**
   * `authorization` is the value of that header, or what takes its place on a WebSocket; `counted` what the client is about to
   * use up, a socket until `closeSocket` of the quotas.
   */
  admitCaller(
    authorization: string | undefined,
    address: string | undefined,
    counted: Counted,
  ): MaybePromise<Admitted | Refusal<CallerReason>>;
  admitCost(caller: Admitted, cost: number): Refusal | undefined;
}

type Counted = 'operation' | 'socket' | 'nothing';

export interface AdmissionOptions {
  readonly checkHostAndOrigin: HostOriginPolicy;
  readonly shutdown: Pick<GracefulShutdown, 'isDraining'>;
  readonly authenticator: Pick<Authenticator, 'authenticate'>;
  readonly quotas: ClientQuotas;
}

export function createAdmission({ checkHostAndOrigin, shutdown, authenticator, quotas }: AdmissionOptions): Admission {
  const count = ({ identity, client }: Admitted, counted: Counted): Refusal<LimitName> | undefined => {
    try {
      if (counted === 'operation') quotas.takeOperation(client);
      else if (counted === 'socket') quotas.openSocket(client);
      return undefined;
    } catch (error) {
      return overLimit(error, identity.principal);
    }
  };
  const known = (identity: Identity, address: string | undefined, counted: Counted): Admitted | Refusal<LimitName> => {
    const admitted = { identity, client: clientKey(identity, address) };
    return count(admitted, counted) ?? admitted;
  };
  return {
    admitRequest: (request, isOperational) =>
      checkHostAndOrigin(request) ?? (shutdown.isDraining && !isOperational ? draining() : undefined),
    admitUpgrade(request, socket) {
      const refusal = checkHostAndOrigin(request) ?? (shutdown.isDraining ? draining() : undefined);
      if (refusal) return refusal;
      const key = addressKey(clientAddress(request));
      try {
        quotas.openConnection(key);
      } catch (error) {
        return overLimit(error);
      }
      socket.once('close', () => quotas.closeConnection(key));
      return undefined;
    },
    admitCaller(authorization, address, counted) {
      try {
        const identity = authenticator.authenticate(authorization);
        return isPromise(identity)
          ? identity.then((found) => known(found, address, counted), unauthenticated)
          : known(identity, address, counted);
      } catch (error) {
        return unauthenticated(error);
      }
    },
    admitCost({ identity, client }, cost) {
      try {
        quotas.spend(client, cost);
        return undefined;
      } catch (error) {
        return overLimit(error, identity.principal);
      }
    },
  };
}

function draining(): Refusal {
  return new Refusal({
    reason: 'draining',
    status: 503,
    error: shuttingDown(),
    headers: { connection: 'close' },
  });
}

const retryAfterSeconds = '5';

/** @throws whatever is not about the credentials */
function unauthenticated(error: unknown): Refusal<UnauthenticatedReason> {
  if (!(error instanceof Unauthenticated)) throw error;
  const { reason } = error;
  if (reason === 'unavailable') {
    return new Refusal({ reason, status: 503, error, headers: { 'retry-after': retryAfterSeconds } });
  }
  // RFC 6750, section 3: the answer to a request without credentials says only what is expected.
  const challenge = reason === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"';
  return new Refusal({ reason, status: 401, error, headers: { 'www-authenticate': challenge } });
}

/**
 * A refusal by a limit of clients: 429, and when to come back if that is known.
 * @throws whatever is not a limit
 */
export function overLimit(error: unknown, principal?: Principal): Refusal<LimitName> {
  if (!(error instanceof LimitExceeded)) throw error;
  const retryAfter = error instanceof RateLimited ? { 'retry-after': String(error.retryAfterSeconds) } : {};
  return new Refusal({ reason: error.limit, status: 429, error, headers: retryAfter, principal });
}
