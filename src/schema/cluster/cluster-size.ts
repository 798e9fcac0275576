import { setReplicaCount, setShardCount } from '../../resolvers/cluster/cluster-size.js';
import { builder } from '../builder.js';
import { clusterPayload } from './cluster-payload.js';
import { withUserErrors } from '../shared/user-error.js';

const SetReplicaCountInput = builder.inputType('SetReplicaCountInput', {
  description: 'A cluster and its new number of replicas.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    replicasPerShard: t.int({ required: true, description: 'Replicas of each shard, 0 to 5.' }),
  }),
});

const SetShardCountInput = builder.inputType('SetShardCountInput', {
  description: 'A cluster and its new number of shards.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    shards: t.int({ required: true, description: 'Shards, 1 to 500.' }),
  }),
});

const clusterDescription = 'The cluster after the change; null if there are user errors.';
const SetReplicaCountPayload = clusterPayload(
  'SetReplicaCountPayload',
  'The result of `setReplicaCount`.',
  clusterDescription,
);
const SetShardCountPayload = clusterPayload(
  'SetShardCountPayload',
  'The result of `setShardCount`.',
  clusterDescription,
);

builder.mutationFields((t) => ({
  setReplicaCount: t.field({
    authScopes: { may: 'clusters:admin' },
    type: SetReplicaCountPayload,
    description:
      'Sets the number of replicas of each shard (IncreaseReplicaCount, DecreaseReplicaCount). Not implemented yet: it fails with the code ' +
      'NOT_IMPLEMENTED.',
    args: { input: t.arg({ type: SetReplicaCountInput, required: true, description: 'The cluster and the number.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => setReplicaCount(context, input)),
  }),
  setShardCount: t.field({
    authScopes: { may: 'clusters:admin' },
    type: SetShardCountPayload,
    description:
      'Changes the number of shards while the cluster serves requests (ModifyReplicationGroupShardConfiguration). Not implemented yet: it ' +
      'fails with the code NOT_IMPLEMENTED.',
    args: { input: t.arg({ type: SetShardCountInput, required: true, description: 'The cluster and the number.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => setShardCount(context, input)),
  }),
}));
