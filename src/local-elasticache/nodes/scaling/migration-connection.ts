import { RESP_TYPES } from '@redis/client';
import { resp2Client } from '../../../interop/node-redis-client.js';
import type { NodeCredentials } from '../config.js';
import type { NodeAddress } from '../interfaces.js';

type Argument = string | Buffer;
export type MigrationCommand = readonly Argument[];
/** A RESP2 reply whose texts are bytes, because the names of keys need not be UTF-8. */
export type BytesReply = Buffer | number | null | readonly BytesReply[];

/** A connection to one node for commands that may block the node for a long time, such as MIGRATE of a large key. */
export interface MigrationConnection extends AsyncDisposable {
  /**
   * Sends all commands in one write. Resolves to their replies; an error reply is an Error among them.
   * @throws Error if the connection is lost
   */
  replies(commands: readonly MigrationCommand[]): Promise<(BytesReply | Error)[]>;
  /** The same, and rejects with the first error reply, after all commands have been executed. */
  run(commands: readonly MigrationCommand[]): Promise<BytesReply[]>;
}

export interface MigrationConnectionOptions extends NodeAddress, NodeCredentials {
  /** PEM of the certificate authority; enables TLS. */
  readonly ca: string | undefined;
}

const connectTimeoutMs = 2_000;
/** Without any reply for so long, the node is taken for frozen. MIGRATE of one large key may take minutes. */
const silenceMs = 300_000;
const silenceCheckMs = 5_000;

export async function openMigrationConnection(options: MigrationConnectionOptions): Promise<MigrationConnection> {
  const { host, port, username, password, ca } = options;
  const timeouts = { connectTimeout: connectTimeoutMs, reconnectStrategy: false } as const;
  const client = resp2Client().duplicate({
    socket: ca === undefined ? { host, port, ...timeouts } : { host, port, tls: true, ca, ...timeouts },
    username,
    password,
    // By default a command that waits behind a slow MIGRATE fails after some seconds, and each costs a timer.
    commandOptions: { timeout: 0, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  });
  // The current or next command rejects with the same error. Without a listener the process would end.
  client.on('error', () => undefined);
  const close = (): void => {
    if (client.isOpen) client.destroy();
  };
  try {
    await client.connect();
  } catch (cause) {
    close();
    throw cause;
  }
  const replies = async (commands: readonly MigrationCommand[]): Promise<(BytesReply | Error)[]> => {
    let repliedAt = performance.now();
    const watch = setInterval(() => {
      if (performance.now() - repliedAt > silenceMs) close();
    }, silenceCheckMs);
    const send = async (command: MigrationCommand): Promise<BytesReply | Error> => {
      try {
        return await client.sendCommand<BytesReply>([...command]);
      } catch (reason) {
        if (!client.isReady || !(reason instanceof Error)) throw reason;
        return reason;
      } finally {
        repliedAt = performance.now();
      }
    };
    try {
      // All have ended before a lost connection is reported.
      const settled = await Promise.allSettled(commands.map(send));
      return settled.map((result) => {
        if (result.status === 'rejected') throw result.reason;
        return result.value;
      });
    } finally {
      clearInterval(watch);
    }
  };
  return {
    replies,
    async run(commands) {
      const all = await replies(commands);
      return all.map((reply) => {
        if (reply instanceof Error) throw reply;
        return reply;
      });
    },
    [Symbol.asyncDispose]: () => {
      close();
      return Promise.resolve();
    },
  };
}
