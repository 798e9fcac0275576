import { deleteCluster, type DeletedCluster } from '../../resolvers/cluster/delete-cluster.js';
import { visibleCluster } from '../../resolvers/shared/access.js';
import { builder } from '../builder.js';
import { ClusterRef } from './cluster.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';

const DeleteClusterInput = builder.inputType('DeleteClusterInput', {
  description: 'The cluster to delete.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    finalSnapshot: t.string({
      description:
        'The name of a new snapshot in which the data is kept. If it fails, the cluster stays. If omitted, the data is lost.',
    }),
    waitSeconds: t.float({
      description:
        'Seconds to wait until the cluster no longer exists, 0 to 900. If omitted, the mutation returns at once. On AWS a deletion takes ' +
        'minutes. If the time is over, the deletion goes on. The wait also ends if the cluster is AVAILABLE again, because its final ' +
        'snapshot failed.',
    }),
  }),
});

const DeleteClusterPayload = payloadRef<DeletedCluster>('DeleteClusterPayload').implement({
  description:
    'The result of `deleteCluster`. Without `waitSeconds`, `clusterChanges` reports when the cluster no longer exists.',
  fields: (t) => ({
    cluster: t.field({
      type: ClusterRef,
      description:
        'The last state of the cluster, with the status DELETING, or AVAILABLE if it stays after the wait; null if there are user errors.',
      resolve: ({ result }, _arguments, context) => visibleCluster(context, result?.cluster ?? null),
    }),
    deleted: t.boolean({
      description:
        'Whether the cluster no longer exists, which only `waitSeconds` finds out; false while it may exist, and if it stays.',
      resolve: ({ result }) => result?.deleted,
    }),
  }),
});

builder.mutationField('deleteCluster', (t) =>
  t.field({
    authScopes: { may: 'clusters:admin' },
    type: DeleteClusterPayload,
    description: 'Deletes a cluster and its data (DeleteReplicationGroup, DeleteCacheCluster).',
    args: { input: t.arg({ type: DeleteClusterInput, required: true, description: 'The cluster to delete.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => deleteCluster(context, input)),
  }),
);
