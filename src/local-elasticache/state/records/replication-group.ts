import * as z from 'zod';
import { engineShape, timeShape } from './common-shapes.js';
import { pendingChangesShape } from './pending-changes.js';
import { shardShape } from './shard.js';

const clusterModeShape = z.enum(['disabled', 'compatible', 'enabled']);

export const replicationGroupShape = z.object({
  id: z.string(),
  /** Whether it is a cache cluster in no replication group: see `standaloneId`. */
  isStandalone: z.boolean().optional(),
  /** The folder of its nodes, if that is not its ID. */
  folder: z.string().optional(),
  description: z.string(),
  status: z.enum(['creating', 'available', 'modifying', 'snapshotting', 'deleting', 'create-failed', 'restore-failed']),
  engine: engineShape,
  engineVersion: z.string(),
  nodeType: z.string(),
  /** Whether the nodes run with cluster mode: it is `enabled` or `compatible`. */
  clusterMode: z.boolean(),
  /** The cluster mode is `compatible`, and can be disabled again, with this parameter group. */
  compatible: z.object({ formerParameterGroup: z.string() }).optional(),
  /** The cluster mode that the nodes are given, and the parameter group that goes with it. */
  pendingClusterMode: z.object({ mode: clusterModeShape, parameterGroup: z.string() }).optional(),
  /** During a change of their number: the shards and nodes before and after it, and the slots before. */
  shards: z.array(shardShape),
  /** The shards and nodes after a change that is in progress. */
  targetShards: z.array(shardShape).optional(),
  /** Changes of the nodes that wait, or are being made. */
  pendingChanges: pendingChangesShape.optional(),
  automaticFailover: z.boolean(),
  multiAz: z.boolean(),
  tls: z.boolean(),
  atRestEncryption: z.boolean(),
  kmsKeyId: z.string().optional(),
  /** SHA-256 of the valid AUTH tokens: the latest first; during a rotation also the previous one. */
  authTokenHashes: z.array(z.string()),
  authTokenModifiedAt: timeShape.optional(),
  /** The change of the AUTH token that the nodes have not applied yet. */
  pendingAuthToken: z.enum(['SETTING', 'ROTATING']).optional(),
  userGroupIds: z.array(z.string()),
  /** The replica that is becoming the primary, as requested. */
  promotingNode: z.string().optional(),
  pendingUserGroups: z.object({ add: z.array(z.string()), remove: z.array(z.string()) }).optional(),
  parameterGroup: z.string(),
  subnetGroup: z.string(),
  securityGroupIds: z.array(z.string()),
  snapshotRetentionDays: z.number(),
  snapshotWindow: z.string(),
  maintenanceWindow: z.string(),
  notificationTopicArn: z.string().optional(),
  /** Active, if undefined. */
  notificationTopicStatus: z.enum(['active', 'inactive']).optional(),
  /** At most one of each type of log. */
  logDelivery: z
    .array(
      z.object({
        logType: z.enum(['slow-log', 'engine-log']),
        destinationType: z.enum(['cloudwatch-logs', 'kinesis-firehose']),
        destination: z.string(),
        logFormat: z.enum(['text', 'json']),
      }),
    )
    .optional(),
  dataTiering: z.boolean().optional(),
  durability: z.enum(['default', 'disabled', 'async']).optional(),
  /** The node whose data snapshots contain; the last one, if undefined. */
  snapshottingNode: z.string().optional(),
  autoMinorVersionUpgrade: z.boolean(),
  createdAt: timeShape,
  /** The shard whose primary is handing over, as requested. */
  failingOver: z.string().optional(),
  /** The snapshot with whose data the group is created. */
  restoredFrom: z.string().optional(),
});

export type ReplicationGroupRecord = z.infer<typeof replicationGroupShape>;
export type ClusterModeName = z.infer<typeof clusterModeShape>;
