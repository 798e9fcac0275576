import type { Logger } from '../../../telemetry/log.js';
import { asFailure } from './failure.js';

/**
 * A connection that subscriptions share: it is open from the start, idle when the last subscription has ended, and closed after some time without one
 * or after a failure. It does not open again.
 */
export interface SharedConnection {
  /** A subscription begins. */
  used(this: void): void;
  /** The last subscription has ended. */
  unused(this: void): void;
  /** Closes the connection, and fails all subscriptions. */
  fail(this: void, reason: Error): void;
  /** Closes the connection and resolves once it is closed. Idempotent. */
  close(this: void): Promise<void>;
}

interface SharedConnectionOptions {
  readonly idleMs: number;
  readonly log: Logger;
  /** Called once, when the connection closes. A caller that subscribes from now on needs another connection. */
  readonly ended: () => void;
  /** Fails all subscriptions. Called if the connection cannot be opened, and by `fail`. */
  readonly failAll: (reason: Error) => void;
}

export function createSharedConnection(
  connection: Promise<{ close(): Promise<void> }>,
  { idleMs, log, ended, failAll }: SharedConnectionOptions,
): SharedConnection {
  let idle: NodeJS.Timeout | undefined;
  let closing: Promise<void> | undefined;

  const closeOnce = async (): Promise<void> => {
    clearTimeout(idle);
    ended();
    await connection
      .then((open) => open.close())
      .catch((error: unknown) => log.debug({ err: error }, 'a connection for subscriptions could not be closed'));
  };
  const close = (): Promise<void> => (closing ??= closeOnce());
  const fail = (reason: Error): void => {
    // First, so that a caller that subscribes again within `error` uses a new connection.
    void close();
    failAll(reason);
  };
  connection.catch((error: unknown) => fail(asFailure(error)));

  return {
    used: () => clearTimeout(idle),
    unused() {
      if (!closing) idle = setTimeout(() => void close(), idleMs).unref();
    },
    fail,
    close,
  };
}
