import type { Cluster } from '../../domain/cluster/cluster.js';
import { nodesOfCluster } from '../../resolvers/cluster/cluster-node.js';
import { clusterByName, clusterForData, clusters, tagsOfCluster } from '../../resolvers/cluster/cluster.js';
import { statusReason } from '../../resolvers/cluster/status-reason.js';
import { builder } from '../builder.js';
import {
  AutomaticFailoverEnum,
  ClusterModeEnum,
  ClusterSourceEnum,
  ClusterStatusEnum,
  EngineEnum,
  TransitEncryptionEnum,
} from './cluster-enums.js';
import { ClusterNodeRef } from './cluster-node.js';
import { EndpointRef } from './endpoint.js';
import { loadAlone } from '../shared/load-node.js';
import { pageArguments } from '../shared/page-arguments.js';
import { guardedByResolver, requiresPermission } from '../shared/scopes.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { selectsOnly } from '../shared/selection.js';
import { ShardRef } from './shard.js';
import { TagRef } from '../shared/tag.js';

/** An ElastiCache replication group, or a Valkey deployment named in the configuration. */
export const ClusterRef = builder.objectRef<Cluster>('Cluster');

builder.node(ClusterRef, {
  extensions: requiresPermission('clusters:read', ['id', 'name', 'source', 'status', 'dataAccess']),
  description: 'An ElastiCache replication group, or a Valkey deployment named in the configuration.',
  id: { extensions: callerIndependent, resolve: ({ name }) => name },
  loadOne: loadAlone('Cluster', clusterByName),
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false, description: 'The replication group ID.' }),
    source: t.expose('source', { type: ClusterSourceEnum, nullable: false, description: 'Where it is known from.' }),
    description: t.exposeString('description', { description: 'What it is for, in words.' }),
    arn: t.exposeString('arn', { description: 'The Amazon Resource Name; null for a configured deployment.' }),
    status: t.expose('status', { type: ClusterStatusEnum, nullable: false, description: 'What it is doing.' }),
    engine: t.expose('engine', { type: EngineEnum, description: 'What it runs.' }),
    engineVersion: t.exposeString('engineVersion', {
      description: "The engine's version, e.g. `8.0`; null until there are nodes.",
    }),
    nodeType: t.exposeString('nodeType', { description: 'The size of its nodes, e.g. `cache.t3.small`.' }),
    clusterMode: t.expose('clusterMode', {
      type: ClusterModeEnum,
      description:
        'Whether the keys are spread over several shards; null for a configured deployment that was not connected yet, unless the ' +
        'configuration says it.',
    }),
    shards: t.field({
      type: [ShardRef],
      extensions: callerIndependent,
      nullable: { list: true, items: false },
      description: 'Its node groups; null for a configured deployment.',
      resolve: ({ shards }) => shards,
    }),
    nodes: t.field({
      type: [ClusterNodeRef],
      nullable: { list: true, items: false },
      description: 'All nodes, shard by shard; null where nobody tells them.',
      resolve: (cluster, _arguments, context) => nodesOfCluster(context, cluster),
    }),
    primaryEndpoint: t.expose('primaryEndpoint', {
      type: EndpointRef,
      description: 'For writes, without cluster mode: it follows the primary.',
    }),
    readerEndpoint: t.expose('readerEndpoint', {
      type: EndpointRef,
      description: 'For reads, without cluster mode: it spreads over the replicas.',
    }),
    configurationEndpoint: t.expose('configurationEndpoint', {
      type: EndpointRef,
      description: 'For clients of cluster mode: it tells them the nodes.',
    }),
    automaticFailover: t.expose('automaticFailover', {
      type: AutomaticFailoverEnum,
      description: 'Whether a replica takes over by itself where a primary fails.',
    }),
    multiAz: t.exposeBoolean('multiAz', { description: 'Whether its nodes are spread over availability zones.' }),
    transitEncryption: t.expose('transitEncryption', {
      type: TransitEncryptionEnum,
      description: 'TLS between clients and nodes.',
    }),
    atRestEncryption: t.exposeBoolean('atRestEncryption', { description: 'Whether what it stores is encrypted.' }),
    snapshotRetentionDays: t.exposeInt('snapshotRetentionDays', {
      description: 'For how many days its daily snapshots are kept; 0 where none are taken.',
    }),
    parameterGroup: t.exposeString('parameterGroup', { description: "The group that holds the engine's settings." }),
    subnetGroup: t.exposeString('subnetGroup', { description: 'The group of subnets that its nodes are in.' }),
    securityGroupIds: t.field({
      type: ['String'],
      extensions: callerIndependent,
      nullable: { list: true, items: false },
      description: 'The VPC security groups that its nodes are in.',
      resolve: ({ securityGroupIds }) => securityGroupIds,
    }),
    tags: t.field({
      type: [TagRef],
      nullable: { list: true, items: false },
      description: 'Its labels; null for a configured deployment.',
      resolve: (cluster, _arguments, context) => tagsOfCluster(context, cluster),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    statusReason: t.string({
      description:
        'Why the cluster is as it is, if something failed: in the words of ElastiCache, whose events of the last 14 days are read for ' +
        'a cluster that is CREATE_FAILED or UNKNOWN. Null for all others.',
      resolve: (cluster, _arguments, context) => statusReason(context, cluster),
    }),
  }),
});

const ClusterConnectionRef = builder.connectionObject(
  { type: ClusterRef, name: 'ClusterConnection', description: 'A page of clusters in the order of their names.' },
  { description: 'A cluster on a page.' },
);

/** What says that a cluster stands, which must be as fresh as its status. */
const knownByStatus: ReadonlySet<string> = new Set(['__typename', 'id', 'name', 'dataAccess']);

/** What needs no more of the cluster than its name. */
const knownByName: ReadonlySet<string> = new Set([
  ...knownByStatus,
  'key',
  'keys',
  'keysByName',
  'keyCount',
  'hash',
  'stream',
  'channels',
]);

builder.queryFields((t) => ({
  cluster: t.field({
    extensions: guardedByResolver,
    type: ClusterRef,
    description: 'The cluster of this name, or null where there is none.',
    args: { name: t.arg.string({ required: true, description: 'The replication group ID, in any case.' }) },
    resolve: (_root, { name }, context, info) =>
      selectsOnly(info, knownByName) && !selectsOnly(info, knownByStatus)
        ? clusterForData(context, name)
        : clusterByName(context, name),
  }),
  clusters: t.field({
    extensions: guardedByResolver,
    type: ClusterConnectionRef,
    description: 'All clusters in the order of their names, page by page.',
    args: pageArguments,
    resolve: (_root, page, context) => clusters(context, page),
  }),
}));
