import type { ClusterNode } from '../../domain/cluster/cluster.js';
import { findNode } from '../../resolvers/cluster/find-by-id.js';
import { infoOfNode, roleOfNode } from '../../resolvers/cluster/cluster-node.js';
import { builder } from '../builder.js';
import { EndpointRef } from './endpoint.js';
import { loadAlone } from '../shared/load-node.js';
import { NodeInfoRef } from './node-info.js';
import { NodeRoleEnum } from './node-role.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { guardedByParent } from '../shared/scopes.js';

const NodeStatusEnum = builder.enumType('NodeStatus', {
  description: 'What a node is doing.',
  values: {
    CREATING: { description: 'It is being made.' },
    AVAILABLE: { description: 'It serves.' },
    MODIFYING: { description: 'Something of it is being changed.' },
    REBOOTING: { description: 'It is being restarted.' },
    DELETING: { description: 'It is being taken down.' },
    UNREACHABLE: { description: 'It cannot be reached through its network.' },
    UNKNOWN: { description: 'ElastiCache names a status that this API does not know.' },
  } as const,
});

/** One Valkey process of a cluster, which ElastiCache calls a cache cluster. */
export const ClusterNodeRef = builder.objectRef<ClusterNode>('ClusterNode');

builder.node(ClusterNodeRef, {
  extensions: guardedByParent('clusters:read'),
  description: 'One Valkey process of a cluster.',
  id: { extensions: callerIndependent, resolve: ({ clusterName, name }) => `${clusterName}/${name}` },
  loadOne: loadAlone('ClusterNode', findNode),
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false, description: 'The cache cluster ID, e.g. `orders-0001-002`.' }),
    role: t.field({
      type: NodeRoleEnum,
      description: 'As ElastiCache tells it, or else the node itself; null where neither does.',
      resolve: (node, _arguments, context) => roleOfNode(context, node),
    }),
    endpoint: t.expose('endpoint', { type: EndpointRef, description: 'Its own address; null while it is being made.' }),
    status: t.expose('status', { type: NodeStatusEnum, description: 'What it is doing, as ElastiCache sees it.' }),
    availabilityZone: t.exposeString('availabilityZone', { description: 'Where it runs.' }),
    info: t.field({
      type: NodeInfoRef,
      description: 'What it tells of itself (INFO); null where it does not answer. Needs data access.',
      resolve: (node, _arguments, context) => infoOfNode(context, node),
    }),
  }),
});
