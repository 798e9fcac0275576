import type { ClusterChange } from '../../domain/cluster/cluster-change.js';
import { clusterChanges } from '../../resolvers/cluster/cluster-change.js';
import { builder } from '../builder.js';
import { sourceArguments } from '../shared/source-arguments.js';
import { ClusterRef } from './cluster.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { guardedByParent } from '../shared/scopes.js';

const ClusterChangeReasonEnum = builder.enumType('ClusterChangeReason', {
  description: 'Why a cluster change is told; of several at once, the most telling.',
  values: {
    INITIAL: { description: 'It stood when the subscription began.' },
    CREATED: {
      description: 'It is new. One that replaces a cluster of the same name follows the DELETED of that one.',
    },
    STATUS: { description: 'Its status is another.' },
    TOPOLOGY: { description: 'Its endpoints, shards, nodes or their roles are others.' },
    DATA_ACCESS: { description: "This API's access to its data stands otherwise." },
    MODIFIED: { description: 'Something else of it is otherwise.' },
    DELETED: { description: 'It is gone; the event shows the cluster as it last was.' },
  } as const,
});

const ClusterChangeRef = builder.objectRef<ClusterChange>('ClusterChange').implement({
  extensions: guardedByParent('clusters:read'),
  description: 'A cluster as it is after a change.',
  fields: (t) => ({
    reason: t.expose('reason', { type: ClusterChangeReasonEnum, nullable: false, description: 'Why it is told.' }),
    cluster: t.expose('cluster', { type: ClusterRef, nullable: false, description: 'The cluster after the change.' }),
  }),
});

builder.subscriptionField('clusterChanges', (t) =>
  t.field({
    authScopes: { may: 'clusters:read' },
    type: ClusterChangeRef,
    extensions: { ...callerIndependent, ...sourceArguments },
    description:
      'One cluster, or all: as it is now, and again at every change. One that does not stand yet is told once it is made.',
    args: { cluster: t.arg.string({ description: 'The name of one cluster; all of them without it.' }) },
    subscribe: (_root, { cluster }, context) => clusterChanges(context, cluster ?? undefined),
    resolve: (change) => change,
  }),
);
