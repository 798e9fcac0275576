import * as z from 'zod';
import { pendingChangesShape } from './pending-changes.js';

/**
 * The stored state of the local endpoint. Passwords and AUTH tokens are stored as SHA-256 only. IDs that ElastiCache
 * compares case-insensitively are stored in lower case.
 */

/**
 * The format version of the data directory. It stays if only optional fields are added. It increases if an earlier
 * version would misread the files; then the earlier formats must still be readable.
 */
export const stateVersion = 3;

/** The region of requests that name none. */
export const defaultRegion = 'us-east-1';

const time = z.iso.datetime();
const engine = z.enum(['VALKEY', 'REDIS']);
const tag = z.object({ key: z.string(), value: z.string() });

const user = z.object({
  id: z.string(),
  name: z.string(),
  engine,
  status: z.enum(['active', 'modifying', 'deleting']),
  /** In ElastiCache's normal form. */
  accessString: z.string(),
  authentication: z.enum(['PASSWORD', 'NO_PASSWORD', 'IAM']),
  /** Hexadecimal SHA-256 of each password. */
  passwordHashes: z.array(z.string()),
});

const userGroup = z.object({
  id: z.string(),
  engine,
  status: z.enum(['creating', 'active', 'modifying', 'deleting']),
  userIds: z.array(z.string()),
  pending: z.object({ add: z.array(z.string()), remove: z.array(z.string()) }).optional(),
});

const node = z.object({
  /** Cache cluster ID. */
  id: z.string(),
  /** Stable across restarts; undefined before the first start. */
  port: z.number().optional(),
  availabilityZone: z.string(),
  createdAt: time,
  isRebooting: z.boolean().optional(),
  /** It exists for a change of the other nodes, and is removed after it, or by the next start if that fails. */
  isTemporary: z.boolean().optional(),
});

const shard = z.object({ id: z.string(), slots: z.string(), nodes: z.array(node) });

const clusterModeName = z.enum(['disabled', 'compatible', 'enabled']);

const replicationGroup = z.object({
  id: z.string(),
  /** Whether it is a cache cluster in no replication group: see `standaloneId`. */
  isStandalone: z.boolean().optional(),
  /** The folder of its nodes, if that is not its ID. */
  folder: z.string().optional(),
  description: z.string(),
  status: z.enum(['creating', 'available', 'modifying', 'snapshotting', 'deleting', 'create-failed', 'restore-failed']),
  engine,
  engineVersion: z.string(),
  nodeType: z.string(),
  /** Whether the nodes run with cluster mode: it is `enabled` or `compatible`. */
  clusterMode: z.boolean(),
  /** The cluster mode is `compatible`, and can be disabled again, with this parameter group. */
  compatible: z.object({ formerParameterGroup: z.string() }).optional(),
  /** The cluster mode that the nodes are given, and the parameter group that goes with it. */
  pendingClusterMode: z.object({ mode: clusterModeName, parameterGroup: z.string() }).optional(),
  /** During a change of their number: the shards and nodes before and after it, and the slots before. */
  shards: z.array(shard),
  /** The shards and nodes after a change that is in progress. */
  targetShards: z.array(shard).optional(),
  /** Changes of the nodes that wait, or are being made. */
  pendingChanges: pendingChangesShape.optional(),
  automaticFailover: z.boolean(),
  multiAz: z.boolean(),
  tls: z.boolean(),
  atRestEncryption: z.boolean(),
  kmsKeyId: z.string().optional(),
  /** SHA-256 of the valid AUTH tokens: the latest first; during a rotation also the previous one. */
  authTokenHashes: z.array(z.string()),
  authTokenModifiedAt: time.optional(),
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
  createdAt: time,
  /** The shard whose primary is handing over, as requested. */
  failingOver: z.string().optional(),
  /** The snapshot with whose data the group is created. */
  restoredFrom: z.string().optional(),
});

/** One RDB file of a snapshot, with the data of a shard. */
const snapshotShard = z.object({
  id: z.string(),
  slots: z.string(),
  /** The node that was saved. */
  nodeId: z.string(),
  nodeCreatedAt: time,
  /** The nodes of the shard besides the primary. */
  replicas: z.number(),
  availabilityZones: z.array(z.string()),
  /** Of the file, in bytes, and when it was written; undefined until then. */
  size: z.number().optional(),
  savedAt: time.optional(),
});

const snapshot = z.object({
  /** In lower case. */
  name: z.string(),
  status: z.enum(['creating', 'available', 'failed', 'deleting']),
  source: z.enum(['manual', 'automated']),
  /** The folder of its files, below that of all snapshots. It is never used again. */
  folder: z.string(),
  createdAt: time,
  /** The snapshot that is copied. */
  copyOf: z.string().optional(),
  /** Whether the group is deleted when the snapshot is complete. */
  isFinal: z.boolean().optional(),
  kmsKeyId: z.string().optional(),
  /** The replication group as it was when the snapshot began. */
  group: replicationGroup.pick({
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
  shards: z.array(snapshotShard),
});

const subnetGroup = z.object({
  name: z.string(),
  description: z.string(),
  subnets: z.array(z.object({ id: z.string(), availabilityZone: z.string() })),
});

const parameterGroup = z.object({
  name: z.string(),
  family: z.string(),
  description: z.string(),
  /** Values that differ from the family's defaults. */
  values: z.record(z.string(), z.string()),
});

export const eventSources = [
  'replication-group',
  'cache-cluster',
  'user',
  'user-group',
  'cache-parameter-group',
  'cache-subnet-group',
] as const;

const event = z.object({ sourceType: z.enum(eventSources), sourceId: z.string(), message: z.string(), date: time });

/** The resources of one region. */
const regionState = z.object({
  users: z.array(user),
  userGroups: z.array(userGroup),
  replicationGroups: z.array(replicationGroup),
  subnetGroups: z.array(subnetGroup),
  parameterGroups: z.array(parameterGroup),
  /** Missing in files of earlier versions. */
  snapshots: z.array(snapshot).optional(),
  /** By ARN. */
  tags: z.record(z.string(), z.array(tag)),
  /** Oldest first. */
  events: z.array(event),
});

/** The resources of each region that was ever changed, by its name. */
const currentState = z.object({ version: z.literal(stateVersion), regions: z.record(z.string(), regionState) });

/** Format 2 had no cache clusters that belong to no replication group. */
const formatTwo = currentState
  .extend({ version: z.literal(2) })
  .transform(({ regions }) => ({ version: stateVersion, regions }) as const);

/** Format 1 had the resources of one region. */
const formatOne = regionState
  .extend({ version: z.literal(1) })
  .transform(({ version: _, ...state }) => ({ version: stateVersion, regions: { [defaultRegion]: state } }) as const);

/** Reads the current format and earlier ones. */
export const stateSchema = z.discriminatedUnion('version', [currentState, formatTwo, formatOne]);

export type StoredState = z.infer<typeof currentState>;
export type State = z.infer<typeof regionState>;
export type UserRecord = z.infer<typeof user>;
export type UserGroupRecord = z.infer<typeof userGroup>;
export type ReplicationGroupRecord = z.infer<typeof replicationGroup>;
export type SnapshotRecord = z.infer<typeof snapshot>;
export type ClusterModeName = z.infer<typeof clusterModeName>;
export type ShardRecord = z.infer<typeof shard>;
export type NodeRecord = z.infer<typeof node>;
export type SubnetGroupRecord = z.infer<typeof subnetGroup>;
export type ParameterGroupRecord = z.infer<typeof parameterGroup>;
export type EventRecord = z.infer<typeof event>;

/** The initial state of a region: the user and the subnet group `default` exist, as on AWS. */
export function initialState(region: string): State {
  return {
    users: [
      {
        id: 'default',
        name: 'default',
        engine: 'REDIS',
        status: 'active',
        accessString: 'on ~* +@all',
        authentication: 'NO_PASSWORD',
        passwordHashes: [],
      },
    ],
    userGroups: [],
    replicationGroups: [],
    subnetGroups: [
      {
        name: 'default',
        description: 'Default CacheSubnetGroup',
        subnets: ['a', 'b', 'c'].map((zone) => ({ id: `subnet-local-${zone}`, availabilityZone: `${region}${zone}` })),
      },
    ],
    parameterGroups: [],
    tags: {},
    events: [],
  };
}
