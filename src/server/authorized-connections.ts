import type { Logger } from '../telemetry/log.js';
import type { Authenticator } from './admission/authentication/authenticator.js';

/** A WebSocket or stream that stays open after its caller was admitted. */
export interface AuthorizedConnection {
  /** When its credentials expire, in milliseconds since 1970. It may change with the access file, since an API key may be revoked. */
  readonly expiresAt: number;
  /** The credentials have expired: closes the connection. */
  expire(): void;
  /** The grants have changed: ends the subscriptions that are no longer allowed. */
  reauthorize(): Promise<void>;
}

/** The open connections, each for as long as its caller is authorized. */
export interface AuthorizedConnections extends Disposable {
  /** To be called again when fresh credentials have changed the time at which a connection expires. */
  add(connection: AuthorizedConnection): void;
  delete(connection: AuthorizedConnection): void;
}

const neverExpiring: AuthorizedConnections = {
  add: () => undefined,
  delete: () => undefined,
  [Symbol.dispose]: () => undefined,
};

/** The timer looks at the clock at least this often, since the clock may be set meanwhile. */
const longestWaitMs = 60_000;
/** This many connections are reauthorized in one tick of the event loop. */
const batchSize = 50;

/** Closes connections when their credentials expire, and reauthorizes them after every change of the access file. */
export function createAuthorizedConnections({ onChange }: Authenticator, log: Logger): AuthorizedConnections {
  if (!onChange) return neverExpiring;
  const open = new Set<AuthorizedConnection>();
  // One timer for all: there may be many thousands. There is none while no credentials expire.
  let timer: NodeJS.Timeout | undefined;
  let plannedAt = Infinity;

  const plan = (at: number): void => {
    if (at >= plannedAt) return;
    clearTimeout(timer);
    plannedAt = at;
    timer = setTimeout(closeExpired, Math.min(Math.max(at - Date.now(), 1), longestWaitMs)).unref();
  };
  const closeExpired = (): void => {
    const now = Date.now();
    let ended = 0;
    let next = Infinity;
    for (const connection of open) {
      const { expiresAt } = connection;
      if (expiresAt > now) {
        next = Math.min(next, expiresAt);
        continue;
      }
      open.delete(connection);
      connection.expire();
      ended += 1;
    }
    if (ended > 0) log.info({ ended }, 'closed connections whose credentials have expired');
    plannedAt = Infinity;
    plan(next);
  };
  const reauthorizeAll = async (): Promise<void> => {
    let count = 0;
    for (const connection of [...open]) {
      if (!open.has(connection)) continue;
      connection
        .reauthorize()
        .catch((error: unknown) => log.error({ err: error }, 'a connection could not be reauthorized'));
      count += 1;
      if (count % batchSize === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const stopWatching = onChange(() => {
    closeExpired();
    void reauthorizeAll();
  });
  return {
    add(connection) {
      open.add(connection);
      plan(connection.expiresAt);
    },
    delete: (connection) => void open.delete(connection),
    [Symbol.dispose]() {
      clearTimeout(timer);
      stopWatching();
    },
  };
}
