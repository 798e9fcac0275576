import type { Subnet, SubnetGroup } from '../../domain/cluster/subnet-group.js';
import {
  clustersOfSubnetGroup,
  subnetGroupByName,
  subnetGroupOfCluster,
  subnetGroups,
} from '../../resolvers/subnet-group/subnet-group.js';
import { builder } from '../builder.js';
import { ClusterRef } from '../cluster/cluster.js';
import { loadAlone } from '../shared/load-node.js';
import { pageArguments } from '../shared/page-arguments.js';
import { guardedByParent } from '../shared/scopes.js';
import { TagRef } from '../shared/tag.js';

const SubnetRef = builder.objectRef<Subnet>('Subnet').implement({
  extensions: guardedByParent('clusters:read'),
  description: 'A subnet of a VPC.',
  fields: (t) => ({
    subnetId: t.exposeString('subnetId', { nullable: false, description: 'The ID, e.g. `subnet-0a1b2c3d`.' }),
    availabilityZone: t.exposeString('availabilityZone', { description: 'The availability zone of the subnet.' }),
  }),
});

export const SubnetGroupRef = builder.objectRef<SubnetGroup>('SubnetGroup');

builder.node(SubnetGroupRef, {
  extensions: guardedByParent('clusters:read'),
  description: 'The subnets of a VPC in which the nodes of clusters run.',
  id: { resolve: ({ name }) => name },
  loadOne: loadAlone('SubnetGroup', subnetGroupByName),
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false, description: 'The name of the subnet group, in lowercase.' }),
    arn: t.exposeString('arn', { nullable: false, description: 'The Amazon Resource Name.' }),
    description: t.exposeString('description', { description: 'The purpose of the subnet group, in words.' }),
    vpcId: t.exposeString('vpcId', { description: 'The VPC of the subnets.' }),
    subnets: t.field({
      type: [SubnetRef],
      nullable: false,
      description: 'The subnets.',
      resolve: ({ subnets }) => subnets,
    }),
    clusters: t.field({
      type: [ClusterRef],
      nullable: { list: true, items: false },
      description: 'The clusters whose nodes run in the subnets, of those that the caller may see.',
      resolve: (group, _arguments, context) => clustersOfSubnetGroup(context, group),
    }),
    tags: t.field({
      type: [TagRef],
      nullable: { list: true, items: false },
      description: 'The tags of the subnet group.',
      resolve: ({ arn }, _arguments, context) => context.inventory.tags(arn),
    }),
  }),
});

builder.objectField(ClusterRef, 'subnetGroupDetails', (t) =>
  t.field({
    authScopes: { may: 'clusters:read' },
    type: SubnetGroupRef,
    description:
      'The subnet group that `subnetGroup` names, which requires the permission in all clusters; null for a deployment from the ' +
      'configuration.',
    resolve: (cluster, _arguments, context) => subnetGroupOfCluster(context, cluster),
  }),
);

const SubnetGroupConnectionRef = builder.connectionObject(
  { type: SubnetGroupRef, name: 'SubnetGroupConnection', description: 'A page of subnet groups, ordered by name.' },
  { description: 'A subnet group on a page.' },
);

builder.queryFields((t) => ({
  subnetGroup: t.field({
    authScopes: { may: 'clusters:read' },
    type: SubnetGroupRef,
    description:
      'The subnet group of this name; null if none exists. Subnet groups are shared, so that the permission must cover all clusters.',
    args: { name: t.arg.string({ required: true, description: 'The name of the subnet group, in any case.' }) },
    resolve: (_root, { name }, context) => subnetGroupByName(context, name),
  }),
  subnetGroups: t.field({
    authScopes: { may: 'clusters:read' },
    type: SubnetGroupConnectionRef,
    description: 'All subnet groups, ordered by name. The permission must cover all clusters.',
    args: pageArguments,
    resolve: (_root, page, context) => subnetGroups(context, page),
  }),
}));
