import type { Snapshot } from '../../domain/cluster/snapshot.js';
import {
  clusterOfSnapshot,
  snapshotByName,
  snapshots,
  snapshotsOfCluster,
  tagsOfSnapshot,
} from '../../resolvers/snapshot/snapshot.js';
import { builder } from '../builder.js';
import { EngineEnum } from '../cluster/cluster-enums.js';
import { ClusterRef } from '../cluster/cluster.js';
import { loadAlone } from '../shared/load-node.js';
import { pageArguments } from '../shared/page-arguments.js';
import { guardedByParent } from '../shared/scopes.js';
import { TagRef } from '../shared/tag.js';

const SnapshotStatusEnum = builder.enumType('SnapshotStatus', {
  description: 'The status of a snapshot.',
  values: {
    CREATING: { description: 'The snapshot is being created.' },
    AVAILABLE: { description: 'The snapshot is complete.' },
    COPYING: { description: 'A copy of the snapshot is being created.' },
    RESTORING: { description: 'A cluster is being created from the snapshot.' },
    EXPORTING: { description: 'The snapshot is being exported.' },
    DELETING: { description: 'The snapshot is being deleted.' },
    FAILED: { description: 'The snapshot could not be created. The events of its cluster give the reason.' },
    UNKNOWN: { description: 'ElastiCache reports a status that this API does not know.' },
  } as const,
});

const SnapshotSourceEnum = builder.enumType('SnapshotSource', {
  description: 'How a snapshot came about.',
  values: {
    AUTOMATED: { description: "ElastiCache created it in the cluster's snapshot window." },
    MANUAL: { description: 'A caller created or copied it.' },
  } as const,
});

export const SnapshotRef = builder.objectRef<Snapshot>('Snapshot');

builder.node(SnapshotRef, {
  extensions: guardedByParent('clusters:read'),
  description: 'The data of a cluster at one time, from which clusters can be created. It may outlive its cluster.',
  id: { resolve: ({ name }) => name },
  loadOne: loadAlone('Snapshot', snapshotByName),
  fields: (t) => ({
    name: t.exposeString('name', { nullable: false, description: 'The unique name of the snapshot, in lowercase.' }),
    arn: t.exposeString('arn', { nullable: false, description: 'The Amazon Resource Name.' }),
    status: t.expose('status', {
      type: SnapshotStatusEnum,
      nullable: false,
      description: 'The status of the snapshot.',
    }),
    source: t.expose('source', {
      type: SnapshotSourceEnum,
      nullable: false,
      description: 'Whether ElastiCache created the snapshot on its own.',
    }),
    clusterName: t.exposeString('clusterName', {
      description: 'The name of the cluster whose data the snapshot contains, which may have been deleted.',
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'When the data of the last shard was saved; null until then.',
    }),
    sizeBytes: t.expose('sizeBytes', {
      type: 'SafeInt',
      description: 'The size in bytes, as exact as ElastiCache reports it (in MB); null until it is known.',
    }),
    engine: t.expose('engine', { type: EngineEnum, description: 'The engine of the cluster.' }),
    engineVersion: t.exposeString('engineVersion', { description: "The engine's version." }),
    nodeType: t.exposeString('nodeType', { description: "The size of the cluster's nodes." }),
    shardCount: t.exposeInt('shardCount', {
      description: 'The number of shards whose data the snapshot contains. A new cluster may have another number.',
    }),
    cluster: t.field({
      type: ClusterRef,
      description: 'The cluster whose data the snapshot contains; null if it no longer exists.',
      resolve: (snapshot, _arguments, context) => clusterOfSnapshot(context, snapshot),
    }),
    tags: t.field({
      type: [TagRef],
      nullable: { list: true, items: false },
      description: 'The tags of the snapshot.',
      resolve: (snapshot, _arguments, context) => tagsOfSnapshot(context, snapshot),
    }),
  }),
});

const SnapshotConnectionRef = builder.connectionObject(
  { type: SnapshotRef, name: 'SnapshotConnection', description: 'A page of snapshots, ordered by name.' },
  { description: 'A snapshot on a page.' },
);

builder.objectField(ClusterRef, 'snapshots', (t) =>
  t.field({
    authScopes: { may: 'clusters:read' },
    type: SnapshotConnectionRef,
    description: 'The snapshots of the cluster, ordered by name; null for a deployment from the configuration.',
    args: pageArguments,
    resolve: (cluster, page, context) => snapshotsOfCluster(context, cluster, page),
  }),
);

builder.queryFields((t) => ({
  snapshot: t.field({
    authScopes: { may: 'clusters:read' },
    type: SnapshotRef,
    description: 'The snapshot of this name; null if none exists or the caller may not read its cluster.',
    args: { name: t.arg.string({ required: true, description: 'The name of the snapshot, in any case.' }) },
    resolve: (_root, { name }, context) => snapshotByName(context, name),
  }),
  snapshots: t.field({
    authScopes: { may: 'clusters:read' },
    type: SnapshotConnectionRef,
    description: 'The snapshots of the clusters that the caller may read, ordered by name (DescribeSnapshots).',
    args: {
      ...pageArguments,
      cluster: t.arg.string({ description: 'Only the snapshots of this cluster, which may have been deleted.' }),
      source: t.arg({ type: SnapshotSourceEnum, description: 'Only the snapshots from this source.' }),
    },
    resolve: (_root, request, context) => snapshots(context, request),
  }),
}));
