import { asError } from '../../../../runtime/errors.js';
import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import { unreachable } from './connection-errors.js';
import type { NodeConnection } from './node-connection.js';
import { endpointKey } from './endpoint-key.js';

/** The open connections of one cluster, one per node. Concurrent callers share one opening. */
export interface ConnectionPool {
  /** The connection, if it is open. */
  get(endpoint: Endpoint): NodeConnection | undefined;
  /** The connection. Opens it if it is not open. */
  open(endpoint: Endpoint): Promise<NodeConnection>;
  /**
   * Opens all connections. Resolves to the reason if one could not be opened. Once one is open, waits for the others for at most
   * `maxWaitMs`: one frozen node must not delay access to the cluster.
   */
  openAll(endpoints: readonly Endpoint[], maxWaitMs: number): Promise<Error | undefined>;
  /** Closes all other connections, when their commands are answered: a node that has just lost its slots still answers. */
  keepOnly(endpoints: readonly Endpoint[]): void;
  ready(): NodeConnection[];
  close(): void;
}

export function createConnectionPool(openConnection: (endpoint: Endpoint) => Promise<NodeConnection>): ConnectionPool {
  const connections = new Map<string, NodeConnection>();
  const opening = new Map<string, Promise<NodeConnection>>();
  let closed = false;

  const get = (endpoint: Endpoint): NodeConnection | undefined => {
    const connection = connections.get(endpointKey(endpoint));
    return connection?.isReady === true ? connection : undefined;
  };
  const openNow = async (endpoint: Endpoint): Promise<NodeConnection> => {
    const nodeConnection = await openConnection(endpoint);
    if (closed) nodeConnection.close();
    else connections.set(endpointKey(endpoint), nodeConnection);
    return nodeConnection;
  };
  const open = (endpoint: Endpoint): Promise<NodeConnection> => {
    const connection = get(endpoint);
    if (connection) return Promise.resolve(connection);
    const key = endpointKey(endpoint);
    const existing = opening.get(key);
    if (existing) return existing;
    const promise = openNow(endpoint).finally(() => opening.delete(key));
    opening.set(key, promise);
    return promise;
  };
  return {
    get,
    open,
    async openAll(endpoints, maxWaitMs) {
      const reasons = new Map<Endpoint, Error>();
      const attempts = endpoints.map(async (endpoint) => {
        await open(endpoint).catch((cause: unknown) => {
          reasons.set(endpoint, asError(cause));
          throw cause;
        });
      });
      const all = Promise.allSettled(attempts);
      const enough = Promise.any(attempts).then(() => delay(maxWaitMs, undefined, { ref: false }));
      await Promise.race([all, enough.catch(() => all)]);
      const missing = endpoints.find((endpoint) => !get(endpoint));
      return missing && (reasons.get(missing) ?? unreachable(endpointKey(missing)));
    },
    keepOnly(endpoints) {
      const keep = new Set(endpoints.map(endpointKey));
      for (const [key, connection] of connections) {
        if (keep.has(key) && connection.isReady) continue;
        connection.retire();
        connections.delete(key);
      }
    },
    ready: () => [...connections.values()].filter(({ isReady }) => isReady),
    close() {
      closed = true;
      for (const connection of connections.values()) connection.close();
      connections.clear();
    },
  };
}
