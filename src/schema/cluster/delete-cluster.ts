import { deleteCluster } from '../../resolvers/cluster/delete-cluster.js';
import { builder } from '../builder.js';
import { clusterPayload } from './cluster-payload.js';
import { withUserErrors } from '../shared/user-error.js';

const DeleteClusterInput = builder.inputType('DeleteClusterInput', {
  description: 'The cluster to delete.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: 'Its name.' }),
    finalSnapshot: t.string({ description: 'Keep its data in a snapshot of this name.' }),
  }),
});

const DeleteClusterPayload = clusterPayload(
  'DeleteClusterPayload',
  'What `deleteCluster` answers, at once: `clusterChanges` tells when the cluster is gone.',
  'The cluster as it was, DELETING.',
);

builder.mutationField('deleteCluster', (t) =>
  t.field({
    authScopes: { may: 'clusters:admin' },
    type: DeleteClusterPayload,
    description: 'Deletes a cluster with its data (DeleteReplicationGroup).',
    args: { input: t.arg({ type: DeleteClusterInput, required: true, description: 'The cluster to delete.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => deleteCluster(context, input)),
  }),
);
