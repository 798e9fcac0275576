import type { Cluster } from '../../../domain/cluster/cluster.js';
import type { Credentials } from '../../../domain/cluster/data-access.js';
import { closedDatasource, ExpectedFailure } from '../../../domain/errors.js';
import { whenKnown, type MaybePromise } from '../../../runtime/maybe-promise.js';
import type { AccessRequest, ValkeyConnections } from '../interfaces.js';
import { createAccessStates } from './access-state.js';
import { openBlocking } from './blocking-connection.js';
import { createClusterAccesses, type ClusterAccessesOptions, type CredentialsSource } from './cluster-accesses.js';
import type { ClusterConnection } from './cluster-connection.js';
import { defaultLimits, type ValkeyLimits } from './limits.js';
import { openSubscriber } from './subscribers/subscriber-connection.js';
import { openTracking } from './tracking/tracking-connection.js';
import { createUsableClusters } from './usable-clusters.js';

export interface ValkeyConnectionsOptions extends Omit<ClusterAccessesOptions, 'limits' | 'states'> {
  /** Credentials of the configuration, read for each connection. Credentials that were given to `connect` take precedence. */
  readonly credentials?: ((cluster: Cluster) => Promise<Credentials | undefined>) | undefined;
  readonly limits?: Partial<ValkeyLimits> | undefined;
}

/** Does no I/O. Each cluster is connected when it is first needed. */
export function createValkeyConnections(options: ValkeyConnectionsOptions): ValkeyConnections {
  const { directory } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const states = createAccessStates();
  const accesses = createClusterAccesses({ ...options, limits, states });
  const usable = createUsableClusters(directory, limits);
  /** Blocking, subscriber and tracking connections, which are closed with this. */
  const dedicated = new Set<{ close(): Promise<void> }>();
  let isClosed = false;

  const openFirst = async (name: string, request: AccessRequest): Promise<ClusterConnection> => {
    const cluster = await usable.forRequest(name, request);
    if (accesses.isDisconnected(name)) {
      throw new ExpectedFailure('NOT_CONNECTED', `Cluster ${name} was disconnected: use connectCluster first.`);
    }
    const credentials: CredentialsSource = async () => options.credentials?.(cluster);
    if (!(await credentials()) && (cluster.userGroupIds.length > 0 || cluster.authTokenEnabled)) {
      throw new ExpectedFailure('NOT_CONNECTED', `Cluster ${name} requires credentials: use connectCluster first.`);
    }
    const { deliveryGroup } = request;
    return await (accesses.current(name) ?? accesses.open(cluster, credentials, { patient: true, deliveryGroup }));
  };
  const connectionTo = (clusterName: string, request: AccessRequest = {}): MaybePromise<ClusterConnection> => {
    const name = clusterName.toLowerCase();
    if (isClosed) throw closedDatasource();
    return accesses.current(name) ?? openFirst(name, request);
  };
  const register = <Connection extends { close(): Promise<void> }>(connection: Connection): Connection => {
    dedicated.add(connection);
    return connection;
  };
  const close = async (): Promise<void> => {
    isClosed = true;
    const closing = [...dedicated].map((connection) => connection.close());
    accesses.close();
    await Promise.all(closing);
  };

  return {
    commands: (clusterName, request) => whenKnown(connectionTo(clusterName, request), ({ session }) => session),
    whenUsable(clusterName, request) {
      const name = clusterName.toLowerCase();
      if (isClosed || accesses.current(name)) return undefined;
      return usable.forSubscription(name, request).then(() => undefined);
    },
    blocking: async (clusterName, key) => {
      const connection = await openBlocking(
        async () => connectionTo(clusterName),
        key,
        () => dedicated.delete(connection),
      );
      return register(connection);
    },
    subscriber: async (clusterName, listener) => {
      const connection = await openSubscriber(
        async () => connectionTo(clusterName),
        listener,
        () => dedicated.delete(connection),
      );
      return register(connection);
    },
    tracking: async (clusterName, listener) => {
      const connection = await openTracking(
        async () => connectionTo(clusterName),
        listener,
        () => dedicated.delete(connection),
      );
      return register(connection);
    },
    async connect(clusterName, credentials, request = {}) {
      const cluster = await usable.forRequest(clusterName.toLowerCase(), request);
      await accesses.open(cluster, () => Promise.resolve(credentials), { patient: false });
    },
    disconnect(clusterName) {
      accesses.disconnect(clusterName.toLowerCase());
      return Promise.resolve();
    },
    deleted: (clusterName) => accesses.deleted(clusterName.toLowerCase()),
    dataAccess: (clusterName) => states.get(clusterName.toLowerCase()),
    accesses() {
      const all = states.all();
      // No other code may read a cluster that cannot be connected, so its deletion would go unnoticed.
      const failing = all.find(({ state }) => state !== 'CONNECTED');
      if (failing) void directory.find(failing.clusterName).catch(() => undefined);
      return all;
    },
    onDataAccessChange: states.onChange,
    onClosed: (listener) => accesses.onClosed(listener),
    close,
    [Symbol.asyncDispose]: close,
  };
}
