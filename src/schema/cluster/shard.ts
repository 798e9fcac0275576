import type { Shard } from '../../domain/cluster/cluster.js';
import { findShard, primaryOfShard, replicasOfShard } from '../../resolvers/cluster/cluster-node.js';
import { builder } from '../builder.js';
import { ClusterNodeRef } from './node/cluster-node.js';
import { loadAlone } from '../shared/load-node.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { guardedByParent } from '../shared/scopes.js';

const ShardStatusEnum = builder.enumType('ShardStatus', {
  description: 'The status of a shard.',
  values: {
    CREATING: { description: 'The shard is being created.' },
    AVAILABLE: { description: 'The shard serves requests.' },
    MODIFYING: { description: 'The shard serves requests while it is being changed, e.g. during a failover.' },
    DELETING: { description: 'The shard is being deleted.' },
    UNKNOWN: { description: 'ElastiCache reports a status that this API does not know.' },
  } as const,
});

/** ElastiCache calls it a node group. */
export const ShardRef = builder.objectRef<Shard>('Shard');

builder.node(ShardRef, {
  extensions: guardedByParent('clusters:read'),
  description: 'A shard (node group) of a cluster: a part of the keys, and the nodes that hold it.',
  id: { extensions: callerIndependent, resolve: ({ clusterName, name }) => `${clusterName}/${name}` },
  loadOne: loadAlone('Shard', findShard),
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false, description: 'The node group ID, e.g. `0001`.' }),
    status: t.expose('status', { type: ShardStatusEnum, description: 'The status of the shard.' }),
    slots: t.exposeString('slots', {
      description: 'The hash slots of the shard, e.g. `0-8191`; null without cluster mode.',
    }),
    primary: t.field({
      type: ClusterNodeRef,
      description: 'The node that accepts writes; null if neither ElastiCache nor the nodes report it.',
      resolve: (shard, _arguments, context) => primaryOfShard(context, shard),
    }),
    replicas: t.field({
      type: [ClusterNodeRef],
      nullable: false,
      description: 'The other nodes; all nodes if `primary` is null.',
      resolve: (shard, _arguments, context) => replicasOfShard(context, shard),
    }),
  }),
});
