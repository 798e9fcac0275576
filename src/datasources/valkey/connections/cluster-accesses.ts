import type { Cluster } from '../../../domain/cluster/cluster.js';
import type { Credentials } from '../../../domain/cluster/data-access.js';
import { ExpectedFailure, Outage } from '../../../domain/errors.js';
import { createListeners } from '../../../runtime/listeners.js';
import type { createAccessStates } from './access-state.js';
import { createAttempts } from './attempts.js';
import {
  hasTls,
  openClusterConnection,
  type ClusterConnection,
  type ClusterConnectionOptions,
} from './cluster-connection.js';
import { createKnownClusters, deletedCluster } from './known-clusters.js';
import { reportLoss } from './loss-report.js';

export interface ClusterAccessesOptions extends ClusterConnectionOptions {
  readonly states: ReturnType<typeof createAccessStates>;
  /** Called whenever a cluster was connected, with its cluster mode as its nodes report it. */
  readonly onConnected?: ((name: string, isClustered: boolean) => void) | undefined;
}

/** The command connections of all clusters by lowercase name, their opening and their end. */
export interface ClusterAccesses {
  /** The connection of a cluster, or the promise of the one that is being opened; undefined if there is neither. */
  current(name: string): ClusterConnection | Promise<ClusterConnection> | undefined;
  /**
   * Opens a connection and replaces the current one. After failures, a patient attempt waits and an impatient one does not.
   * @throws ExpectedFailure, Outage
   */
  open(
    cluster: Cluster,
    credentials: CredentialsSource,
    options: { readonly patient: boolean; readonly deliveryGroup?: object | undefined },
  ): Promise<ClusterConnection>;
  /** Whether access was closed by `disconnect` and not opened again since. */
  isDisconnected(name: string): boolean;
  disconnect(name: string): void;
  /** The cluster was deleted. Closes the access and forgets everything about the cluster. */
  deleted(name: string): void;
  /** Calls `listener` when an access ends on purpose. Returns a function that removes the listener. */
  onClosed(listener: (name: string, reason: ExpectedFailure) => void): () => void;
  close(): void;
}

export type CredentialsSource = () => Promise<Credentials | undefined>;

/** One opening of access, until it succeeds or fails. */
interface Opening {
  readonly name: string;
  readonly deliveryGroup: object | undefined;
  end?: ReturnType<ReturnType<typeof createAccessStates>['attempt']>;
  /** Set if the cluster was deleted meanwhile. The opened connection must not be used then. */
  gone?: ExpectedFailure;
}

export function createClusterAccesses(options: ClusterAccessesOptions): ClusterAccesses {
  const { directory, log, limits, states } = options;
  const connections = new Map<string, ClusterConnection>();
  const attempts = createAttempts<ClusterConnection>(limits);
  const openings = new Set<Opening>();
  const closedListeners = createListeners<[name: string, reason: ExpectedFailure]>();
  const disconnected = new Set<string>();
  let isClosed = false;

  const forget = (name: string): void => {
    const reason = deletedCluster(name);
    for (const opening of openings) if (opening.name === name) opening.gone ??= reason;
    const session = connections.get(name)?.session;
    connections.delete(name);
    disconnected.delete(name);
    attempts.forget(name);
    known.forget(name);
    // Subscriptions end before the session closes. Otherwise they would look for another session.
    closedListeners.notify(name, reason);
    session?.close(reason);
    states.forget(name);
  };
  const known = createKnownClusters({ gone: forget, seen: (name, cluster) => connections.get(name)?.seen(cluster) });
  const stopWatching = directory.onClusters((clusters) => known.compare(clusters));

  const connect = async (
    opening: Opening,
    cluster: Cluster,
    credentials: CredentialsSource,
  ): Promise<ClusterConnection> => {
    const { name } = cluster;
    const access = { username: (await credentials())?.username ?? null, tls: hasTls(cluster) };
    known.add(name, cluster);
    if (!connections.has(name)) opening.end = states.attempt(name, access, opening.deliveryGroup);
    let opened: ClusterConnection | undefined = undefined;
    const connection = await openClusterConnection(options, cluster, credentials, (problem) => {
      if (opened && connections.get(name) === opened) reportHealth(name, opened, problem);
    });
    if (opening.gone) {
      connection.session.close(opening.gone);
      throw opening.gone;
    }
    opened = connection;
    const replaced = connections.get(name);
    connections.set(name, connection);
    disconnected.delete(name);
    attempts.forget(name);
    replaced?.session.close();
    options.onConnected?.(name, connection.session.isClustered);
    const connected = { ...access, state: 'CONNECTED' } as const;
    if (opening.end) opening.end(connected);
    else states.set(name, connected);
    log.info({ cluster: name, tls: access.tls }, 'connected to the data of a cluster');
    if (isClosed) connection.session.close();
    return connection;
  };
  const reportHealth = (name: string, connection: ClusterConnection, problem: Error | undefined): void => {
    if (problem instanceof ExpectedFailure && problem.code === 'NOT_FOUND') {
      forget(name);
      return;
    }
    if (!problem) {
      states.set(name, { state: 'CONNECTED' });
      return;
    }
    const state = problem instanceof ExpectedFailure ? 'FAILED' : 'RECONNECTING';
    const reason = detailOf(problem);
    const isNew = states.get(name).state !== state;
    states.set(name, { state, error: reason });
    const isOver = (): boolean => isClosed || connections.get(name) !== connection;
    if (isNew) void reportLoss({ directory, log }, { cluster: name, reason, isOver });
  };

  return {
    current: (name) => connections.get(name) ?? attempts.current(name),
    open(cluster, credentials, { patient, deliveryGroup }) {
      const { name } = cluster;
      const opening: Opening = { name, deliveryGroup };
      openings.add(opening);
      const attempt = (): Promise<ClusterConnection> =>
        connect(opening, cluster, credentials)
          .catch((cause: unknown) => {
            throw opening.gone ?? cause;
          })
          .finally(() => openings.delete(opening));
      return attempts.open(name, attempt, { patient }).catch((cause: unknown) => {
        // A connection that was open before is still open.
        if (!opening.gone && !connections.has(name)) opening.end?.({ state: 'FAILED', error: detailOf(cause) });
        throw cause;
      });
    },
    isDisconnected: (name) => disconnected.has(name),
    disconnect(name) {
      const session = connections.get(name)?.session;
      connections.delete(name);
      disconnected.add(name);
      known.addName(name);
      const reason = new ExpectedFailure('NOT_CONNECTED', `Access to cluster ${name} was closed: use connectCluster.`);
      closedListeners.notify(name, reason);
      session?.close(reason);
      states.set(name, { state: 'DISCONNECTED', username: null, tls: false });
    },
    deleted: forget,
    onClosed: closedListeners.add,
    close() {
      isClosed = true;
      stopWatching();
      for (const { session } of connections.values()) session.close();
      connections.clear();
    },
  };
}

/** The reason why access failed, for callers that may see the cluster. */
function detailOf(cause: unknown): string | null {
  if (cause instanceof Outage) return cause.detail;
  return cause instanceof Error ? cause.message : null;
}
