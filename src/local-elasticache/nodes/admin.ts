import { createClient } from '@redis/client';
import type { NodeAddress } from './interfaces.js';

/** A reply as RESP2 has it; errors reject instead. */
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
  /** PEM of the certificate authority; TLS where present. */
  readonly ca?: string | undefined;
  /** How long a silent node is waited for, in milliseconds; default 2000. */
  readonly patienceMs?: number | undefined;
}

/** Connects once: it never reconnects, and a node that is frozen, gone or refuses rejects the call. */
export async function openAdmin(options: AdminOptions): Promise<Admin> {
  const { host, port, username, password, ca, patienceMs = 2_000 } = options;
  const timeouts = { connectTimeout: patienceMs, reconnectStrategy: false } as const;
  const client = createClient({
    RESP: 2,
    socket: ca === undefined ? { host, port, ...timeouts } : { host, port, tls: true, ca, ...timeouts },
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    maintNotifications: 'disabled',
    disableOfflineQueue: true,
  });
  // The command in flight, or the next, rejects with the same; without a listener the process would end.
  client.on('error', () => undefined);
  const close = (): void => {
    if (client.isOpen) client.destroy();
  };
  // node-redis' own socket timeout would also end a connection that is asked nothing.
  let inFlight = 0;
  let patience: NodeJS.Timeout | undefined;
  const heard = (): void => {
    clearTimeout(patience);
    if (inFlight > 0) patience = setTimeout(close, patienceMs);
  };
  const waitFor = async <Value>(start: () => Promise<Value>): Promise<Value> => {
    inFlight += 1;
    if (inFlight === 1) heard();
    try {
      return await start();
    } finally {
      inFlight -= 1;
      heard();
    }
  };
  try {
    await waitFor(() => client.connect());
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
