import type { Cluster, Endpoint } from '../../../domain/cluster/cluster.js';
import type { Credentials } from '../../../domain/cluster/data-access.js';
import type { Logger } from '../../../telemetry/log.js';
import type { Metrics } from '../../../telemetry/metrics.js';
import { createCachedClusterDescription } from './cached-cluster-description.js';
import type { ValkeyLimits } from './limits.js';
import type { NodeAccess } from './nodes/node-client.js';
import { openNodeConnection } from './nodes/node-connection.js';
import type { ClusterDirectory } from '../interfaces.js';
import { openSession, type Session } from './routing/session.js';

/** A session, and what is needed to open further connections to the same nodes as the same user. */
export interface ClusterConnection {
  readonly session: Session;
  readonly limits: ValkeyLimits;
  readonly log: Logger;
  /** Uses the current credentials, since the configured password may have changed. */
  access(this: void, endpoint: Endpoint): Promise<NodeAccess>;
  /** The cluster was read elsewhere. */
  seen(this: void, cluster: Cluster): void;
}

/** Returns the current connection of one cluster. It changes when other credentials are given. */
export type ConnectCluster = () => Promise<ClusterConnection>;

export interface ClusterConnectionOptions {
  readonly directory: ClusterDirectory;
  readonly limits: ValkeyLimits;
  readonly log: Logger;
  /** The certificate authority of clusters with TLS, in PEM; the system's if absent. */
  readonly ca?: (() => Promise<string | undefined>) | undefined;
  readonly metrics?: Pick<Metrics, 'valkey'> | undefined;
}

export function hasTls({ transitEncryption }: Cluster): boolean {
  return transitEncryption === 'REQUIRED' || transitEncryption === 'PREFERRED';
}

/** A deployment of the configuration may require credentials that nobody has described. */
function requiresNoCredentials({ source, userGroupIds, authTokenEnabled }: Cluster): boolean {
  return source === 'ELASTICACHE' && userGroupIds.length === 0 && !authTokenEnabled;
}

/** `onHealth` is called with undefined if the connection is healthy, otherwise with the problem. It may be called during opening. */
export async function openClusterConnection(
  { directory, limits, log, ca, metrics }: ClusterConnectionOptions,
  cluster: Cluster,
  credentials: () => Promise<Credentials | undefined>,
  onHealth: (problem: Error | undefined) => void,
): Promise<ClusterConnection> {
  const { name } = cluster;
  const tls = hasTls(cluster) ? { ca: await ca?.() } : undefined;
  const clusterMetrics = metrics?.valkey(name);
  const description = createCachedClusterDescription(directory, name, cluster);
  const access = async (endpoint: Endpoint): Promise<NodeAccess> => ({
    endpoint,
    database: cluster.database,
    tls,
    credentials: await credentials(),
    isOpenToAll: requiresNoCredentials(description.latest()),
    metrics: clusterMetrics,
  });
  const session = await openSession({
    limits,
    database: cluster.database,
    describe: description.read,
    open: async (endpoint, listener) => openNodeConnection(await access(endpoint), { limits, ...listener }),
    onHealth,
  });
  return { session, limits, log, access, seen: (newest) => description.seen(newest) };
}
