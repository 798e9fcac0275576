import type { AllowedNodeTypes, OfferedVersion } from '../../datasources/elasticache/shared-resources.js';
import type { NodeType } from '../../domain/cluster/node-type-table.js';
import { allowedEngineVersions, allowedNodeTypes, engineVersions, nodeTypes } from '../../resolvers/cluster/offers.js';
import { builder } from '../builder.js';
import { guardedByParent } from '../shared/scopes.js';
import { EngineEnum } from './cluster-enums.js';
import { ClusterRef } from './cluster.js';

const EngineVersionRef = builder.objectRef<OfferedVersion>('EngineVersion').implement({
  extensions: guardedByParent('clusters:read'),
  description: 'A version of an engine that ElastiCache offers.',
  fields: (t) => ({
    engine: t.expose('engine', { type: EngineEnum, nullable: false, description: 'The engine.' }),
    version: t.exposeString('version', { nullable: false, description: 'The version, e.g. `8.0`.' }),
    parameterGroupFamily: t.exposeString('parameterGroupFamily', {
      nullable: false,
      description: 'The family of the parameter groups that clusters of this version can use, e.g. `valkey8`.',
    }),
    isDefault: t.exposeBoolean('isDefault', {
      nullable: false,
      description: 'Whether it is the version of new clusters of the engine that name none.',
    }),
  }),
});

const NodeTypeRef = builder.objectRef<NodeType>('NodeType').implement({
  extensions: guardedByParent('clusters:read'),
  description:
    'A size of nodes. AWS has no call that lists them: they are from a table of this API, which docs/control-plane.md dates.',
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false, description: 'The name, e.g. `cache.m7g.large`.' }),
    memoryBytes: t.expose('memoryBytes', {
      type: 'SafeInt',
      nullable: false,
      description: 'The memory of the node in bytes, as AWS states it.',
    }),
    maxMemoryBytes: t.expose('maxMemoryBytes', {
      type: 'SafeInt',
      nullable: true,
      description:
        'The parameter `maxmemory` of the node in bytes, before `reserved-memory-percent`; null if it is unknown.',
    }),
    vcpus: t.exposeInt('vcpus', { nullable: true, description: 'The number of virtual CPUs; null if it is unknown.' }),
  }),
});

const AllowedNodeTypesRef = builder.objectRef<AllowedNodeTypes>('AllowedNodeTypes').implement({
  extensions: guardedByParent('clusters:read'),
  description: 'The node types to which `modifyCluster` can change a cluster.',
  fields: (t) => ({
    scaleUp: t.exposeStringList('scaleUp', { nullable: false, description: 'Node types with more memory.' }),
    scaleDown: t.exposeStringList('scaleDown', { nullable: false, description: 'Node types with less memory.' }),
  }),
});

builder.objectFields(ClusterRef, (t) => ({
  allowedNodeTypes: t.field({
    authScopes: { may: 'clusters:read' },
    type: AllowedNodeTypesRef,
    description:
      'The node types to which the cluster can be changed (ListAllowedNodeTypeModifications), with one call for each cluster; null for a ' +
      'deployment from the configuration.',
    resolve: (cluster, _arguments, context) => allowedNodeTypes(context, cluster),
  }),
  allowedEngineVersions: t.field({
    authScopes: { may: 'clusters:read' },
    type: [EngineVersionRef],
    nullable: { list: true, items: false },
    description:
      "The offered engine versions that are newer than the cluster's, of its engine, or of Valkey for a cluster of Redis OSS. AWS has no " +
      'call for it: this API compares the versions. Null if the version of the cluster is unknown.',
    resolve: (cluster, _arguments, context) => allowedEngineVersions(context, cluster),
  }),
}));

builder.queryFields((t) => ({
  engineVersions: t.field({
    authScopes: { may: 'clusters:read' },
    type: [EngineVersionRef],
    nullable: { list: true, items: false },
    description:
      'The engine versions that ElastiCache offers (DescribeCacheEngineVersions), Redis OSS first, oldest first.',
    args: { engine: t.arg({ type: EngineEnum, description: 'The engine. If omitted, both.' }) },
    resolve: (_root, args, context) => engineVersions(context, args),
  }),
  nodeTypes: t.field({
    authScopes: { may: 'clusters:read' },
    type: [NodeTypeRef],
    nullable: { list: true, items: false },
    description:
      'The node types of ElastiCache, from a table of this API; `Cluster.allowedNodeTypes` asks ElastiCache. Some families require ' +
      'Valkey, or a later version of Redis OSS.',
    args: {
      engine: t.arg({ type: EngineEnum, description: 'Only node types that can be used with the engine.' }),
      engineVersion: t.arg.string({
        description: 'Only node types that can be used with this version of the engine, e.g. `6.2`. Requires `engine`.',
      }),
    },
    resolve: (_root, args) => nodeTypes(args),
  }),
}));
