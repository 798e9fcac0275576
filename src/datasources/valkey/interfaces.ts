import type { Cluster, Endpoint } from '../../domain/cluster/cluster.js';
import type { Credentials, DataAccess } from '../../domain/cluster/data-access.js';
import type { ExpectedFailure } from '../../domain/errors.js';
import type { MaybePromise } from '../../runtime/maybe-promise.js';
import type { CommandError } from './command-error.js';
import type {
  SubscriberConnection,
  SubscriberListener,
  TrackingConnection,
  TrackingListener,
} from './push-connections.js';

/** The interfaces of the Valkey connections. No file outside this folder imports node-redis. */

/** An argument of a command: bytes, or text, which is sent as UTF-8. */
export type Argument = string | Buffer;

/**
 * A lossless RESP3 reply. Bulk and simple strings are Buffers, integers and doubles are decimal strings (safe for 64 bits), maps are
 * flat arrays of key, value, …, and null is null. An error reply rejects (see `CommandError`).
 */
export type Reply = Buffer | string | boolean | null | Reply[];

export interface Command {
  readonly args: readonly [string, ...Argument[]];
  /** The key that decides the shard. Without a key, the command goes to any primary. */
  readonly key?: Buffer | undefined;
}

/** Receives the outcome of one command. One of the methods is called once. Neither may throw. */
export interface ReplyReceiver {
  replied(reply: Reply): void;
  /** Receives the error with which `send` would reject. */
  failed(reason: Error): void;
}

/** The value that a key must have. Without a value, the key must not exist. */
export interface ExpectedValue {
  readonly key: Buffer;
  readonly value: Buffer | undefined;
}

/** The outcome of several commands in one transaction. */
type Execution =
  | { readonly kind: 'executed'; readonly replies: readonly (Reply | CommandError)[] }
  /** An expectation did not hold, or the watched keys changed during each of several attempts. Nothing was executed. */
  | { readonly kind: 'unmet' }
  /** Valkey refused a command, or to read an expected value, at this index. Nothing was executed. */
  | {
      readonly kind: 'refused';
      readonly error: CommandError;
      readonly command?: number | undefined;
      readonly expectation?: number | undefined;
    };

/** The command connection of one cluster (one connection per node in cluster mode). All requests share it. */
export interface ValkeyCommands {
  /**
   * Sends one command. All commands of one tick leave in one write per node (auto-pipelined). Follows MOVED and ASK, and retries
   * TRYAGAIN. Rejects with `CommandError` for an error reply, and with `Outage` (CLUSTER_UNAVAILABLE, TIMEOUT, UNKNOWN_OUTCOME) if
   * there is no reply.
   */
  send(command: Command): Promise<Reply>;
  /** Like `send`, for requests with so many commands that one more promise for each would cost too much. */
  post(command: Command, receiver: ReplyReceiver): void;
  /**
   * Executes all commands, which must belong to the slot of `key`, with no other command between them (MULTI), on a connection that no
   * other request uses meanwhile. Resolves to their replies. If Valkey refuses a command beforehand (ACL, memory), rejects with the first `CommandError` and executes none of them. If
   * a command fails during execution, rejects after the others were executed too.
   */
  transaction(key: Buffer, commands: readonly Command['args'][]): Promise<readonly Reply[]>;
  /**
   * Executes all commands like `transaction`, if all expectations hold when Valkey executes them. They are compared under WATCH. Resolves to the outcome of each command. All keys must belong to the slot of `key`.
   * Rejects with `Outage`: UNKNOWN_OUTCOME if the connection was lost before EXEC was answered.
   */
  execute(key: Buffer, commands: readonly Command['args'][], expected: readonly ExpectedValue[]): Promise<Execution>;
  /** Reads the topology again. For callers that detect a change without a redirection. */
  refreshTopology(): Promise<void>;
  /** Whether the nodes form a Valkey cluster, in which all keys of a command must belong to one hash slot. */
  readonly isClustered: boolean;
  /** The database of these keys, which is part of the names of their events' channels. */
  readonly database: number;
  /** All primaries, ordered by their lowest slot. There is one in cluster mode disabled. */
  primaries(): readonly ValkeyNode[];
  /** Primaries and replicas. */
  nodes(): readonly ValkeyNode[];
  /** The node of the control plane at this address, which the other nodes may not report yet. */
  nodeAt(endpoint: Endpoint): ReachableNode;
}

/** One node, for commands about the node itself (INFO, CLIENT LIST, …). */
export interface ReachableNode {
  readonly endpoint: Endpoint;
  send(args: readonly [string, ...Argument[]]): Promise<Reply>;
  /** The open connection to the node. Rejects like `send`. */
  connection(): Promise<NodeLink>;
}

/** One open connection to one process of a server, as one user. Facts about both may be remembered as long as this object lives. */
export interface NodeLink {
  /** Rejects like `ValkeyCommands.send`, also after the connection is lost. */
  send(args: readonly [string, ...Argument[]]): Promise<Reply>;
}

/** One node of a cluster as its nodes report it, also for commands about its keys (SCAN, DBSIZE, …). */
export interface ValkeyNode extends ReachableNode {
  /** Lowest slot of the shard, 0 in cluster mode disabled. It identifies the shard; the host does not. */
  readonly firstSlot: number;
  /** Hash slots of the shard as inclusive ranges; all slots in cluster mode disabled. */
  readonly slots: readonly (readonly [first: number, last: number])[];
  readonly isPrimary: boolean;
}

/** A dedicated connection for blocking reads, to the node that serves a key. After failovers and slot moves, it reconnects. */
export interface BlockingConnection extends AsyncDisposable {
  /** Whether the key may move to another node. A blocking read does not notice that before it ends. */
  readonly isClustered: boolean;
  /** Rejects with `Outage` when the connection is lost. The next call reconnects. */
  send(args: readonly [string, ...Argument[]]): Promise<Reply>;
  /** Idempotent. A read in flight rejects immediately. */
  close(): Promise<void>;
}

/** Finds clusters in the control plane and the configuration. */
export interface ClusterDirectory {
  /** The cluster as it was at most half a second ago. @throws ExpectedFailure NOT_FOUND */
  find(name: string): Promise<Cluster>;
  /**
   * The cluster, once its data can be used. Waits while the cluster is CREATING, until the signal aborts. Without a signal, it does not
   * wait.
   * @throws ExpectedFailure INVALID_STATE if the cluster is being deleted or could not be created, NOT_FOUND if it is deleted
   * meanwhile; Outage CLUSTER_UNAVAILABLE without a signal, TIMEOUT when the signal aborts
   */
  whenUsable(cluster: Cluster, signal: AbortSignal | undefined): Promise<Cluster>;
  /** Calls `listener` with all clusters by lowercase name whenever they were read. Returns a function that removes the listener. */
  onClusters(listener: (clusters: ReadonlyMap<string, Cluster>) => void): () => void;
}

/** Options of a request for access to a cluster's data. */
export interface AccessRequest {
  /** Ends the wait for a cluster that is CREATING. A request without a signal does not wait. */
  readonly signal?: AbortSignal | undefined;
  /** The delivery group whose event is being executed. */
  readonly deliveryGroup?: object | undefined;
}

/** Process-wide access to the data of all clusters. */
export interface ValkeyConnections extends AsyncDisposable {
  /**
   * The cluster's command connection, synchronously if it is open. A cluster without credentials, or with known ones, is connected
   * on first use.
   * @throws ExpectedFailure NOT_CONNECTED if credentials are required and none are known, NOT_FOUND, INVALID_STATE; Outage
   * CLUSTER_UNAVAILABLE, TIMEOUT
   */
  commands(clusterName: string, request?: AccessRequest): MaybePromise<ValkeyCommands>;
  /**
   * Resolves when the cluster's data can be used. Undefined if no wait is necessary.
   * @throws as `ClusterDirectory.whenUsable`, and ExpectedFailure NOT_FOUND
   */
  whenUsable(clusterName: string, request: AccessRequest): Promise<void> | undefined;
  blocking(clusterName: string, key: Buffer): Promise<BlockingConnection>;
  subscriber(clusterName: string, listener: SubscriberListener): Promise<SubscriberConnection>;
  tracking(clusterName: string, listener: TrackingListener): Promise<TrackingConnection>;
  /**
   * Opens access with the given credentials and replaces the former access. Settles within 2 s.
   * @throws ExpectedFailure PERMISSION_DENIED for a wrong user or password
   */
  connect(clusterName: string, credentials: Credentials, request?: AccessRequest): Promise<void>;
  disconnect(clusterName: string): Promise<void>;
  /** The cluster was deleted. Closes the access and forgets everything about the cluster. */
  deleted(clusterName: string): void;
  dataAccess(clusterName: string): DataAccess;
  /** The accesses to all clusters that were connected, or attempted, and not disconnected. */
  accesses(): readonly DataAccess[];
  /**
   * Calls `listener` when an attempt or a loss has changed a cluster's data access, with the delivery group whose event caused the
   * attempt. Returns a function that removes the listener.
   */
  onDataAccessChange(listener: (access: DataAccess, causedBy?: object) => void): () => void;
  /**
   * Calls `listener` when access was closed on purpose or its cluster was deleted, with the error for its users. Returns a function that
   * removes the listener.
   */
  onClosed(listener: (clusterName: string, reason: ExpectedFailure) => void): () => void;
  close(): Promise<void>;
}
