import { clusterByName } from '../../resolvers/cluster/cluster.js';
import { createCluster, type CreatedCluster } from '../../resolvers/cluster/create-cluster.js';
import { builder } from '../builder.js';
import { ClusterModeEnum, EngineEnum, TransitEncryptionEnum } from './cluster-enums.js';
import { ClusterRef } from './cluster.js';
import { TagInput } from '../shared/tag.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';

const CreateClusterInput = builder.inputType('CreateClusterInput', {
  description: 'The cluster to make.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description:
        'The replication group ID: 1 to 40 letters, digits and single hyphens, a letter first; kept in lowercase.',
    }),
    description: t.string({ description: 'What it is for, in words; its name unless said otherwise.' }),
    engine: t.field({ type: EngineEnum, required: true, defaultValue: 'VALKEY', description: 'What it is to run.' }),
    engineVersion: t.string({
      description: "The engine's version, e.g. `8.0`; ElastiCache's default unless said otherwise.",
    }),
    nodeType: t.string({
      required: true,
      defaultValue: 'cache.t3.small',
      description: 'The size of its nodes, e.g. `cache.m6g.large`.',
    }),
    clusterMode: t.field({
      type: ClusterModeEnum,
      required: true,
      defaultValue: 'DISABLED',
      description: 'Whether the keys are spread over several shards.',
    }),
    shards: t.int({
      required: true,
      defaultValue: 1,
      description: 'Node groups, 1 to 500; more than 1 needs clusterMode ENABLED.',
    }),
    replicasPerShard: t.int({ required: true, defaultValue: 1, description: '0 to 5.' }),
    automaticFailover: t.boolean({
      description:
        'Whether a replica takes over by itself. On where there is a replica, unless said otherwise; cluster mode needs it.',
    }),
    multiAz: t.boolean({ description: 'Spread the nodes over availability zones. Off unless said otherwise.' }),
    transitEncryption: t.field({
      type: TransitEncryptionEnum,
      description:
        'TLS. REQUIRED where user groups or an AUTH token are given, unless said otherwise, and else DISABLED; DISABLED with ' +
        'user groups is refused.',
    }),
    atRestEncryption: t.boolean({
      description: "Encrypt what it stores; ElastiCache's default unless said otherwise.",
    }),
    userGroupIds: t.stringList({ description: 'The groups whose users it lets in.' }),
    authToken: t.string({
      description:
        'AUTH token of a cluster without user groups; needs TLS; 16 to 128 characters. It is never shown again.',
    }),
    securityGroupIds: t.stringList({ description: 'The VPC security groups to put its nodes in.' }),
    subnetGroup: t.string({ description: 'The group of subnets to put its nodes in.' }),
    parameterGroup: t.string({
      description: "The group that holds the engine's settings, e.g. `default.valkey8.cluster.on`.",
    }),
    snapshotRetentionDays: t.int({
      required: true,
      defaultValue: 30,
      description: 'For how many days daily snapshots are kept, 0 to 35; 0 takes none.',
    }),
    port: t.int({ description: 'The port of its nodes; 6379 unless said otherwise.' }),
    tags: t.field({ type: [TagInput], description: 'Labels to keep with it.' }),
    ifNotExists: t.boolean({
      required: true,
      defaultValue: false,
      description:
        'Succeed with the existing cluster, unchanged, instead of ALREADY_EXISTS. One that is CREATE_FAILED is INVALID_STATE.',
    }),
    waitSeconds: t.float({
      description:
        'Return when the cluster is AVAILABLE, or with its state after this time: 0 to 900 seconds, by which the deadline of the ' +
        'operation is extended. Locally a cluster takes seconds, on AWS minutes: the client must wait as long. Without it the ' +
        'mutation returns at once. A cluster that becomes CREATE_FAILED or DELETING ends the wait too, without a user error, since it ' +
        'was created: see `status` and `statusReason` of the answered `cluster`, which is null if it is already gone.',
    }),
  }),
});

const CreateClusterPayload = payloadRef<CreatedCluster>('CreateClusterPayload').implement({
  description:
    'What `createCluster` answers: at once, or with `waitSeconds` when the cluster is AVAILABLE. Operations on data wait for it too.',
  fields: (t) => ({
    cluster: t.field({
      type: ClusterRef,
      description: 'The cluster as it is now; null with a user error, and if it was deleted while `waitSeconds` ran.',
      resolve: ({ result }, _arguments, context) => (result ? clusterByName(context, result.name) : null),
    }),
    created: t.boolean({
      description: 'Whether this mutation created it; false if it existed already.',
      resolve: ({ result }) => result?.created,
    }),
  }),
});

builder.mutationField('createCluster', (t) =>
  t.field({
    authScopes: { may: 'clusters:admin' },
    type: CreateClusterPayload,
    description: 'Makes a cluster (CreateReplicationGroup).',
    args: { input: t.arg({ type: CreateClusterInput, required: true, description: 'The cluster to make.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => createCluster(context, input)),
  }),
);
