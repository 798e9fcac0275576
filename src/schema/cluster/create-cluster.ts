import { clusterByName } from '../../resolvers/cluster/cluster.js';
import { createCluster, type CreatedCluster } from '../../resolvers/cluster/create-cluster.js';
import { builder } from '../builder.js';
import { ClusterModeEnum, EngineEnum, TransitEncryptionEnum } from './cluster-enums.js';
import { ClusterRef } from './cluster.js';
import { TagInput } from '../shared/tag.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';

const CreateClusterInput = builder.inputType('CreateClusterInput', {
  description: 'A new cluster.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description:
        'The replication group ID: 1 to 40 letters, digits and single hyphens, starting with a letter. It is stored in lowercase.',
    }),
    description: t.string({ description: 'The purpose of the cluster, in words. The default is its name.' }),
    engine: t.field({
      type: EngineEnum,
      required: true,
      defaultValue: 'VALKEY',
      description: 'The engine that the nodes run.',
    }),
    engineVersion: t.string({
      description: "The engine's version, e.g. `8.0`. The default is ElastiCache's.",
    }),
    nodeType: t.string({
      required: true,
      defaultValue: 'cache.t3.small',
      description: 'The size of the nodes, e.g. `cache.m6g.large`.',
    }),
    clusterMode: t.field({
      type: ClusterModeEnum,
      required: true,
      defaultValue: 'DISABLED',
      description: 'Whether the keys are distributed over shards by hash slot; COMPATIBLE is refused here.',
    }),
    shards: t.int({
      required: true,
      defaultValue: 1,
      description: 'Shards (node groups), 1 to 500. More than one requires `clusterMode: ENABLED`.',
    }),
    replicasPerShard: t.int({ required: true, defaultValue: 1, description: 'Replicas of each shard, 0 to 5.' }),
    automaticFailover: t.boolean({
      description:
        'Whether a replica is promoted automatically when its primary fails. The default is true if there are replicas or cluster mode ' +
        'is enabled, which requires it.',
    }),
    multiAz: t.boolean({
      description: 'Whether the nodes of a shard are placed in several availability zones. The default is false.',
    }),
    transitEncryption: t.field({
      type: TransitEncryptionEnum,
      description:
        'Whether clients connect to the nodes with TLS. The default is REQUIRED if user groups or an AUTH token are given, and DISABLED ' +
        'otherwise. User groups and AUTH tokens require TLS.',
    }),
    atRestEncryption: t.boolean({
      description: "Whether stored data is encrypted. The default is ElastiCache's.",
    }),
    userGroupIds: t.stringList({ description: 'IDs of the user groups whose users may connect to the cluster.' }),
    authToken: t.string({
      description:
        'The AUTH token of a cluster without user groups: 16 to 128 characters. It requires TLS and is never shown again.',
    }),
    securityGroupIds: t.stringList({ description: 'IDs of the VPC security groups of the nodes.' }),
    subnetGroup: t.string({ description: 'The subnet group of the nodes.' }),
    parameterGroup: t.string({
      description:
        "The parameter group with the engine's settings, e.g. `default.valkey8.cluster.on`. The default fits engine and cluster mode.",
    }),
    snapshotRetentionDays: t.int({
      required: true,
      defaultValue: 0,
      description: 'Days for which daily snapshots are kept, 0 to 35; 0 takes none.',
    }),
    maintenanceWindow: t.string({
      description:
        "The weekly time for maintenance in UTC, `ddd:hh24:mi-ddd:hh24:mi` of at least 60 minutes, e.g. `sun:23:00-mon:01:30`. The default is ElastiCache's.",
    }),
    snapshotWindow: t.string({
      description:
        'The daily time for snapshots in UTC, `hh24:mi-hh24:mi` of at least 60 minutes, e.g. `03:00-04:00`. It must not overlap the ' +
        "maintenance window. The default is ElastiCache's.",
    }),
    notificationTopicArn: t.string({
      description: 'The ARN of the SNS topic to which ElastiCache sends notifications. The default is none.',
    }),
    autoMinorVersionUpgrade: t.boolean({
      description: "Whether ElastiCache installs minor versions of the engine by itself. The default is ElastiCache's.",
    }),
    snapshot: t.string({
      description:
        'The name of a snapshot with whose data the cluster starts. It requires `clusters:admin` on the cluster of the snapshot. Its ' +
        'engine must not be newer. The number of shards may differ: each key goes to the shard that owns its slot.',
    }),
    port: t.int({ description: 'The TCP port of the nodes. The default is 6379.' }),
    tags: t.field({ type: [TagInput], description: 'Tags of the cluster.' }),
    ifNotExists: t.boolean({
      required: true,
      defaultValue: false,
      description:
        'If a cluster of this name exists, succeed with it, unchanged, instead of failing with ALREADY_EXISTS. A cluster that is ' +
        'DELETING or CREATE_FAILED is still INVALID_STATE.',
    }),
    waitSeconds: t.float({
      description:
        'How long to wait until the cluster is AVAILABLE, 0 to 900 seconds. If omitted, the mutation returns at once. The deadline of ' +
        'the operation is extended by this time, and the client must wait as long: a cluster takes seconds locally and minutes on AWS. ' +
        'The wait also ends if the cluster becomes CREATE_FAILED or DELETING. That is no user error, because the cluster was created: ' +
        'read `status` and `statusReason` of `cluster`.',
    }),
  }),
});

const CreateClusterPayload = payloadRef<CreatedCluster>('CreateClusterPayload').implement({
  description:
    'The result of `createCluster`. Reads and writes of the data of a cluster that is CREATING wait until it is AVAILABLE, so that ' +
    '`waitSeconds` is rarely needed.',
  fields: (t) => ({
    cluster: t.field({
      type: ClusterRef,
      description:
        'The current state of the cluster; null if there are user errors, or if the cluster was deleted during the wait.',
      resolve: ({ result }, _arguments, context) => (result ? clusterByName(context, result.name) : null),
    }),
    created: t.boolean({
      description: 'Whether this mutation created the cluster; false if it already existed.',
      resolve: ({ result }) => result?.created,
    }),
  }),
});

builder.mutationField('createCluster', (t) =>
  t.field({
    authScopes: { may: 'clusters:admin' },
    type: CreateClusterPayload,
    description:
      'Creates a cluster (CreateReplicationGroup). Cache clusters without a replication group are created with the tools of AWS ' +
      '(CreateCacheCluster).',
    args: { input: t.arg({ type: CreateClusterInput, required: true, description: 'The new cluster.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => createCluster(context, input), input),
  }),
);
