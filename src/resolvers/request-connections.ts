import type { AccessRequest, ValkeyConnections } from '../datasources/valkey/ports.js';

/** The connections as one request uses them. */
export interface RequestConnections extends ValkeyConnections {
  /** Resolves when all that the request has asked of the cluster so far has shown whether its data can be reached. */
  settled(clusterName: string): Promise<void>;
}

interface Request {
  readonly signal: AbortSignal;
  readonly deliveryGroup?: object | undefined;
}

/**
 * Connections that wait for a cluster that is CREATING as long as the request may. Reads for an event do not wait: the events after
 * it would have to wait too.
 */
export function connectionsOf(connections: ValkeyConnections, request: Request): RequestConnections {
  const { deliveryGroup } = request;
  // The request makes its signal when it is asked for.
  const own: AccessRequest = deliveryGroup
    ? { deliveryGroup }
    : {
        get signal() {
          return request.signal;
        },
      };
  const asked = new Map<string, Promise<unknown>[]>();
  const note = (clusterName: string, promise: Promise<unknown>): void => {
    const name = clusterName.toLowerCase();
    asked.set(name, [...(asked.get(name) ?? []), promise]);
  };

  return {
    ...connections,
    commands(clusterName, given = own) {
      const promise = connections.commands(clusterName, given);
      if (connections.dataAccess(clusterName).state !== 'CONNECTED') note(clusterName, promise);
      return promise;
    },
    connect: (clusterName, credentials) => connections.connect(clusterName, credentials, own),
    async settled(clusterName) {
      // The fields beside this one ask in the same turn.
      await new Promise((resolve) => setImmediate(resolve));
      await Promise.allSettled(asked.get(clusterName.toLowerCase()) ?? []);
    },
  };
}
