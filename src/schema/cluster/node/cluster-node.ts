import type { ClusterNode } from '../../../domain/cluster/cluster.js';
import { findNode, infoOfNode, roleOfNode } from '../../../resolvers/cluster/cluster-node.js';
import { builder } from '../../builder.js';
import { EndpointRef } from '../endpoint.js';
import { loadAlone } from '../../shared/load-node.js';
import { NodeInfoRef } from './node-info.js';
import { NodeRoleEnum } from '../cluster-enums.js';
import { callerIndependent } from '../../shared/caller-independent-fields.js';
import { guardedByParent } from '../../shared/scopes.js';

const NodeStatusEnum = builder.enumType('NodeStatus', {
  description: 'The status of a node.',
  values: {
    CREATING: { description: 'The node is being created.' },
    AVAILABLE: { description: 'The node serves requests.' },
    MODIFYING: { description: 'The node is being changed.' },
    REBOOTING: { description: 'The node is being restarted.' },
    DELETING: { description: 'The node is being deleted.' },
    UNREACHABLE: { description: 'ElastiCache reports that the node is not reachable through its network.' },
    UNKNOWN: { description: 'ElastiCache reports a status that this API does not know.' },
  } as const,
});

/** ElastiCache calls it a cache cluster. */
export const ClusterNodeRef = builder.objectRef<ClusterNode>('ClusterNode');

builder.node(ClusterNodeRef, {
  extensions: guardedByParent('clusters:read'),
  description: 'A node of a cluster: one Valkey process.',
  id: { extensions: callerIndependent, resolve: ({ clusterName, name }) => `${clusterName}/${name}` },
  loadOne: loadAlone('ClusterNode', findNode),
  fields: (t) => ({
    name: t.exposeString('name', {
      nullable: false,
      description: 'The cache cluster ID, e.g. `orders-0001-002`; `host:port` for a deployment from the configuration.',
    }),
    role: t.field({
      type: NodeRoleEnum,
      description: 'The role that ElastiCache reports, or else the one that the nodes report; null if neither does.',
      resolve: (node, _arguments, context) => roleOfNode(context, node),
    }),
    endpoint: t.expose('endpoint', {
      type: EndpointRef,
      description: 'The address of the node; null while it is being created.',
    }),
    status: t.expose('status', {
      type: NodeStatusEnum,
      description: 'The status that ElastiCache reports; null for a deployment from the configuration.',
    }),
    availabilityZone: t.exposeString('availabilityZone', {
      description: 'The availability zone in which the node runs; null for a deployment from the configuration.',
    }),
    needsReboot: t.exposeBoolean('needsReboot', {
      description:
        'Whether a parameter waits until the node is rebooted (`rebootNodes`); null for a deployment from the configuration.',
    }),
    info: t.field({
      type: NodeInfoRef,
      description:
        'Facts that the node reports about itself (INFO), read through `dataAccess`; null if the node does not answer. Fails with ' +
        'NOT_CONNECTED or PERMISSION_DENIED if this API has no access.',
      resolve: (node, _arguments, context) => infoOfNode(context, node),
    }),
  }),
});
