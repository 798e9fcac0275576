import type { Tag } from '../tags.js';
import type { Engine } from './cluster.js';

export type SnapshotStatus =
  'CREATING' | 'AVAILABLE' | 'COPYING' | 'RESTORING' | 'EXPORTING' | 'DELETING' | 'FAILED' | 'UNKNOWN';
export type SnapshotSource = 'AUTOMATED' | 'MANUAL';

/** The data of a cluster at one time, from which clusters can be created. It may outlive its cluster. */
export interface Snapshot {
  readonly name: string;
  readonly arn: string;
  readonly status: SnapshotStatus;
  readonly source: SnapshotSource;
  /** The cluster whose data it contains; null if ElastiCache does not report it. */
  readonly clusterName: string | null;
  readonly createdAt: Date | null;
  readonly sizeBytes: number | null;
  readonly engine: Engine | null;
  readonly engineVersion: string | null;
  readonly nodeType: string | null;
  readonly shardCount: number | null;
}

export interface NewSnapshot {
  readonly cluster: string;
  /** See `Cluster`. */
  readonly isCacheCluster?: boolean | undefined;
  readonly name: string;
  readonly tags: readonly Tag[];
}

export interface SnapshotCopy {
  readonly source: string;
  readonly target: string;
  readonly tags: readonly Tag[];
}
