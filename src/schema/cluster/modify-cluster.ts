import { modifyCluster } from '../../resolvers/cluster/modify-cluster.js';
import { builder } from '../builder.js';
import { ClusterModeEnum, EngineEnum, TransitEncryptionEnum } from './cluster-enums.js';
import { namedClusterPayload } from './cluster-payload.js';
import { waitDescription } from './wait-description.js';
import { withUserErrors } from '../shared/user-error.js';

const ModifyClusterInput = builder.inputType('ModifyClusterInput', {
  description: 'Changes of a cluster. Omitted fields keep their values.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    description: t.string({ description: 'The purpose of the cluster, in words.' }),
    engine: t.field({
      type: EngineEnum,
      description: 'VALKEY, to replace Redis OSS by Valkey; give `engineVersion` too. There is no way back.',
    }),
    engineVersion: t.string({ description: 'A later version of the engine, e.g. `8.0`.' }),
    nodeType: t.string({ description: 'The new size of the nodes, e.g. `cache.m6g.large`.' }),
    clusterMode: t.field({
      type: ClusterModeEnum,
      description: 'The next step from DISABLED to COMPATIBLE to ENABLED, or from COMPATIBLE back to DISABLED.',
    }),
    transitEncryption: t.field({
      type: TransitEncryptionEnum,
      description: 'The next step from DISABLED to PREFERRED to REQUIRED, or back.',
    }),
    parameterGroup: t.string({ description: "The new parameter group with the engine's settings." }),
    addUserGroupIds: t.stringList({ description: 'IDs of user groups to add.' }),
    removeUserGroupIds: t.stringList({ description: 'IDs of user groups to remove.' }),
    automaticFailover: t.boolean({
      description: 'Whether a replica is promoted automatically when its primary fails.',
    }),
    multiAz: t.boolean({ description: 'Whether the nodes of a shard are placed in several availability zones.' }),
    snapshotRetentionDays: t.int({ description: 'Days for which daily snapshots are kept, 0 to 35; 0 takes none.' }),
    securityGroupIds: t.stringList({
      description: 'IDs of the VPC security groups of the nodes, which replace the current ones.',
    }),
    maintenanceWindow: t.string({
      description:
        'The weekly time for maintenance in UTC, `ddd:hh24:mi-ddd:hh24:mi` of at least 60 minutes, e.g. `sun:23:00-mon:01:30`.',
    }),
    snapshotWindow: t.string({
      description:
        'The daily time for snapshots in UTC, `hh24:mi-hh24:mi` of at least 60 minutes, e.g. `03:00-04:00`. It must not overlap the ' +
        'maintenance window.',
    }),
    notificationTopicArn: t.string({
      description: 'The ARN of the SNS topic to which ElastiCache sends notifications. Empty text ends them.',
    }),
    autoMinorVersionUpgrade: t.boolean({
      description: 'Whether ElastiCache installs minor versions of the engine by itself.',
    }),
    applyImmediately: t.boolean({
      required: true,
      defaultValue: true,
      description:
        'Whether changes of the node type, the engine and its version are applied now, and with them those that wait. If false, they wait for ' +
        'the maintenance window or for the next immediate change. ElastiCache applies all other changes at once.',
    }),
    waitSeconds: t.float({ description: waitDescription }),
  }),
});

const ModifyClusterPayload = namedClusterPayload(
  'ModifyClusterPayload',
  'The result of `modifyCluster`, which waits until the change is applied only with `waitSeconds`.',
);

builder.mutationField('modifyCluster', (t) =>
  t.field({
    authScopes: { may: 'clusters:admin' },
    type: ModifyClusterPayload,
    description:
      'Changes a cluster (ModifyReplicationGroup, ModifyCacheCluster). A cache cluster without a replication group has no description, cluster ' +
      'mode, TLS, user groups and replicas: changes of these are NOT_SUPPORTED.',
    args: { input: t.arg({ type: ModifyClusterInput, required: true, description: 'The cluster and the changes.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => modifyCluster(context, input), input),
  }),
);
