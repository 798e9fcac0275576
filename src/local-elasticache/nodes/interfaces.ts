/** What the operations of the local endpoint ask of the real Valkey processes behind it. */

/** A server that runs here. */
export interface ValkeyBinary {
  readonly path: string;
  readonly engine: 'valkey' | 'redis';
  /** e.g. `8.0.1` */
  readonly version: string;
  /** What its processes need in their environment besides what they inherit: the library path of an unpacked package. */
  readonly env: Readonly<Record<string, string>>;
}

export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

/** A Valkey user as told to nodes: rules as ACL SETUSER takes them, passwords as SHA-256 only (`#<hex>`). */
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
   * Whether the group has been available before, so that its nodes must have data: one without never becomes a primary. If
   * absent, it has if any node has data.
   */
  readonly hasRun?: boolean | undefined;
  readonly shards: readonly ShardSpec[];
  /** All users of the group, `default` among them: what is not here does not exist on the nodes. */
  readonly users: readonly NodeUser[];
  /** Extra valkey.conf settings of the parameter group (those that Valkey knows and that may be changed). */
  readonly settings: Readonly<Record<string, string>>;
}

interface ShardSpec {
  /** `0001` … */
  readonly id: string;
  /** e.g. `0-8191`; `0-16383` without cluster mode. */
  readonly slots: string;
  readonly nodes: readonly NodeSpec[];
}

interface NodeSpec {
  /** Cache cluster ID: `rg-001`, `rg-0001-001`. */
  readonly id: string;
  /** The port kept from an earlier run; probed for where absent. */
  readonly port?: number | undefined;
}

export interface GroupTopology {
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
}

export type NodeEvent =
  | { readonly type: 'node-down'; readonly nodeId: string; readonly message: string }
  | { readonly type: 'node-restarted'; readonly nodeId: string; readonly message: string }
  | { readonly type: 'failover'; readonly shardId: string; readonly nodeId: string; readonly message: string };

/** A user whose rules the engine does not know: it is off on the nodes until it is told others. */
export interface RefusedUser {
  readonly name: string;
  /** What the engine said, without secrets. */
  readonly message: string;
}

/** The processes of one replication group, supervised: a dead node is restarted, a dead primary's shard fails over. */
export interface RunningGroup {
  topology(): GroupTopology;
  /**
   * Tells every node the users; running connections of removed users are cut, a changed password cuts none. Resolves when
   * every node that answers has been told, also where one refused a user (see `refusedUsers`); one that is down or
   * silent is told when it is back.
   */
  applyUsers(users: readonly NodeUser[]): Promise<void>;
  /** The users that were told last and that a node refused; their names are in no other error. */
  refusedUsers(): readonly RefusedUser[];
  /**
   * Sets these settings on every running node, and on each that starts later. Rejects, after the others have been set,
   * where a node refused one.
   */
  applySettings(settings: Readonly<Record<string, string>>): Promise<void>;
  /** Promotes a replica of the shard and resolves when it serves and the old primary follows it. */
  failover(shardId: string): Promise<void>;
  /** Called at every change of topology or health, after `topology()` shows it; returns its undo. */
  onEvent(listener: (event: NodeEvent) => void): () => void;
  /** Ends the processes and keeps the data. */
  close(): Promise<void>;
  /** Ends the processes and removes the data. */
  destroy(): Promise<void>;
}

/** Starts replication groups as real Valkey processes below one data directory. */
export interface NodeFleet {
  /**
   * Resolves when every node answers, replicas are in sync and all slots are served; rejects, with no process left,
   * where that fails. Nodes whose data directory exists from an earlier run come back with their data and ports.
   */
  start(spec: GroupSpec, signal?: AbortSignal): Promise<RunningGroup>;
  /** Removes what a group that is not running left on disk. */
  forget(id: string): Promise<void>;
  /** PEM of the certificate authority that signs the nodes' certificates; made at first use, then kept. */
  caCertificate(): Promise<string>;
  close(): Promise<void>;
}
