/** The interface between the actions of the local endpoint and the real Valkey processes. */

export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

/** A Valkey user of the nodes: rules for ACL SETUSER, with passwords as SHA-256 only (`#<hex>`). */
export interface NodeUser {
  readonly name: string;
  /** e.g. `['on', '#…', '~*', '&*', '+@all']`; applied after `reset`. */
  readonly rules: readonly string[];
}

export interface GroupSpec {
  readonly id: string;
  readonly clusterMode: boolean;
  readonly tls: boolean;
  /**
   * Whether the group has been available before. Its nodes must then have data, and a node without data never becomes
   * primary. If undefined, true if any node has data.
   */
  readonly hasRun?: boolean | undefined;
  readonly shards: readonly ShardSpec[];
  /**
   * Whether `reshape` follows the start, to finish a change of the nodes that was interrupted. Nodes that have not been
   * added yet are then not started.
   */
  readonly isChanging?: boolean | undefined;
  /** All users of the group, including `default`. Other users do not exist on the nodes. */
  readonly users: readonly NodeUser[];
  /** Settings in valkey.conf: the parameters of the parameter group that are Valkey's. */
  readonly settings: Readonly<Record<string, string>>;
  /** The RDB files of a snapshot with which a new group starts. Their number may differ from that of its shards. */
  readonly restore?: readonly RestoredFile[] | undefined;
}

export interface RestoredFile {
  readonly path: string;
  /** The slots of its keys, e.g. `0-8191`. */
  readonly slots: string;
}

export interface ShardSpec {
  /** `0001` … */
  readonly id: string;
  /** e.g. `0-8191`; `0-16383` without cluster mode. */
  readonly slots: string;
  readonly nodes: readonly NodeSpec[];
}

export interface NodeSpec {
  /** Cache cluster ID: `rg-001`, `rg-0001-001`. */
  readonly id: string;
  /** The port of an earlier run; undefined to choose a free one. */
  readonly port?: number | undefined;
}

export interface GroupTopology {
  /** The progress of a change of the shards, while their slots move. */
  readonly reshardingPercent?: number | undefined;
  readonly shards: readonly {
    readonly id: string;
    readonly slots: string;
    readonly nodes: readonly NodeState[];
  }[];
}

export interface NodeState extends NodeAddress {
  readonly id: string;
  readonly role: 'primary' | 'replica';
  readonly health: 'starting' | 'available' | 'down';
  /** Whether it runs an earlier value of a setting that it reads only when it starts. */
  readonly needsReboot?: boolean | undefined;
}

export type NodeEvent =
  | { readonly type: 'node-down'; readonly nodeId: string; readonly message: string }
  | { readonly type: 'node-added'; readonly nodeId: string; readonly message: string }
  | { readonly type: 'node-removed'; readonly nodeId: string; readonly message: string }
  | { readonly type: 'resharding'; readonly message: string }
  | { readonly type: 'node-rebooting'; readonly nodeId: string; readonly message: string }
  | { readonly type: 'node-rebooted'; readonly nodeId: string; readonly message: string }
  | { readonly type: 'node-restarted'; readonly nodeId: string; readonly message: string }
  | { readonly type: 'node-emptied'; readonly nodeId: string; readonly message: string }
  | {
      readonly type: 'failover';
      readonly shardId: string;
      /** The new primary. */
      readonly nodeId: string;
      /** The former primary. */
      readonly formerId: string;
      readonly message: string;
    };

/** A user whose rules the engine refused. It is switched off on the nodes until its rules change. */
export interface RefusedUser {
  readonly name: string;
  /** The engine's message, without secrets. */
  readonly message: string;
}

/** The supervised processes of one replication group. A dead node is restarted, and the shard of a dead primary fails over. */
export interface RunningGroup {
  topology(): GroupTopology;
  /**
   * Applies the users to every node. Connections of removed users are closed; a changed password closes none. Resolves
   * when every answering node has been updated, even if it refused a user (see `refusedUsers`). A node that is down or
   * silent is updated when it is back.
   */
  applyUsers(users: readonly NodeUser[]): Promise<void>;
  /** The users of the last change that a node refused. No other error contains their names. */
  refusedUsers(): readonly RefusedUser[];
  /**
   * Sets these settings on every running node, and on each that starts later. If a node refuses one, rejects after
   * setting the others. What a node reads only when it starts waits for its next start.
   */
  applySettings(settings: Readonly<Record<string, string>>): Promise<void>;
  /**
   * Writes the data of a node to a file in RDB format, flushed to the disk, and resolves to its size in bytes. The node's
   * own files stay as they are. A failed attempt leaves no file.
   */
  saveRdb(request: { readonly nodeId: string; readonly file: string }, signal: AbortSignal): Promise<number>;
  /**
   * Changes the nodes, the shards and the slots of the group while clients use it. Resolves when the group has this
   * shape. It continues what an earlier call began and did not finish, also in an earlier run. If it rejects,
   * `topology()` shows the nodes and slots that exist.
   */
  reshape(shards: readonly ShardSpec[]): Promise<void>;
  /**
   * Restarts the process of a node, with its data and the current settings. No replica takes over meanwhile. Resolves when
   * the node serves again. If it does not start, rejects, and the node is restarted like one that has died. If it starts
   * but does not serve in time, rejects too, and the next inspections repair it.
   */
  reboot(nodeId: string): Promise<void>;
  /**
   * Replaces all settings, changes the group to `shards` as `reshape` does, and starts the nodes again with the new
   * settings, one by one while clients use the group. A primary hands over first; without a replica, its clients are
   * interrupted. If it rejects, some nodes have the new settings.
   */
  replaceNodes(settings: Readonly<Record<string, string>>, shards: readonly ShardSpec[]): Promise<void>;
  /** Resolves to the most bytes that count for `maxmemory` on a node. Rejects if no node of a shard answers. */
  usedMemory(): Promise<number>;
  /**
   * To be called before nodes start again with this number of databases, e.g. 1 with cluster mode. Rejects if a node has keys in
   * another one, or does not answer.
   */
  requireDatabases(databases: string): Promise<void>;
  /** Promotes this or any replica of the shard. Resolves when it serves and the old primary follows it. */
  failover(shardId: string, nodeId?: string): Promise<void>;
  /**
   * Calls the listener at every change of topology or health, when `topology()` already shows it.
   * @returns a function that removes the listener
   */
  onEvent(listener: (event: NodeEvent) => void): () => void;
  /** Stops the processes and keeps the data. */
  close(): Promise<void>;
  /** Stops the processes and removes the data. */
  destroy(): Promise<void>;
}

/** Starts replication groups as real Valkey processes below one data directory. */
export interface NodeFleet {
  /**
   * Resolves when every node answers, replicas are in sync and all slots are served. If that fails, rejects and leaves
   * no process running. Nodes with a data directory of an earlier run start with their data and ports.
   */
  start(spec: GroupSpec, signal?: AbortSignal): Promise<RunningGroup>;
  /** Removes the files of a group that is not running. */
  forget(id: string): Promise<void>;
  /** PEM of the certificate authority that signs the nodes' certificates; created on first use, then kept. */
  caCertificate(): Promise<string>;
  close(): Promise<void>;
}

/** A server program that runs on this machine. */
export interface ValkeyBinary {
  readonly path: string;
  readonly engine: 'valkey' | 'redis';
  /** e.g. `8.0.1` */
  readonly version: string;
  /** Environment variables for its processes, in addition to inherited ones: the library path of an unpacked package. */
  readonly env: Readonly<Record<string, string>>;
}
