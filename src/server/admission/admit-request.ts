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

/** An admitted caller. */
export interface Admitted {
  readonly identity: Identity;
  /** The key that the caller's limits are counted by. */
  readonly client: string;
}

/** Why a caller is refused. */
export type CallerReason = UnauthenticatedReason | LimitName;

/**
 * Decides whether a request is admitted. HTTP, streams and WebSockets pass the same steps, in this order:
 *
 * 1. `admitRequest` checks the head of the request: host, origin, and whether the server is draining. For a WebSocket,
 *    `admitUpgrade` also checks the number of sockets of its address.
 * 2. `admitCaller` checks the credentials and then the client's rate of operations, before the body is read. For a WebSocket it runs
 *    at `connection_init`, which carries the credentials, and checks the client's number of sockets instead.
 * 3. `admitCost` checks the client's cost per minute, before a valid operation is executed.
 */
export interface Admission {
  /** `isOperational` is true for health and metrics, which are also served while the server is draining. */
  admitRequest(request: IncomingMessage, isOperational: boolean): Refusal | undefined;
  /** Counts the socket for its address until it closes. */
  admitUpgrade(request: IncomingMessage, socket: Socket): Refusal | undefined;
  /**
   * `authorization` is the value of that header, or its counterpart in `connection_init`. `counted` says what is taken from the
   * client's quotas. A socket counts until `ClientQuotas.closeSocket`.
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
  const takeQuota = ({ identity, client }: Admitted, counted: Counted): Refusal<LimitName> | undefined => {
    try {
      if (counted === 'operation') quotas.takeOperation(client);
      else if (counted === 'socket') quotas.openSocket(client);
      return undefined;
    } catch (error) {
      return overLimit(error, identity.principal);
    }
  };
  const admitIdentity = (
    identity: Identity,
    address: string | undefined,
    counted: Counted,
  ): Admitted | Refusal<LimitName> => {
    const admitted = { identity, client: clientKey(identity, address) };
    return takeQuota(admitted, counted) ?? admitted;
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
          ? identity.then((verified) => admitIdentity(verified, address, counted), unauthenticated)
          : admitIdentity(identity, address, counted);
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

/** The refusal of a request while the server drains. */
export function draining(): Refusal {
  return new Refusal({
    reason: 'draining',
    status: 503,
    error: shuttingDown(),
    headers: { connection: 'close' },
  });
}

const retryAfterSeconds = '5';

/** @throws every error other than Unauthenticated */
function unauthenticated(error: unknown): Refusal<UnauthenticatedReason> {
  if (!(error instanceof Unauthenticated)) throw error;
  const { reason } = error;
  if (reason === 'unavailable') {
    return new Refusal({ reason, status: 503, error, headers: { 'retry-after': retryAfterSeconds } });
  }
  // RFC 6750, section 3: the challenge to a request without credentials has no error code.
  const challenge = reason === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"';
  return new Refusal({ reason, status: 401, error, headers: { 'www-authenticate': challenge } });
}

/**
 * The refusal of a client that exceeds a limit: status 429, with `retry-after` if the time is known.
 * @throws every error other than LimitExceeded
 */
export function overLimit(error: unknown, principal?: Principal): Refusal<LimitName> {
  if (!(error instanceof LimitExceeded)) throw error;
  const retryAfter = error instanceof RateLimited ? { 'retry-after': String(error.retryAfterSeconds) } : {};
  return new Refusal({ reason: error.limit, status: 429, error, headers: retryAfter, principal });
}
