import type { ClusterChange } from '../../domain/cluster/cluster-change.js';
import type { Cluster } from '../../domain/cluster/cluster.js';
import type { LiveSource } from '../../runtime/live-source.js';
import type { ClusterModification, NewCluster } from '../../domain/cluster/new-cluster.js';
import type { ClusterDirectory } from '../valkey/interfaces.js';
import type { NewUser, NewUserGroup, User, UserChange, UserGroup, UserGroupChange } from '../../domain/user/user.js';
import type { Tag } from '../../domain/tags.js';

/**
 * ElastiCache in this API's own terms. All of it rejects with `Outage`: CONTROL_PLANE_UNAVAILABLE (unreachable, throttled,
 * credentials refused), TIMEOUT, and for what writes UNKNOWN_OUTCOME, where the answer was lost. Writes are never
 * retried and reject with `ExpectedFailure` where ElastiCache refuses them; then nothing has changed.
 */
export interface ControlPlane {
  /** All of them, in no promised order, as they are at a moment after the call; so are the next two. */
  clusters(): Promise<readonly Cluster[]>;
  users(): Promise<readonly User[]>;
  userGroups(): Promise<readonly UserGroup[]>;
  tags(arn: string): Promise<readonly Tag[]>;
  /** What ElastiCache has noted about these clusters, oldest first; at most of the last 14 days. */
  clusterEvents(request: { clusters: readonly string[]; since: Date }): Promise<readonly ClusterEvent[]>;

  createCluster(cluster: NewCluster): Promise<void>;
  modifyCluster(modification: ClusterModification): Promise<void>;
  deleteCluster(request: { cluster: string; finalSnapshot?: string | undefined }): Promise<void>;
  testFailover(request: { cluster: string; shard: string }): Promise<void>;

  createUser(user: NewUser): Promise<User>;
  modifyUser(change: UserChange): Promise<User>;
  deleteUser(request: { userId: string }): Promise<User>;

  createUserGroup(group: NewUserGroup): Promise<UserGroup>;
  modifyUserGroup(change: UserGroupChange): Promise<UserGroup>;
  deleteUserGroup(request: { userGroupId: string }): Promise<UserGroup>;

  /** Grows with every write of this process: what was read at an earlier revision may be out of date. */
  revision(): number;
  /** Calls back after every write of this process, also one of unknown outcome; returns its undo. */
  onWrite(listener: () => void): () => void;
  /** Calls back with every answer of `clusters`, whoever asked, before the answer is passed on; returns its undo. */
  onClusters(listener: (look: ClusterSnapshot) => void): () => void;
}

/** Something that ElastiCache has noted about a cluster. */
export interface ClusterEvent {
  readonly cluster: string;
  readonly message: string;
  readonly at: Date | null;
}

/** All clusters as one look at the control plane has found them. */
export interface ClusterSnapshot {
  readonly clusters: readonly Cluster[];
  /** `revision()` when the look began: a look that began before a write may not show it. */
  readonly revision: number;
}

/** A directory that remembers what it saw, so that reads of data need not wait for the control plane, nor for its return. */
export interface RecallingDirectory extends ClusterDirectory {
  /**
   * The cluster as it was last seen, however long ago, and a look behind the caller's back where that was a while ago.
   * Undefined for one that was not seen yet, and after a write of this process until the next look.
   */
  recall(name: string): Cluster | undefined;
  /**
   * Resolves when the cluster is AVAILABLE, when it can no longer become so (CREATE_FAILED, DELETING, deleted), or after
   * `timeoutMs`. A cluster that was created just now need not be visible yet.
   * @throws Outage if the signal aborts
   */
  whenAvailable(name: string, options: { readonly signal: AbortSignal; readonly timeoutMs: number }): Promise<void>;
}

/** Whose changes a subscriber is told. */
interface ClusterChangesRequest {
  /** Those of one cluster; of all without it. */
  readonly clusterName?: string | undefined;
  /** Asked of each change as it is handed over: those of a cluster of which it is false are kept back. */
  readonly maySee?: (clusterName: string) => boolean;
}

/** The changes of all clusters, seen by one look at the control plane for all subscribers. */
export interface ClusterWatch extends AsyncDisposable {
  /** INITIAL for each cluster that stands, then every change. */
  changes(request?: ClusterChangesRequest): LiveSource<ClusterChange>;
  close(): Promise<void>;
}
