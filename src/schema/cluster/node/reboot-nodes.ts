import { rebootNodes } from '../../../resolvers/cluster/reboot-nodes.js';
import { builder } from '../../builder.js';
import { withUserErrors } from '../../shared/user-error.js';
import { namedClusterPayload } from '../cluster-payload.js';

const RebootNodesInput = builder.inputType('RebootNodesInput', {
  description: 'Nodes of one cluster, which are restarted.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    nodes: t.stringList({
      required: true,
      description: 'Names of nodes, as `ClusterNode.name`. All must be AVAILABLE.',
    }),
    waitSeconds: t.float({
      description:
        'Seconds to wait until the cluster is AVAILABLE again, 0 to 900. If the time is over, the restart goes on.',
    }),
  }),
});

const RebootNodesPayload = namedClusterPayload('RebootNodesPayload', 'The result of `rebootNodes`.');

builder.mutationField('rebootNodes', (t) =>
  t.field({
    authScopes: { may: 'clusters:admin' },
    type: RebootNodesPayload,
    description:
      'Restarts nodes of a cluster (RebootCacheCluster), which applies parameters that wait for it: `ClusterNode.needsReboot`. INVALID_STATE ' +
      'without cluster mode disabled. No replica takes over from a primary that is rebooted. **On AWS, a node loses its data, and if it is ' +
      'the primary, its replicas lose them too**; nodes of the local ElastiCache keep them.',
    args: { input: t.arg({ type: RebootNodesInput, required: true, description: 'The cluster and its nodes.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => rebootNodes(context, input)),
  }),
);
