import type { PendingClusterChanges } from '../../domain/cluster/cluster.js';
import { builder } from '../builder.js';
import { AuthTokenStatusEnum, AutomaticFailoverEnum, ClusterModeEnum, TransitEncryptionEnum } from './cluster-enums.js';
import { ClusterRef } from './cluster.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { guardedByParent } from '../shared/scopes.js';

const PendingClusterChangesRef = builder.objectRef<PendingClusterChanges>('PendingClusterChanges').implement({
  extensions: guardedByParent('clusters:read'),
  description:
    'Changes of a cluster that are in progress or wait for its maintenance window, as ElastiCache reports them of the cluster and of its ' +
    'nodes. A field is null if it does not change.',
  fields: (t) => ({
    nodeType: t.exposeString('nodeType', { description: 'The new size of the nodes.' }),
    engineVersion: t.exposeString('engineVersion', { description: "The engine's new version." }),
    primaryNode: t.exposeString('primaryNode', { description: 'The node that becomes the primary.' }),
    automaticFailover: t.expose('automaticFailover', {
      type: AutomaticFailoverEnum,
      description: 'The new state of automatic failover.',
    }),
    clusterMode: t.expose('clusterMode', { type: ClusterModeEnum, description: 'The new cluster mode.' }),
    transitEncryption: t.expose('transitEncryption', {
      type: TransitEncryptionEnum,
      description: 'The new requirement of TLS.',
    }),
    authTokenStatus: t.expose('authTokenStatus', {
      type: AuthTokenStatusEnum,
      description: 'The change of the AUTH token.',
    }),
    reshardingPercent: t.exposeFloat('reshardingPercent', {
      description: 'The progress of moving slots between shards, 0 to 100.',
    }),
    addUserGroupIds: t.expose('addUserGroupIds', {
      type: ['String'],
      nullable: { list: true, items: false },
      description: 'IDs of user groups that are being added.',
    }),
    removeUserGroupIds: t.expose('removeUserGroupIds', {
      type: ['String'],
      nullable: { list: true, items: false },
      description: 'IDs of user groups that are being removed.',
    }),
  }),
});

builder.objectField(ClusterRef, 'pendingChanges', (t) =>
  t.field({
    type: PendingClusterChangesRef,
    extensions: callerIndependent,
    description:
      'Changes that are in progress or wait for the maintenance window; null if there are none. A change of the number of replicas is ' +
      'not among them: see `status` and `nodes`.',
    resolve: ({ pendingChanges }) => pendingChanges,
  }),
);
