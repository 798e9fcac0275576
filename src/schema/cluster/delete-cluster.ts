import { deleteCluster } from '../../resolvers/cluster/delete-cluster.js';
import { builder } from '../builder.js';
import { clusterPayload } from './cluster-payload.js';
import { withUserErrors } from '../shared/user-error.js';

const DeleteClusterInput = builder.inputType('DeleteClusterInput', {
  description: 'The cluster to delete.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    finalSnapshot: t.string({
      description:
        'The name of a new snapshot in which the data is kept. If it fails, the cluster stays. If omitted, the data is lost.',
    }),
  }),
});

const DeleteClusterPayload = clusterPayload(
  'DeleteClusterPayload',
  'The result of `deleteCluster`, which does not wait: `clusterChanges` reports when the cluster no longer exists.',
  'The last state of the cluster, with the status DELETING; null if there are user errors.',
);

builder.mutationField('deleteCluster', (t) =>
  t.field({
    authScopes: { may: 'clusters:admin' },
    type: DeleteClusterPayload,
    description: 'Deletes a cluster and its data (DeleteReplicationGroup, DeleteCacheCluster).',
    args: { input: t.arg({ type: DeleteClusterInput, required: true, description: 'The cluster to delete.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => deleteCluster(context, input)),
  }),
);
