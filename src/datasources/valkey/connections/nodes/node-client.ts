import { once } from 'node:events';
import net from 'node:net';
import { RESP_TYPES } from '@redis/client';
import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import type { Credentials } from '../../../../domain/cluster/data-access.js';
import { onBytesReceived, socketOpenedBy } from '../../../../interop/node-redis-socket.js';
import { resp3Client } from '../../../../interop/node-redis-client.js';
import { writeQueueOf, type WriteQueue } from '../../../../interop/socket-write-progress.js';
import { startRunningTimeout } from '../../../../runtime/running-timeout.js';
import type { ValkeyMetrics } from '../../../../telemetry/metrics/valkey-metrics.js';
import { ownClientName } from './own-client-name.js';

/** The data needed to connect to a node. */
export interface NodeAccess {
  readonly endpoint: Endpoint;
  /** The number of the database that the connection selects. */
  readonly database: number;
  /** Present for TLS, with the certificate authority in PEM. Without one, the system's authorities apply. */
  readonly tls?: { readonly ca: string | undefined } | undefined;
  readonly credentials: Credentials | undefined;
  /** Whether ElastiCache says that the cluster requires no credentials. A node that requires some is starting. */
  readonly isOpenToAll?: boolean | undefined;
  /** Receives the outcomes of commands, and losses of the connection. */
  readonly metrics?: ValkeyMetrics | undefined;
}

export interface OpenNodeClient {
  readonly client: ReturnType<typeof createNodeClient>;
  /** Undefined once the connection is closed. */
  writeQueue(this: void): WriteQueue | undefined;
}

export interface NodeClientListener {
  /** Called whenever bytes arrive, of a whole reply or of a part of one. */
  received(this: void): void;
  /** Called when the connection is lost, and when it cannot be opened. */
  failed(this: void, reason: Error): void;
}

/** Connects and authenticates within `connectMs`. Rejects with the error of node-redis or of the network. */
export async function openNodeClient(
  access: NodeAccess,
  connectMs: number,
  { received, failed }: NodeClientListener,
): Promise<OpenNodeClient> {
  // Without TLS, node-redis opens its own.
  let tcp = access.tls && net.connect({ ...access.endpoint, noDelay: true, keepAlive: true, keepAliveInitialDelay });
  let client: OpenNodeClient['client'] | undefined;
  const open = async (): Promise<OpenNodeClient> => {
    if (tcp)
      await once(
        tcp.on('error', () => undefined),
        'connect',
      );
    const opening = (client = createNodeClient(access, tcp).on('error', failed));
    onBytesReceived(opening, received);
    let connected: Promise<unknown> | undefined;
    const opened = socketOpenedBy(() => void (connected = opening.connect()));
    const socket = (tcp ??= opened);
    await connected;
    return { client: opening, writeQueue: () => socket && writeQueueOf(socket) };
  };
  // node-redis does not limit the time of the handshake. A frozen server accepts the connection but does not reply.
  const outOfTime = new AbortController();
  const cancelTimeout = startRunningTimeout(connectMs, () => outOfTime.abort());
  const timeout = once(outOfTime.signal, 'abort').then(() => {
    throw new Error('connection timeout');
  });
  try {
    return await Promise.race([open(), timeout]);
  } catch (cause) {
    tcp?.destroy();
    client?.destroy();
    throw cause;
  } finally {
    cancelTimeout();
  }
}

/** That of node-redis. */
const keepAliveInitialDelay = 30_000;

/**
 * A node-redis client for one node, not yet connected. It never reconnects: after a loss, its owner decides where to connect. For TLS, `tcp`
 * is an open connection.
 */
function createNodeClient({ endpoint, database, tls, credentials }: NodeAccess, tcp: net.Socket | undefined) {
  // Without a timeout: that of node-redis counts the time in which this process handles no event.
  const socket = { host: endpoint.host, port: endpoint.port, connectTimeout: 0, reconnectStrategy: false } as const;
  const tlsSocket = { ...socket, tls: true, ...(tcp && { socket: tcp }) } as const;
  return resp3Client().duplicate({
    name: ownClientName,
    socket: tls ? { ...tlsSocket, ...(tls.ca === undefined ? {} : { ca: tls.ca }) } : socket,
    ...authentication(credentials),
    // 0 is selected already. SELECT is then not sent, because an ACL may deny it.
    ...(database === 0 ? {} : { database }),
    // CLIENT SETINFO would be executed before a failing AUTH is known, by an open `default` user.
    disableClientInfo: true,
    commandOptions: {
      // A timer for each command costs two thirds of the throughput. `checkLiveness` uses one timer for all commands.
      timeout: 0,
      typeMapping: {
        [RESP_TYPES.BLOB_STRING]: Buffer,
        [RESP_TYPES.SIMPLE_STRING]: Buffer,
        [RESP_TYPES.VERBATIM_STRING]: Buffer,
        [RESP_TYPES.NUMBER]: String,
        [RESP_TYPES.BIG_NUMBER]: String,
        [RESP_TYPES.DOUBLE]: String,
        [RESP_TYPES.MAP]: Array,
      },
    },
  });
}

/** node-redis sends no user name without a password. A user without a password is accepted with any password. */
export function authentication(credentials: Credentials | undefined): { username?: string; password?: string } {
  const { username, password } = credentials ?? {};
  if (username === undefined && (password === undefined || password === '')) return {};
  return {
    ...(username === undefined ? {} : { username }),
    password: password === undefined || password === '' ? 'no-password' : password,
  };
}
