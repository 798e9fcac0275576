import type { Cluster } from '../../../domain/cluster/cluster.js';
import type { Credentials } from '../../../domain/cluster/data-access.js';
import { ExpectedFailure, Outage } from '../../../domain/errors.js';
import { whenKnown, type MaybePromise } from '../../../runtime/maybe-promise.js';
import { createAccessStates } from './access-state.js';
import { createAttempts } from './attempts.js';
import { openBlocking } from './blocking-connection.js';
import {
  hasTls,
  openClusterConnection,
  type ClusterConnection,
  type ClusterConnectionOptions,
} from './cluster-connection.js';
import { createKnownClusters, deletedCluster } from './known-clusters.js';
import { defaultLimits, type ValkeyLimits } from './limits.js';
import { reportLoss } from './loss-report.js';
import type { AccessRequest, ValkeyConnections } from '../interfaces.js';
import { openSubscriber } from './subscribers/subscriber-connection.js';
import { createUsableClusters } from './usable-clusters.js';

export interface ValkeyConnectionsOptions extends Omit<ClusterConnectionOptions, 'limits'> {
  /** Credentials of the configuration, asked for each connection; those given to `connect` go first. */
  readonly credentials?: ((cluster: Cluster) => Promise<Credentials | undefined>) | undefined;
  /** Called whenever a cluster was connected, with what its nodes say. */
  readonly onConnected?: ((name: string, isClustered: boolean) => void) | undefined;
  readonly limits?: Partial<ValkeyLimits> | undefined;
}

/** One opening of access, until it has ended in one way or another. */
interface Opening {
  readonly name: string;
  readonly deliveryGroup: object | undefined;
  end?: ReturnType<ReturnType<typeof createAccessStates>['attempt']>;
  /** The cluster has gone meanwhile: what is opened must not be used. */
  gone?: ExpectedFailure;
}

type Ask = () => Promise<Credentials | undefined>;

/** Opens nothing yet: each cluster is entered when it is first needed. */
export function createValkeyConnections(options: ValkeyConnectionsOptions): ValkeyConnections {
  const { directory, log } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const states = createAccessStates();
  const entrances = new Map<string, ClusterConnection>();
  const attempts = createAttempts<ClusterConnection>(limits);
  const openings = new Set<Opening>();
  const dedicated = new Set<{ close(): Promise<void> }>();
  const closedListeners = new Set<(name: string, reason: ExpectedFailure) => void>();
  /** Closed by `disconnect`: not entered again before `connect` is called. */
  const disconnected = new Set<string>();
  let isClosed = false;

  const reportClosed = (name: string, reason: ExpectedFailure): void => {
    for (const listener of [...closedListeners]) listener(name, reason);
  };
  /** The cluster is gone, and with it all that belongs to it. */
  const leave = (name: string, reason: ExpectedFailure): void => {
    for (const opening of openings) if (opening.name === name) opening.gone ??= reason;
    const session = entrances.get(name)?.session;
    entrances.delete(name);
    disconnected.delete(name);
    attempts.forget(name);
    known.forget(name);
    // Subscriptions end first: the loss of the session would make them look for another one.
    reportClosed(name, reason);
    session?.close(reason);
    states.forget(name);
  };
  const known = createKnownClusters({ gone: leave, seen: (name, cluster) => entrances.get(name)?.seen(cluster) });
  const unwatch = directory.onClusters((clusters) => known.compare(clusters));

  const connect = async (opening: Opening, cluster: Cluster, ask: Ask): Promise<ClusterConnection> => {
    const { name } = cluster;
    const who = { username: (await ask())?.username ?? null, tls: hasTls(cluster) };
    known.keep(name, cluster);
    if (!entrances.has(name)) opening.end = states.attempt(name, who, opening.deliveryGroup);
    let own: ClusterConnection | undefined = undefined;
    const clusterConnection = await openClusterConnection({ ...options, limits }, cluster, ask, (trouble) => {
      if (own && entrances.get(name) === own) reportHealth(name, own, trouble);
    });
    if (opening.gone) {
      clusterConnection.session.close(opening.gone);
      throw opening.gone;
    }
    own = clusterConnection;
    const replaced = entrances.get(name);
    entrances.set(name, clusterConnection);
    disconnected.delete(name);
    attempts.forget(name);
    replaced?.session.close();
    options.onConnected?.(name, clusterConnection.session.isClustered);
    const isOpen = { ...who, state: 'CONNECTED' } as const;
    if (opening.end) opening.end(isOpen);
    else states.set(name, isOpen);
    log.info({ cluster: name, tls: who.tls }, 'connected to the data of a cluster');
    if (isClosed) clusterConnection.session.close();
    return clusterConnection;
  };

  const reportHealth = (name: string, connection: ClusterConnection, trouble: Error | undefined): void => {
    if (trouble instanceof ExpectedFailure && trouble.code === 'NOT_FOUND') {
      leave(name, deletedCluster(name));
      return;
    }
    if (!trouble) {
      states.set(name, { state: 'CONNECTED' });
      return;
    }
    const state = trouble instanceof ExpectedFailure ? 'FAILED' : 'RECONNECTING';
    const reason = detailOf(trouble);
    const isNew = states.get(name).state !== state;
    states.set(name, { state, error: reason });
    const isOver = (): boolean => isClosed || entrances.get(name) !== connection;
    if (isNew) void reportLoss({ directory, log }, { cluster: name, reason, isOver });
  };

  const open = (
    { name }: Cluster,
    begin: (opening: Opening) => Promise<ClusterConnection>,
    { patient, deliveryGroup }: { readonly patient: boolean; readonly deliveryGroup?: object | undefined },
  ): Promise<ClusterConnection> => {
    const opening: Opening = { name, deliveryGroup };
    openings.add(opening);
    const attempt = (): Promise<ClusterConnection> =>
      begin(opening)
        .catch((cause: unknown) => {
          throw opening.gone ?? cause;
        })
        .finally(() => openings.delete(opening));
    return attempts.open(name, attempt, { patient }).catch((cause: unknown) => {
      // An access that was open before is open still.
      if (!opening.gone && !entrances.has(name)) opening.end?.({ state: 'FAILED', error: detailOf(cause) });
      throw cause;
    });
  };

  const usable = createUsableClusters(directory, limits);
  const openFirst = async (name: string, request: AccessRequest): Promise<ClusterConnection> => {
    const cluster = await usable.forRequest(name, request);
    if (disconnected.has(name)) {
      throw new ExpectedFailure('NOT_CONNECTED', `Cluster ${name} was disconnected: use connectCluster first.`);
    }
    const ask: Ask = async () => options.credentials?.(cluster);
    if (!(await ask()) && (cluster.userGroupIds.length > 0 || cluster.authTokenEnabled)) {
      throw new ExpectedFailure('NOT_CONNECTED', `Cluster ${name} asks for credentials: use connectCluster first.`);
    }
    const { deliveryGroup } = request;
    return await (entrances.get(name) ??
      attempts.underWay(name) ??
      open(cluster, (opening) => connect(opening, cluster, ask), { patient: true, deliveryGroup }));
  };

  const entranceOf = (clusterName: string, request: AccessRequest = {}): MaybePromise<ClusterConnection> => {
    const name = clusterName.toLowerCase();
    if (isClosed) throw new Outage('CLUSTER_UNAVAILABLE', 'This API is stopping.');
    return entrances.get(name) ?? attempts.underWay(name) ?? openFirst(name, request);
  };

  const close = async (): Promise<void> => {
    isClosed = true;
    unwatch();
    await Promise.all([...dedicated].map((connection) => connection.close()));
    for (const { session } of entrances.values()) session.close();
    entrances.clear();
  };

  const register = <Connection extends { close(): Promise<void> }>(connection: Connection): Connection => {
    dedicated.add(connection);
    return connection;
  };

  return {
    commands: (clusterName, request) => whenKnown(entranceOf(clusterName, request), ({ session }) => session),
    whenUsable(clusterName, request) {
      const name = clusterName.toLowerCase();
      if (isClosed || entrances.has(name) || attempts.underWay(name)) return undefined;
      return usable.forSubscription(name, request).then(ignore);
    },
    blocking: async (clusterName, key) => {
      const connection = await openBlocking(
        async () => entranceOf(clusterName),
        key,
        () => dedicated.delete(connection),
      );
      return register(connection);
    },
    subscriber: async (clusterName, listener) => {
      const connection = await openSubscriber(
        async () => entranceOf(clusterName),
        listener,
        () => dedicated.delete(connection),
      );
      return register(connection);
    },
    async connect(clusterName, credentials, request = {}) {
      const cluster = await usable.forRequest(clusterName.toLowerCase(), request);
      await open(cluster, (opening) => connect(opening, cluster, () => Promise.resolve(credentials)), {
        patient: false,
      });
    },
    disconnect(clusterName) {
      const name = clusterName.toLowerCase();
      const session = entrances.get(name)?.session;
      entrances.delete(name);
      disconnected.add(name);
      known.keepName(name);
      const reason = new ExpectedFailure('NOT_CONNECTED', `Access to cluster ${name} was closed: use connectCluster.`);
      reportClosed(name, reason);
      session?.close(reason);
      states.set(name, { state: 'DISCONNECTED', username: null, tls: false });
      return Promise.resolve();
    },
    deleted(clusterName) {
      const name = clusterName.toLowerCase();
      leave(name, deletedCluster(name));
    },
    dataAccess: (clusterName) => states.get(clusterName.toLowerCase()),
    accesses() {
      const all = states.all();
      // Nobody else may ask about a cluster that cannot be entered: it may have been deleted meanwhile.
      const troubled = all.find(({ state }) => state !== 'CONNECTED');
      if (troubled) void directory.find(troubled.clusterName).catch(() => undefined);
      return all;
    },
    onDataAccessChange: states.onChange,
    onClosed(listener) {
      closedListeners.add(listener);
      return () => closedListeners.delete(listener);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function ignore(): void {
  // Only that it is usable counts.
}

/** Why access failed, for those who may see the cluster. */
function detailOf(cause: unknown): string | null {
  if (cause instanceof Outage) return cause.detail;
  return cause instanceof Error ? cause.message : null;
}
