import type { ClusterChange } from '../../domain/cluster/cluster-change.js';
import type { Cluster } from '../../domain/cluster/cluster.js';
import type { LiveSource } from '../../runtime/live-source.js';
import type {
  AuthTokenChange,
  ClusterModification,
  NewCluster,
  ReplicaCountChange,
  ShardCountChange,
} from '../../domain/cluster/new-cluster.js';
import type { NewSnapshot, Snapshot, SnapshotCopy } from '../../domain/cluster/snapshot.js';
import type { ClusterDirectory } from '../valkey/interfaces.js';
import type { NewUser, NewUserGroup, User, UserChange, UserGroup, UserGroupChange } from '../../domain/user/user.js';
import type { ResourceEvent, ResourceEventDelivery, ResourceKind } from '../../domain/resource-event.js';
import type { SharedResources } from './shared-resources.js';

/**
 * ElastiCache in the domain's terms. Every method may reject with `Outage`: CONTROL_PLANE_UNAVAILABLE (unreachable, throttled,
 * credentials refused) or TIMEOUT, and a write with UNKNOWN_OUTCOME if its response was lost. Writes are never retried. If ElastiCache
 * refuses a write, it rejects with `ExpectedFailure` and nothing has changed.
 */
export interface ControlPlane extends SharedResources {
  /** All clusters in no particular order, as they are at a moment after the call. The same applies to `users` and `userGroups`. */
  clusters(): Promise<readonly Cluster[]>;
  users(): Promise<readonly User[]>;
  userGroups(): Promise<readonly UserGroup[]>;
  snapshots(): Promise<readonly Snapshot[]>;
  /**
   * The value of a parameter of the engine in a parameter group; null if it has no such parameter.
   * @throws ExpectedFailure NOT_FOUND if the group does not exist
   */
  parameter(request: { parameterGroup: string; name: string }): Promise<string | null>;
  /**
   * ElastiCache's events of these clusters, which are all replication groups or all cache clusters, oldest first. ElastiCache stores them
   * for 14 days.
   */
  clusterEvents(request: ClusterEventsRequest): Promise<readonly ClusterEvent[]>;

  createCluster(cluster: NewCluster): Promise<void>;
  modifyCluster(modification: ClusterModification): Promise<void>;
  setAuthToken(change: AuthTokenChange): Promise<void>;
  /** Changes the number of replicas of the named shards, all of which must have fewer, or all of which must have more. */
  setReplicaCount(change: ReplicaCountChange): Promise<void>;
  setShardCount(change: ShardCountChange): Promise<void>;
  deleteCluster(request: {
    cluster: string;
    /** See `Cluster`. */
    isCacheCluster?: boolean | undefined;
    finalSnapshot?: string | undefined;
  }): Promise<void>;
  testFailover(request: { cluster: string; shard: string }): Promise<void>;
  /** Restarts one node. ElastiCache accepts a request for each node only. */
  rebootNode(request: { cluster: string; node: string }): Promise<void>;
  promoteReplica(request: { cluster: string; node: string }): Promise<void>;

  createSnapshot(snapshot: NewSnapshot): Promise<Snapshot>;
  copySnapshot(copy: SnapshotCopy): Promise<Snapshot>;
  deleteSnapshot(request: { name: string }): Promise<Snapshot>;

  createUser(user: NewUser): Promise<User>;
  modifyUser(change: UserChange): Promise<User>;
  deleteUser(request: { userId: string }): Promise<User>;

  createUserGroup(group: NewUserGroup): Promise<UserGroup>;
  modifyUserGroup(change: UserGroupChange): Promise<UserGroup>;
  deleteUserGroup(request: { userGroupId: string }): Promise<UserGroup>;

  /** Grows with every write of this process. Data that was read at an earlier revision may be outdated. */
  revision(): number;
  /**
   * Calls `listener` after every write of this process, including those with an unknown outcome. Returns a function that removes the
   * listener.
   */
  onWrite(listener: () => void): () => void;
  /** Calls `listener` with every result of `clusters` before the caller receives it. Returns a function that removes the listener. */
  onClusters(listener: (snapshot: ClusterSnapshot) => void): () => void;
}

interface ClusterEventsRequest {
  readonly clusters: readonly string[];
  readonly areCacheClusters?: boolean | undefined;
  readonly since: Date;
}

/** An event that ElastiCache has recorded for a cluster. */
export interface ClusterEvent {
  readonly cluster: string;
  readonly message: string;
  readonly at: Date | null;
}

/** All clusters, as one read of the control plane returned them. */
export interface ClusterSnapshot {
  readonly clusters: readonly Cluster[];
  /** `revision()` at the start of the read. A read that started before a write may not show it. */
  readonly revision: number;
}

/** A directory with a cache, so that reads of data do not wait for the control plane and still work during its outages. */
export interface RecallingDirectory extends ClusterDirectory {
  /**
   * The cached cluster, however old it is. If it is old, also starts a read in the background. Undefined for a cluster that was never
   * read, and after a write of this process until the next read.
   */
  recall(name: string): Cluster | undefined;
  /**
   * Resolves when the cluster is AVAILABLE, when it can no longer become AVAILABLE (CREATE_FAILED, DELETING, deleted), or after
   * `timeoutMs`. A cluster that was just created need not be visible yet.
   * @throws Outage if the signal aborts
   */
  whenAvailable(name: string, options: { readonly signal: AbortSignal; readonly timeoutMs: number }): Promise<void>;
  /**
   * Resolves when a cluster that is being deleted no longer exists, when it is AVAILABLE instead, as after a final snapshot that failed, to
   * that cluster, or after `timeoutMs`.
   * @throws Outage if the signal aborts
   */
  whenDeleted(
    cluster: Cluster,
    options: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<Cluster | 'DELETED' | 'TIME_IS_UP'>;
}

/** Selects the changes that a subscriber receives. */
interface ClusterChangesRequest {
  /** Changes of this cluster only; without it, changes of all clusters. */
  readonly clusterName?: string | undefined;
  /** Called right before each delivery. Changes of clusters for which it returns false are not delivered. */
  readonly maySee?: (clusterName: string) => boolean;
}

/** The changes of all clusters. All subscribers share one poll of the control plane. */
export interface ClusterWatch extends AsyncDisposable {
  /** INITIAL for each existing cluster, then every change. */
  changes(request?: ClusterChangesRequest): LiveSource<ClusterChange>;
  close(): Promise<void>;
}

/** Selects the events that a subscriber receives. */
export interface ResourceEventsRequest {
  readonly source?: ResourceKind | undefined;
  /** In any case. */
  readonly sourceName?: string | undefined;
  /** Whether the first delivery reports the start. */
  readonly announce?: boolean | undefined;
  /** Called right before each delivery. Events for which it returns false are not delivered. */
  readonly maySee?: (event: ResourceEvent) => boolean;
}

/** New events of all resources. All subscribers share one poll of the control plane. */
export interface EventWatch extends AsyncDisposable {
  /** Events that ElastiCache records after the start of the subscription. */
  events(request?: ResourceEventsRequest): LiveSource<ResourceEventDelivery>;
  close(): Promise<void>;
}
