import type { NodeRole } from './cluster.js';

/** What a node tells of itself: the parts of INFO that people look at. */
export interface NodeInfo {
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly usedMemoryBytes: number;
  /** 0 where there is no limit. */
  readonly maxMemoryBytes: number;
  readonly connectedClients: number;
  readonly opsPerSecond: number;
  readonly keyspaceHits: number;
  readonly keyspaceMisses: number;
  readonly evictedKeys: number;
  readonly expiredKeys: number;
  readonly role: NodeRole;
  /** Bytes of the replication stream that it has written (a primary) or applied (a replica). */
  readonly replicationOffset: number;
}
