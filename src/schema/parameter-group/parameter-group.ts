import type { ParameterGroup } from '../../domain/parameters/parameter-group.js';
import {
  clustersOfParameterGroup,
  parameterGroupByName,
  parameterGroupOfCluster,
  parameterGroups,
  parametersOfGroup,
} from '../../resolvers/parameter-group/parameter-group.js';
import { builder } from '../builder.js';
import { ClusterRef } from '../cluster/cluster.js';
import { loadAlone } from '../shared/load-node.js';
import { pageArguments } from '../shared/page-arguments.js';
import { guardedByParent } from '../shared/scopes.js';
import { TagRef } from '../shared/tag.js';
import { ParameterConnectionRef } from './parameter.js';

export const ParameterGroupRef = builder.objectRef<ParameterGroup>('ParameterGroup');

builder.node(ParameterGroupRef, {
  extensions: guardedByParent('clusters:read'),
  description: "A named set of the engine's settings, which clusters of one engine family may share.",
  id: { resolve: ({ name }) => name },
  loadOne: loadAlone('ParameterGroup', parameterGroupByName),
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false, description: 'The name of the parameter group, in lowercase.' }),
    arn: t.exposeString('arn', { nullable: false, description: 'The Amazon Resource Name.' }),
    family: t.exposeString('family', {
      nullable: false,
      description:
        'The engine versions that the group is for, e.g. `valkey8`; see `EngineVersion.parameterGroupFamily`.',
    }),
    description: t.exposeString('description', { description: 'The purpose of the parameter group, in words.' }),
    isGlobal: t.exposeBoolean('isGlobal', {
      nullable: false,
      description: 'Whether the parameter group belongs to a global datastore.',
    }),
    parameters: t.field({
      type: ParameterConnectionRef,
      description: 'The parameters of the group, ordered by name (DescribeCacheParameters).',
      args: {
        first: t.arg.int({ required: true, defaultValue: 100, description: 'The most items on the page, 1 to 1000.' }),
        after: t.arg.string({ description: 'The cursor after which the page begins. If omitted, the first page.' }),
        changedOnly: t.arg.boolean({
          required: true,
          defaultValue: false,
          description: 'Whether only parameters are listed that were set in this group (source USER).',
        }),
        match: t.arg.string({
          description: "A glob pattern of names, as Valkey's KEYS accepts it, e.g. `maxmemory-*`. If omitted, all.",
        }),
      },
      resolve: (group, args, context) => parametersOfGroup(context, group, args),
    }),
    clusters: t.field({
      type: [ClusterRef],
      nullable: { list: true, items: false },
      description: 'The clusters that use the parameter group, of those that the caller may see.',
      resolve: (group, _arguments, context) => clustersOfParameterGroup(context, group),
    }),
    tags: t.field({
      type: [TagRef],
      nullable: { list: true, items: false },
      description: 'The tags of the parameter group.',
      resolve: ({ arn }, _arguments, context) => context.inventory.tags(arn),
    }),
  }),
});

builder.objectField(ClusterRef, 'parameterGroupDetails', (t) =>
  t.field({
    authScopes: { may: 'clusters:read' },
    type: ParameterGroupRef,
    description:
      'The parameter group that `parameterGroup` names, which requires the permission in all clusters; null for a deployment from the ' +
      'configuration.',
    resolve: (cluster, _arguments, context) => parameterGroupOfCluster(context, cluster),
  }),
);

const ParameterGroupConnectionRef = builder.connectionObject(
  {
    type: ParameterGroupRef,
    name: 'ParameterGroupConnection',
    description: 'A page of parameter groups, ordered by name.',
  },
  { description: 'A parameter group on a page.' },
);

builder.queryFields((t) => ({
  parameterGroup: t.field({
    authScopes: { may: 'clusters:read' },
    type: ParameterGroupRef,
    description:
      'The parameter group of this name; null if none exists. Parameter groups are shared, so that the permission must cover all clusters.',
    args: { name: t.arg.string({ required: true, description: 'The name of the parameter group, in any case.' }) },
    resolve: (_root, { name }, context) => parameterGroupByName(context, name),
  }),
  parameterGroups: t.field({
    authScopes: { may: 'clusters:read' },
    type: ParameterGroupConnectionRef,
    description:
      "All parameter groups, those of ElastiCache's defaults included, ordered by name. The permission must cover all clusters.",
    args: pageArguments,
    resolve: (_root, page, context) => parameterGroups(context, page),
  }),
}));
