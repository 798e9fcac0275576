import { createClient, RESP_TYPES } from '@redis/client';
import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import type { Credentials } from '../../../../domain/cluster/data-access.js';
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
  /** Receives the outcomes of commands, and losses of the connection. */
  readonly metrics?: ValkeyMetrics | undefined;
}

/** A node-redis client for one node, not yet connected. It never reconnects: after a loss, its owner decides where to connect. */
export function createNodeClient({ endpoint, database, tls, credentials }: NodeAccess, connectTimeout: number) {
  const socket = { host: endpoint.host, port: endpoint.port, connectTimeout, reconnectStrategy: false } as const;
  return createClient({
    RESP: 3,
    name: ownClientName,
    socket: tls ? { ...socket, tls: true, ...(tls.ca === undefined ? {} : { ca: tls.ca }) } : socket,
    ...authentication(credentials),
    // 0 is selected already. SELECT is then not sent, because an ACL may deny it.
    ...(database === 0 ? {} : { database }),
    // Otherwise, queued commands would be sent together with a failing AUTH, and an open `default` user would execute them.
    disableOfflineQueue: true,
    // CLIENT SETINFO would be executed in the same way.
    disableClientInfo: true,
    maintNotifications: 'disabled',
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
