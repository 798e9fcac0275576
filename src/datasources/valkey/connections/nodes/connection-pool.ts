import { asError } from '../../../../runtime/errors.js';
import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import { unreachable } from './connection-errors.js';
import type { NodeConnection } from './node-connection.js';
import { endpointKey } from './endpoint-key.js';

/** The open links of one cluster, one a node; each is opened once, however many ask at a time. */
export interface ConnectionPool {
  /** The link where it is open. */
  get(endpoint: Endpoint): NodeConnection | undefined;
  /** The link, opened where it is not. */
  open(endpoint: Endpoint): Promise<NodeConnection>;
  /**
   * Opens all; resolves to why one of them is not open. Those that are open wait for the others for `patienceMs` at most:
   * one frozen node must not keep a cluster from being entered.
   */
  openAll(endpoints: readonly Endpoint[], patienceMs: number): Promise<Error | undefined>;
  /** Closes all others. */
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
    async openAll(endpoints, patienceMs) {
      const reasons = new Map<Endpoint, Error>();
      const attempts = endpoints.map(async (endpoint) => {
        await open(endpoint).catch((cause: unknown) => {
          reasons.set(endpoint, asError(cause));
          throw cause;
        });
      });
      const all = Promise.allSettled(attempts);
      const enough = Promise.any(attempts).then(() => delay(patienceMs, undefined, { ref: false }));
      await Promise.race([all, enough.catch(() => all)]);
      const missing = endpoints.find((endpoint) => !get(endpoint));
      return missing && (reasons.get(missing) ?? unreachable(endpointKey(missing)));
    },
    keepOnly(endpoints) {
      const kept = new Set(endpoints.map(endpointKey));
      for (const [key, connection] of connections) {
        if (kept.has(key) && connection.isReady) continue;
        connection.close();
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
