import * as z from 'zod';
import { timeShape } from './common-shapes.js';
import { replicationGroupShape } from './replication-group.js';

/** One RDB file of a snapshot, with the data of a shard. */
const snapshotShardShape = z.object({
  id: z.string(),
  slots: z.string(),
  /** The node that was saved. */
  nodeId: z.string(),
  nodeCreatedAt: timeShape,
  /** The nodes of the shard besides the primary. */
  replicas: z.number(),
  availabilityZones: z.array(z.string()),
  /** Of the file, in bytes, and when it was written; undefined until then. */
  size: z.number().optional(),
  savedAt: timeShape.optional(),
});

export const snapshotShape = z.object({
  /** In lower case. */
  name: z.string(),
  status: z.enum(['creating', 'available', 'failed', 'deleting']),
  source: z.enum(['manual', 'automated']),
  /** The folder of its files, below that of all snapshots. It is never used again. */
  folder: z.string(),
  createdAt: timeShape,
  /** The snapshot that is copied. */
  copyOf: z.string().optional(),
  /** Whether the group is deleted when the snapshot is complete. */
  isFinal: z.boolean().optional(),
  kmsKeyId: z.string().optional(),
  /** The replication group as it was when the snapshot began. */
  group: replicationGroupShape.pick({
    id: true,
    description: true,
    engine: true,
    engineVersion: true,
    nodeType: true,
    clusterMode: true,
    automaticFailover: true,
    parameterGroup: true,
    subnetGroup: true,
    snapshotRetentionDays: true,
    snapshotWindow: true,
    maintenanceWindow: true,
    notificationTopicArn: true,
    autoMinorVersionUpgrade: true,
    createdAt: true,
  }),
  /** Whether it was requested for a cache cluster, rather than for the replication group. */
  ofCacheCluster: z.boolean().optional(),
  shards: z.array(snapshotShardShape),
});

export type SnapshotRecord = z.infer<typeof snapshotShape>;
