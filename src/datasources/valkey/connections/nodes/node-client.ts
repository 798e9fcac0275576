import { createClient, RESP_TYPES } from '@redis/client';
import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import type { Credentials } from '../../../../domain/cluster/data-access.js';
import type { ValkeyMetrics } from '../../../../telemetry/metrics/valkey-metrics.js';

/** How a node is entered. */
export interface NodeAccess {
  readonly endpoint: Endpoint;
  /** TLS where present; with the certificate authority in PEM, or the system's where that is undefined. */
  readonly tls?: { readonly ca: string | undefined } | undefined;
  readonly credentials: Credentials | undefined;
  /** Told of its commands, and of its losses. */
  readonly metrics?: ValkeyMetrics | undefined;
}

/** One node-redis client of one node, not yet connected. It never reconnects by itself: whoever opens it decides where to go then. */
export function createNodeClient({ endpoint, tls, credentials }: NodeAccess, connectTimeout: number) {
  const socket = { host: endpoint.host, port: endpoint.port, connectTimeout, reconnectStrategy: false } as const;
  return createClient({
    RESP: 3,
    socket: tls ? { ...socket, tls: true, ...(tls.ca === undefined ? {} : { ca: tls.ca }) } : socket,
    ...authentication(credentials),
    // Commands that wait for a connection leave together with a failing AUTH, and an open `default` user would run them.
    disableOfflineQueue: true,
    // CLIENT SETINFO would do so too.
    disableClientInfo: true,
    maintNotifications: 'disabled',
    commandOptions: {
      // A timer per command costs two thirds of the throughput; the link watches over all of its commands with one.
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

/** Valkey lets a user without a password in with any, and node-redis sends no user name without one. */
export function authentication(credentials: Credentials | undefined): { username?: string; password?: string } {
  const { username, password } = credentials ?? {};
  if (username === undefined && (password === undefined || password === '')) return {};
  return {
    ...(username === undefined ? {} : { username }),
    password: password === undefined || password === '' ? 'no-password' : password,
  };
}
