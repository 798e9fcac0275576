import type { Cluster } from '../../domain/cluster/cluster.js';
import { nodesOfCluster } from '../../resolvers/cluster/cluster-node.js';
import {
  clusterByName,
  clusterForData,
  clusters,
  statusReason,
  tagsOfCluster,
} from '../../resolvers/cluster/cluster.js';
import { builder } from '../builder.js';
import {
  AutomaticFailoverEnum,
  ClusterModeEnum,
  ClusterSourceEnum,
  ClusterStatusEnum,
  EngineEnum,
  TransitEncryptionEnum,
} from './cluster-enums.js';
import { ClusterNodeRef } from './node/cluster-node.js';
import { EndpointRef } from './endpoint.js';
import { loadAlone } from '../shared/load-node.js';
import { pageArguments } from '../shared/page-arguments.js';
import { guardedByResolver, requiresPermission } from '../shared/scopes.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { selectsOnly } from '../shared/selection.js';
import { ShardRef } from './shard.js';
import { TagRef } from '../shared/tag.js';

export const ClusterRef = builder.objectRef<Cluster>('Cluster');

builder.node(ClusterRef, {
  extensions: requiresPermission('clusters:read', ['id', 'name', 'source', 'status', 'dataAccess']),
  description:
    'An ElastiCache replication group, an ElastiCache cache cluster of Redis that belongs to none, or a Valkey deployment named in the ' +
    'configuration. A caller with permissions for its data, but ' +
    'without `clusters:read`, sees its name, source, status and data access only.',
  id: { extensions: callerIndependent, resolve: ({ name }) => name },
  loadOne: loadAlone('Cluster', clusterByName),
  fields: (t) => ({
    name: t.exposeString('name', {
      nullable: false,
      description:
        'The ID of the replication group or of the cache cluster, or the name of a deployment in the configuration.',
    }),
    source: t.expose('source', { type: ClusterSourceEnum, nullable: false, description: 'The source of the cluster.' }),
    description: t.exposeString('description', { description: 'The purpose of the cluster, in words.' }),
    arn: t.exposeString('arn', {
      description: 'The Amazon Resource Name; null for a deployment from the configuration.',
    }),
    status: t.expose('status', { type: ClusterStatusEnum, nullable: false, description: 'The status of the cluster.' }),
    engine: t.expose('engine', { type: EngineEnum, description: 'The engine that the nodes run.' }),
    engineVersion: t.exposeString('engineVersion', {
      description: "The engine's version, e.g. `8.0`; null until the first node exists.",
    }),
    nodeType: t.exposeString('nodeType', { description: 'The size of the nodes, e.g. `cache.t3.small`.' }),
    clusterMode: t.expose('clusterMode', {
      type: ClusterModeEnum,
      description:
        'Whether the keys are distributed over shards by hash slot; null for a deployment from the configuration that was not connected ' +
        'yet, unless the configuration sets it.',
    }),
    shards: t.field({
      type: [ShardRef],
      extensions: callerIndependent,
      nullable: { list: true, items: false },
      description: 'The shards (node groups); null for a deployment from the configuration.',
      resolve: ({ shards }) => shards,
    }),
    nodes: t.field({
      type: [ClusterNodeRef],
      nullable: { list: true, items: false },
      description: 'All nodes, shard by shard; null if neither ElastiCache nor the nodes report them.',
      resolve: (cluster, _arguments, context) => nodesOfCluster(context, cluster),
    }),
    primaryEndpoint: t.expose('primaryEndpoint', {
      type: EndpointRef,
      description: 'The address for writes without cluster mode; it follows the primary.',
    }),
    readerEndpoint: t.expose('readerEndpoint', {
      type: EndpointRef,
      description: 'The address for reads without cluster mode; it balances over the replicas.',
    }),
    configurationEndpoint: t.expose('configurationEndpoint', {
      type: EndpointRef,
      description: 'The address from which clients of cluster mode discover the nodes.',
    }),
    database: t.exposeInt('database', {
      description:
        'The number of the database (SELECT) in which this API reads and writes keys. The configuration sets it; otherwise it is 0.',
    }),
    automaticFailover: t.expose('automaticFailover', {
      type: AutomaticFailoverEnum,
      description: 'Whether a replica is promoted automatically when its primary fails.',
    }),
    multiAz: t.exposeBoolean('multiAz', {
      description: 'Whether the nodes of a shard are placed in several availability zones.',
    }),
    transitEncryption: t.expose('transitEncryption', {
      type: TransitEncryptionEnum,
      description: 'Whether clients connect to the nodes with TLS.',
    }),
    atRestEncryption: t.exposeBoolean('atRestEncryption', { description: 'Whether stored data is encrypted.' }),
    snapshotRetentionDays: t.exposeInt('snapshotRetentionDays', {
      description: 'Days for which daily snapshots are kept; 0 if none are taken.',
    }),
    maintenanceWindow: t.exposeString('maintenanceWindow', {
      description:
        'The weekly time for maintenance in UTC, e.g. `sun:23:00-mon:01:30`; null until the first node exists.',
    }),
    snapshotWindow: t.exposeString('snapshotWindow', {
      description: 'The daily time for snapshots in UTC, e.g. `03:00-04:00`.',
    }),
    autoMinorVersionUpgrade: t.exposeBoolean('autoMinorVersionUpgrade', {
      description: 'Whether ElastiCache installs minor versions of the engine by itself.',
    }),
    notificationTopicArn: t.exposeString('notificationTopicArn', {
      description: 'The ARN of the SNS topic to which ElastiCache sends notifications; null if it sends none.',
    }),
    authTokenEnabled: t.exposeBoolean('authTokenEnabled', {
      description: 'Whether clients authenticate with an AUTH token; see `setAuthToken`.',
    }),
    parameterGroup: t.exposeString('parameterGroup', {
      description: "The parameter group with the engine's settings.",
    }),
    subnetGroup: t.exposeString('subnetGroup', { description: 'The subnet group of the nodes.' }),
    securityGroupIds: t.field({
      type: ['String'],
      extensions: callerIndependent,
      nullable: { list: true, items: false },
      description: 'The VPC security groups of the nodes.',
      resolve: ({ securityGroupIds }) => securityGroupIds,
    }),
    tags: t.field({
      type: [TagRef],
      nullable: { list: true, items: false },
      description: 'The tags of the cluster; null for a deployment from the configuration.',
      resolve: (cluster, _arguments, context) => tagsOfCluster(context, cluster),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the cluster was created.' }),
    statusReason: t.string({
      description:
        'The reason why the cluster failed, in the words of ElastiCache: from its events of the last 14 days, if the status is ' +
        'CREATE_FAILED or UNKNOWN. Null for any other status, and if no event gives a reason.',
      resolve: (cluster, _arguments, context) => statusReason(context, cluster),
    }),
  }),
});

const ClusterConnectionRef = builder.connectionObject(
  { type: ClusterRef, name: 'ClusterConnection', description: 'A page of clusters, ordered by name.' },
  { description: 'A cluster on a page.' },
);

/** Fields that show whether the cluster exists, which must be as current as its status. */
const existenceFields: ReadonlySet<string> = new Set(['__typename', 'id', 'name', 'dataAccess']);

/** Fields that need no more of the cluster than its name. */
const nameOnlyFields: ReadonlySet<string> = new Set([
  ...existenceFields,
  'key',
  'keys',
  'keysByName',
  'keyTree',
  'bigKeys',
  'keyCount',
  'string',
  'hash',
  'stream',
  'channels',
  'slotRanges',
  'slotStats',
  'capabilities',
]);

builder.queryFields((t) => ({
  cluster: t.field({
    extensions: guardedByResolver,
    type: ClusterRef,
    description: 'The cluster of this name; null if none exists or the caller has no permission in it.',
    args: { name: t.arg.string({ required: true, description: 'The name of the cluster, in any case.' }) },
    resolve: (_root, { name }, context, info) =>
      selectsOnly(info, nameOnlyFields) && !selectsOnly(info, existenceFields)
        ? clusterForData(context, name)
        : clusterByName(context, name),
  }),
  clusters: t.field({
    extensions: guardedByResolver,
    type: ClusterConnectionRef,
    description: 'The clusters in which the caller has a permission, ordered by name.',
    args: pageArguments,
    resolve: (_root, page, context) => clusters(context, page),
  }),
}));
