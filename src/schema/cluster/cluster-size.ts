import { setReplicaCount, setShardCount } from '../../resolvers/cluster/cluster-size.js';
import { builder } from '../builder.js';
import { clusterPayload } from './cluster-payload.js';
import { withUserErrors } from '../shared/user-error.js';

const SetReplicaCountInput = builder.inputType('SetReplicaCountInput', {
  description: 'How many replicas a cluster is to have.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: 'Its name.' }),
    replicasPerShard: t.int({ required: true, description: '0 to 5.' }),
  }),
});

const SetShardCountInput = builder.inputType('SetShardCountInput', {
  description: 'How many shards a cluster is to have.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: 'Its name.' }),
    shards: t.int({ required: true, description: '1 to 500.' }),
  }),
});

const clusterDescription = 'The cluster as it now stands.';
const SetReplicaCountPayload = clusterPayload(
  'SetReplicaCountPayload',
  'What `setReplicaCount` answers, at once.',
  clusterDescription,
);
const SetShardCountPayload = clusterPayload(
  'SetShardCountPayload',
  'What `setShardCount` answers, at once.',
  clusterDescription,
);

builder.mutationFields((t) => ({
  setReplicaCount: t.field({
    authScopes: { may: 'clusters:admin' },
    type: SetReplicaCountPayload,
    description: 'Sets the number of replicas per shard (IncreaseReplicaCount / DecreaseReplicaCount).',
    args: { input: t.arg({ type: SetReplicaCountInput, required: true, description: 'How many.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => setReplicaCount(context, input)),
  }),
  setShardCount: t.field({
    authScopes: { may: 'clusters:admin' },
    type: SetShardCountPayload,
    description: 'Online resharding (ModifyReplicationGroupShardConfiguration).',
    args: { input: t.arg({ type: SetShardCountInput, required: true, description: 'How many.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => setShardCount(context, input)),
  }),
}));
