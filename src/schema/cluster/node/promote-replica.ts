import { promoteReplica } from '../../../resolvers/cluster/promote-replica.js';
import { builder } from '../../builder.js';
import { withUserErrors } from '../../shared/user-error.js';
import { namedClusterPayload } from '../cluster-payload.js';

const PromoteReplicaInput = builder.inputType('PromoteReplicaInput', {
  description: 'A replica that becomes the primary.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    node: t.string({
      required: true,
      description: 'The name of the replica, as `ClusterNode.name`. It must be AVAILABLE.',
    }),
    waitSeconds: t.float({
      description:
        'Seconds to wait until the cluster is AVAILABLE again, 0 to 900. If the time is over, the promotion goes on.',
    }),
  }),
});

const PromoteReplicaPayload = namedClusterPayload('PromoteReplicaPayload', 'The result of `promoteReplica`.');

builder.mutationField('promoteReplica', (t) =>
  t.field({
    authScopes: { may: 'clusters:admin' },
    type: PromoteReplicaPayload,
    description:
      'Makes a replica the primary (ModifyReplicationGroup with PrimaryClusterId). INVALID_STATE without cluster mode disabled, and while ' +
      'automatic failover is enabled. The primary endpoint follows. A node that is the primary stays so.',
    args: { input: t.arg({ type: PromoteReplicaInput, required: true, description: 'The cluster and the replica.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => promoteReplica(context, input)),
  }),
);
