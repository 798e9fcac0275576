import type { Cluster, Endpoint } from '../../domain/cluster/cluster.js';
import type { Credentials, DataAccess } from '../../domain/cluster/data-access.js';
import type { ExpectedFailure } from '../../domain/errors.js';
import type { MaybePromise } from '../../runtime/maybe-promise.js';

/** The narrow ports between the Valkey connections and what uses them; no file outside this folder sees node-redis. */

/** An argument of a command: bytes, or text that is sent as UTF-8. */
export type Argument = string | Buffer;

/**
 * A RESP3 reply with nothing lost: bulk and simple strings are Buffers, integers and doubles are decimal strings (64-bit
 * safe), maps are flat arrays of key, value, …; null is null. An error reply rejects (see `CommandError`).
 */
export type Reply = Buffer | string | boolean | null | Reply[];

export interface Command {
  readonly args: readonly [string, ...Argument[]];
  /** The key that decides the shard; absent for commands without one (then any primary answers). */
  readonly key?: Buffer | undefined;
}

/** Receives the outcome of one command, once. Neither method may throw. */
export interface ReplyReceiver {
  replied(reply: Reply): void;
  /** With what `send` rejects with. */
  failed(reason: Error): void;
}

/** One cluster's command connection (one per node in cluster mode), shared by all requests. */
export interface ValkeyCommands {
  /**
   * Sends one command; all that are sent in one turn of the event loop leave in one write per node (auto-pipelined).
   * Follows MOVED and ASK; retries TRYAGAIN. Rejects with `CommandError` for an error reply, `Outage`
   * (CLUSTER_UNAVAILABLE, TIMEOUT, UNKNOWN_OUTCOME) where there is no reply.
   */
  send(command: Command): Promise<Reply>;
  /** As `send`, for a request with so many commands that another promise for each would show. */
  post(command: Command, receiver: ReplyReceiver): void;
  /**
   * Carries out all commands, which belong to the slot of `key`, with nothing between them (MULTI); answers their replies.
   * Rejects, and nothing was carried out, with the first `CommandError` where Valkey refuses one before it begins (its
   * ACL, its memory); an error of a command that was carried out rejects after the others were too.
   */
  transaction(key: Buffer, commands: readonly Command['args'][]): Promise<readonly Reply[]>;
  /** Asks the nodes anew who serves what, for whoever has learnt that it has changed without being redirected. */
  refreshTopology(): Promise<void>;
  /** Whether the nodes form a Valkey cluster, where the keys of one command must be of one hash slot. */
  readonly isClustered: boolean;
  /** All primaries, each with its slots' lowest number as a stable order; one in cluster mode disabled. */
  primaries(): readonly ValkeyNode[];
  /** Primaries and replicas. */
  nodes(): readonly ValkeyNode[];
}

/** One node of a cluster, addressed directly (SCAN, INFO, PUBSUB, DBSIZE, …). */
export interface ValkeyNode {
  readonly endpoint: Endpoint;
  /** Lowest slot served, 0 in cluster mode disabled. A shard is known by it, never by its host. */
  readonly firstSlot: number;
  /** Hash slots of its shard, first and last of each range; all in cluster mode disabled. */
  readonly slots: readonly (readonly [first: number, last: number])[];
  readonly isPrimary: boolean;
  send(args: readonly [string, ...Argument[]]): Promise<Reply>;
}

/** A connection of its own for blocking reads, to the node that serves `key`; follows failovers and slot moves by reconnecting. */
export interface BlockingConnection extends AsyncDisposable {
  /** Whether the key may move to another node: a read that blocks is not told until it ends. */
  readonly isClustered: boolean;
  /** Rejects with `Outage` when the connection is lost; the next call reconnects. */
  send(args: readonly [string, ...Argument[]]): Promise<Reply>;
  /** Cuts a read in flight at once, which rejects. Closing twice is harmless. */
  close(): Promise<void>;
}

/** The subscriber connection of a cluster. Channel names and payloads are bytes. */
export interface SubscriberConnection extends AsyncDisposable {
  /**
   * Resolves when Valkey has confirmed all, key events on every primary; rejects with `CommandError` for a refused one
   * (NOPERM), and the others are subscribed then.
   */
  subscribe(kind: ChannelKind, channels: readonly Buffer[]): Promise<void>;
  unsubscribe(kind: ChannelKind, channels: readonly Buffer[]): Promise<void>;
  close(): Promise<void>;
}
export type ChannelKind = 'channel' | 'pattern' | 'sharded';

export interface SubscribedChannel {
  readonly kind: ChannelKind;
  readonly channel: Buffer;
  /** Whether each primary has messages of its own for it: if one is lost, those of the others go on. */
  readonly needsEveryPrimary: boolean;
}

export interface SubscriberListener {
  message(this: void, kind: ChannelKind, channel: Buffer, payload: Buffer, pattern: Buffer | undefined): void;
  /**
   * The key on whose node an ordinary channel is heard; undefined where any will do. What a script of that key publishes
   * comes in one piece there, while other nodes are told message by message.
   */
  slotKey?(this: void, channel: Buffer): Buffer | undefined;
  /** Messages of these are being lost; `reconnected` follows for each of them, or `refused`. */
  interrupted?(this: void, channels: readonly SubscribedChannel[]): void;
  /** These are complete again: their messages in between are lost. All others have lost nothing. */
  reconnected(this: void, channels: readonly SubscribedChannel[]): void;
  /** A subscription that stood is refused after a reconnection or an ACL change; the others go on. */
  refused(this: void, kind: ChannelKind, channel: Buffer, reason: Error): void;
}

/** Where clusters are found; answered by the control plane and the configuration. */
export interface ClusterDirectory {
  /** The cluster as it was seen at most half a second ago. @throws ExpectedFailure NOT_FOUND */
  find(name: string): Promise<Cluster>;
  /**
   * The cluster once its data can be used: waits while it is CREATING, until the signal aborts. Without a signal it does not wait.
   * @throws ExpectedFailure INVALID_STATE for one that is being deleted or could not be created, NOT_FOUND for one that is deleted
   * meanwhile; Outage CLUSTER_UNAVAILABLE without a signal, TIMEOUT when it aborts
   */
  whenUsable(cluster: Cluster, signal: AbortSignal | undefined): Promise<Cluster>;
  /** Calls back with all clusters, by lowercase name, whenever anybody has looked at them; returns its undo. */
  onClusters(listener: (clusters: ReadonlyMap<string, Cluster>) => void): () => void;
}

/** What a request for access to a cluster's data may cost and cause. */
export interface AccessRequest {
  /** How long to wait for a cluster that is CREATING. A request without one does not wait. */
  readonly signal?: AbortSignal | undefined;
  /** The delivery group for whose event the data is read. */
  readonly deliveryGroup?: object | undefined;
}

/** Process-wide access to the data of all clusters. */
export interface ValkeyConnections extends AsyncDisposable {
  /**
   * The cluster's command connection, at once if it is open. A cluster that asks for no credentials is connected on first use.
   * @throws ExpectedFailure NOT_CONNECTED if credentials are needed and none are known, NOT_FOUND, INVALID_STATE; Outage
   * CLUSTER_UNAVAILABLE, TIMEOUT
   */
  commands(clusterName: string, request?: AccessRequest): MaybePromise<ValkeyCommands>;
  /**
   * Resolves when the cluster's data can be used; undefined if nothing is to be waited for.
   * @throws as `ClusterDirectory.whenUsable`, and ExpectedFailure NOT_FOUND
   */
  whenUsable(clusterName: string, request: AccessRequest): Promise<void> | undefined;
  blocking(clusterName: string, key: Buffer): Promise<BlockingConnection>;
  subscriber(clusterName: string, listener: SubscriberListener): Promise<SubscriberConnection>;
  /**
   * Opens access with the given credentials, replacing what stood; settles within 2 s.
   * @throws ExpectedFailure PERMISSION_DENIED for a wrong user or password
   */
  connect(clusterName: string, credentials: Credentials, request?: AccessRequest): Promise<void>;
  disconnect(clusterName: string): Promise<void>;
  /** The cluster was deleted: closes the access and forgets all that belongs to that cluster. */
  deleted(clusterName: string): void;
  dataAccess(clusterName: string): DataAccess;
  /** Of all clusters that were entered, or tried to be, and not left. */
  accesses(): readonly DataAccess[];
  /**
   * Calls back when an attempt or a loss has changed a cluster's data access, with the delivery group that made the attempt for its
   * own event; returns its undo.
   */
  onDataAccessChange(listener: (access: DataAccess, causedBy?: object) => void): () => void;
  /** Calls back when access was closed on purpose, or its cluster is gone, with what its users are answered; returns its undo. */
  onClosed(listener: (clusterName: string, reason: ExpectedFailure) => void): () => void;
  close(): Promise<void>;
}
