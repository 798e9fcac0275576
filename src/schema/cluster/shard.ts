import type { Shard } from '../../domain/cluster/cluster.js';
import { primaryOfShard, replicasOfShard } from '../../resolvers/cluster/cluster-node.js';
import { findShard } from '../../resolvers/cluster/find-by-id.js';
import { builder } from '../builder.js';
import { ClusterNodeRef } from './cluster-node.js';
import { loadAlone } from '../shared/load-node.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { guardedByParent } from '../shared/scopes.js';

const ShardStatusEnum = builder.enumType('ShardStatus', {
  description: 'What a shard is doing.',
  values: {
    CREATING: { description: 'It is being made.' },
    AVAILABLE: { description: 'It serves.' },
    MODIFYING: { description: 'It serves while something of it is changed, e.g. its primary.' },
    DELETING: { description: 'It is being taken down.' },
    UNKNOWN: { description: 'ElastiCache names a status that this API does not know.' },
  } as const,
});

/** A part of a cluster's keys with the nodes that hold it, which ElastiCache calls a node group. */
export const ShardRef = builder.objectRef<Shard>('Shard');

builder.node(ShardRef, {
  extensions: guardedByParent('clusters:read'),
  description: 'A part of the keys with the nodes that hold it: a node group.',
  id: { extensions: callerIndependent, resolve: ({ clusterName, name }) => `${clusterName}/${name}` },
  loadOne: loadAlone('Shard', findShard),
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false, description: 'The node group ID, e.g. `0001`.' }),
    status: t.expose('status', { type: ShardStatusEnum, description: 'What it is doing.' }),
    slots: t.exposeString('slots', { description: 'Its hash slots, e.g. `0-8191`; null without cluster mode.' }),
    primary: t.field({
      type: ClusterNodeRef,
      description: 'The node that takes writes; null where neither ElastiCache nor the nodes tell.',
      resolve: (shard, _arguments, context) => primaryOfShard(context, shard),
    }),
    replicas: t.field({
      type: [ClusterNodeRef],
      nullable: false,
      description: 'The other nodes; all of them where nobody tells which is the primary.',
      resolve: (shard, _arguments, context) => replicasOfShard(context, shard),
    }),
  }),
});
