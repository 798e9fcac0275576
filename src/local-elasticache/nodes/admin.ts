import { resp2Client } from '../../interop/node-redis-client.js';
import { startRunningTimeout } from '../../runtime/running-timeout.js';
import type { NodeAddress } from './interfaces.js';

/** A RESP2 reply; errors reject instead. */
export type Reply = string | number | null | readonly Reply[];

/** A connection to one node for a few administrative commands. */
export interface Admin extends AsyncDisposable {
  command(...args: readonly string[]): Promise<Reply>;
  isOpen(): boolean;
  close(): void;
}

interface AdminOptions extends NodeAddress {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** PEM of the certificate authority; enables TLS. */
  readonly ca?: string | undefined;
  /** Timeout of the connection and of replies, in milliseconds; default 2000. */
  readonly timeoutMs?: number | undefined;
}

/** Connects without ever reconnecting. Rejects if the node is frozen, gone or refuses. */
export async function openAdmin(options: AdminOptions): Promise<Admin> {
  const { host, port, username, password, ca, timeoutMs = 2_000 } = options;
  // That of node-redis also counts the time in which this process handles no event. It only limits what `close` cannot end: an attempt
  // to which no kernel replies.
  const timeouts = { connectTimeout: 5 * timeoutMs, reconnectStrategy: false } as const;
  const client = resp2Client().duplicate({
    socket: ca === undefined ? { host, port, ...timeouts } : { host, port, tls: true, ca, ...timeouts },
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  });
  // The current or next command rejects with the same error. Without a listener the process would end.
  client.on('error', () => undefined);
  const close = (): void => {
    if (client.isOpen || client.isReady) client.destroy();
  };
  // node-redis' own socket timeout would also close an idle connection.
  let inFlight = 0;
  let cancelTimeout: (() => void) | undefined;
  const restartTimer = (): void => {
    cancelTimeout?.();
    if (inFlight > 0) cancelTimeout = startRunningTimeout(timeoutMs, close);
  };
  const waitFor = async <Value>(start: () => Promise<Value>): Promise<Value> => {
    inFlight += 1;
    if (inFlight === 1) restartTimer();
    try {
      return await start();
    } finally {
      inFlight -= 1;
      restartTimer();
    }
  };
  try {
    await waitFor(() => client.connect());
    // A client that was destroyed while it connected becomes ready all the same, and then refuses every command.
    if (!client.isOpen) throw new Error('The connection was not complete in time.');
  } catch (cause) {
    close();
    throw cause;
  }
  return {
    command: (...args) => waitFor(() => client.sendCommand(args)),
    isOpen: () => client.isReady,
    close,
    [Symbol.asyncDispose]: () => {
      close();
      return Promise.resolve();
    },
  };
}
