import type { ClusterChange } from '../../domain/cluster/cluster-change.js';
import { clusterChanges } from '../../resolvers/cluster/cluster-change.js';
import { builder } from '../builder.js';
import { sourceArguments } from '../shared/source-arguments.js';
import { ClusterRef } from './cluster.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { guardedByParent } from '../shared/scopes.js';

const ClusterChangeReasonEnum = builder.enumType('ClusterChangeReason', {
  description:
    'The reason for an event of `clusterChanges`. If several things changed at once, STATUS is reported rather than TOPOLOGY, and ' +
    'TOPOLOGY rather than MODIFIED.',
  values: {
    INITIAL: { description: 'The cluster existed when the subscription started.' },
    CREATED: {
      description:
        'The cluster is new. If it replaces a cluster of the same name, this event follows the DELETED of that one.',
    },
    STATUS: { description: 'The `status` changed.' },
    TOPOLOGY: { description: 'Endpoints, shards, nodes or roles of nodes changed.' },
    DATA_ACCESS: { description: "The state of this API's access to the cluster's data changed." },
    MODIFIED: { description: 'Anything else about the cluster changed.' },
    DELETED: { description: 'The cluster no longer exists. The event shows its last known state.' },
  } as const,
});

const ClusterChangeRef = builder.objectRef<ClusterChange>('ClusterChange').implement({
  extensions: guardedByParent('clusters:read'),
  description: 'A cluster after a change.',
  fields: (t) => ({
    reason: t.expose('reason', {
      type: ClusterChangeReasonEnum,
      nullable: false,
      description: 'The reason for this event.',
    }),
    cluster: t.expose('cluster', { type: ClusterRef, nullable: false, description: 'The cluster after the change.' }),
  }),
});

builder.subscriptionField('clusterChanges', (t) =>
  t.field({
    authScopes: { may: 'clusters:read' },
    type: ClusterChangeRef,
    extensions: { ...callerIndependent, ...sourceArguments },
    description:
      'The current state of one cluster, or of all that the caller may read, and the new state after each change. A cluster that does ' +
      'not exist yet is reported once it is created.',
    args: { cluster: t.arg.string({ description: 'The name of one cluster, in any case. If omitted, all clusters.' }) },
    subscribe: (_root, { cluster }, context) => clusterChanges(context, cluster ?? undefined),
    resolve: (change) => change,
  }),
);
