import { modifyCluster } from '../../resolvers/cluster/modify-cluster.js';
import { builder } from '../builder.js';
import { ClusterModeEnum, TransitEncryptionEnum } from './cluster-enums.js';
import { namedClusterPayload } from './cluster-payload.js';
import { withUserErrors } from '../shared/user-error.js';

const ModifyClusterInput = builder.inputType('ModifyClusterInput', {
  description: 'What to change of a cluster; what is left out stays as it is.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: 'Its name.' }),
    description: t.string({ description: 'What it is for, in words.' }),
    engineVersion: t.string({ description: 'A later version of the engine.' }),
    nodeType: t.string({ description: 'Another size of its nodes, e.g. `cache.m6g.large`.' }),
    clusterMode: t.field({
      type: ClusterModeEnum,
      description: 'COMPATIBLE on the way from DISABLED, ENABLED after that.',
    }),
    transitEncryption: t.field({
      type: TransitEncryptionEnum,
      description: 'PREFERRED on the way between DISABLED and REQUIRED.',
    }),
    parameterGroup: t.string({ description: "Another group that holds the engine's settings." }),
    addUserGroupIds: t.stringList({ description: 'Groups whose users it is to let in.' }),
    removeUserGroupIds: t.stringList({ description: 'Groups whose users it is to let in no longer.' }),
    automaticFailover: t.boolean({ description: 'Whether a replica takes over by itself.' }),
    multiAz: t.boolean({ description: 'Whether its nodes are spread over availability zones.' }),
    snapshotRetentionDays: t.int({ description: 'For how many days daily snapshots are kept, 0 to 35.' }),
    applyImmediately: t.boolean({
      required: true,
      defaultValue: true,
      description: 'At once, rather than in the next maintenance window.',
    }),
  }),
});

const ModifyClusterPayload = namedClusterPayload('ModifyClusterPayload', 'What `modifyCluster` answers, at once.');

builder.mutationField('modifyCluster', (t) =>
  t.field({
    authScopes: { may: 'clusters:admin' },
    type: ModifyClusterPayload,
    description: 'Changes a cluster (ModifyReplicationGroup).',
    args: { input: t.arg({ type: ModifyClusterInput, required: true, description: 'What to change.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => modifyCluster(context, input)),
  }),
);
