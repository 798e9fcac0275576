import type { NodeRole } from './cluster.js';

/** The parts of a node's INFO that people look at. */
export interface NodeInfo {
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly usedMemoryBytes: number;
  /** 0 if there is no limit. */
  readonly maxMemoryBytes: number;
  readonly connectedClients: number;
  readonly opsPerSecond: number;
  readonly keyspaceHits: number;
  readonly keyspaceMisses: number;
  readonly evictedKeys: number;
  readonly expiredKeys: number;
  readonly role: NodeRole;
  /** Bytes of the replication stream that a primary has written or a replica has applied. */
  readonly replicationOffset: number;
}
