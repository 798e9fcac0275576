import { setReplicaCount, setShardCount } from '../../resolvers/cluster/cluster-size.js';
import { builder } from '../builder.js';
import { namedClusterPayload } from './cluster-payload.js';
import { waitDescription } from './wait-description.js';
import { withUserErrors } from '../shared/user-error.js';

const SetReplicaCountInput = builder.inputType('SetReplicaCountInput', {
  description: 'A cluster and its new number of replicas.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    replicasPerShard: t.int({ required: true, description: 'Replicas of each shard, 0 to 5.' }),
    waitSeconds: t.float({ description: waitDescription }),
  }),
});

const SetShardCountInput = builder.inputType('SetShardCountInput', {
  description: 'A cluster and its new number of shards.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    shards: t.int({ required: true, description: 'Shards, 1 to 500.' }),
    waitSeconds: t.float({ description: waitDescription }),
  }),
});

const SetReplicaCountPayload = namedClusterPayload('SetReplicaCountPayload', 'The result of `setReplicaCount`.');
const SetShardCountPayload = namedClusterPayload('SetShardCountPayload', 'The result of `setShardCount`.');

builder.mutationFields((t) => ({
  setReplicaCount: t.field({
    authScopes: { may: 'clusters:admin' },
    type: SetReplicaCountPayload,
    description:
      'Sets the number of replicas of each shard while the cluster serves requests (IncreaseReplicaCount, DecreaseReplicaCount). A cluster ' +
      'with that number stays as it is. ElastiCache removes replicas only, never a primary. `status` and `nodes` of the cluster show the ' +
      'progress, for example by `clusterChanges`; `pendingChanges` does not.',
    args: { input: t.arg({ type: SetReplicaCountInput, required: true, description: 'The cluster and the number.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => setReplicaCount(context, input)),
  }),
  setShardCount: t.field({
    authScopes: { may: 'clusters:admin' },
    type: SetShardCountPayload,
    description:
      'Sets the number of shards while the cluster serves requests, and spreads the slots evenly (ModifyReplicationGroupShardConfiguration). ' +
      '`pendingChanges` of the cluster reports the progress. A cluster with that number stays as it is, and one without cluster mode has ' +
      'one shard: any other number is INVALID_INPUT. The shards with the highest IDs are removed; their keys move to the others.',
    args: { input: t.arg({ type: SetShardCountInput, required: true, description: 'The cluster and the number.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => setShardCount(context, input)),
  }),
}));
