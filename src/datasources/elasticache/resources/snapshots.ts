import {
  CopySnapshotCommand,
  CreateSnapshotCommand,
  DeleteSnapshotCommand,
  DescribeSnapshotsCommand,
  type Snapshot as AwsSnapshot,
} from '@aws-sdk/client-elasticache';
import type { Snapshot, SnapshotStatus } from '../../../domain/cluster/snapshot.js';
import type { Tag } from '../../../domain/tags.js';
import type { ElastiCacheCalls } from '../calls.js';
import type { ControlPlane } from '../interfaces.js';
import type { NodeOwners } from './node-owners.js';
import { allPages } from './pages.js';
import { awsTag, engineOf, oneOf } from './shapes.js';

/** The control plane's methods for snapshots. */
export function createSnapshots(
  calls: ElastiCacheCalls,
  owners: NodeOwners,
): Pick<ControlPlane, 'snapshots' | 'createSnapshot' | 'copySnapshot' | 'deleteSnapshot'> {
  return {
    async snapshots() {
      const snapshots = await allPages(async (Marker) => {
        const page = await calls.read((client) => client.send(new DescribeSnapshotsCommand({ Marker })));
        return { items: page.Snapshots, marker: page.Marker };
      });
      return withClusters(snapshots, owners);
    },
    async createSnapshot({ cluster, isCacheCluster, name, tags }) {
      const command = new CreateSnapshotCommand({
        ...(isCacheCluster ? { CacheClusterId: cluster } : { ReplicationGroupId: cluster }),
        SnapshotName: name,
        ...withTags(tags),
      });
      return described(owners, await calls.write('createSnapshot', (client) => client.send(command)));
    },
    async copySnapshot({ source, target, tags }) {
      const command = new CopySnapshotCommand({
        SourceSnapshotName: source,
        TargetSnapshotName: target,
        ...withTags(tags),
      });
      return described(owners, await calls.write('copySnapshot', (client) => client.send(command)));
    },
    async deleteSnapshot({ name }) {
      const command = new DeleteSnapshotCommand({ SnapshotName: name });
      return described(owners, await calls.write('deleteSnapshot', (client) => client.send(command)));
    },
  };
}

function withTags(tags: readonly Tag[]) {
  return tags.length > 0 ? { Tags: tags.map(awsTag) } : {};
}

async function described(
  owners: NodeOwners,
  { Snapshot: snapshot }: { readonly Snapshot?: AwsSnapshot | undefined },
): Promise<Snapshot> {
  const [found] = await withClusters([snapshot ?? {}], owners);
  return found ?? snapshotOf({}, null);
}

/** A snapshot that was requested for a node does not name its replication group. */
async function withClusters(snapshots: readonly AwsSnapshot[], owners: NodeOwners): Promise<Snapshot[]> {
  const nodes = snapshots.flatMap(({ ReplicationGroupId, CacheClusterId: name, NodeSnapshots: [node] = [] }) =>
    ReplicationGroupId === undefined && name !== undefined ? [{ name, at: node?.SnapshotCreateTime }] : [],
  );
  const ownerOf = nodes.length > 0 ? await owners.of(nodes) : undefined;
  return snapshots.map((snapshot) => {
    const { ReplicationGroupId, CacheClusterId: node } = snapshot;
    return snapshotOf(snapshot, ReplicationGroupId ?? (node === undefined ? null : (ownerOf?.(node) ?? null)));
  });
}

const statuses: Readonly<Record<string, SnapshotStatus>> = {
  creating: 'CREATING',
  available: 'AVAILABLE',
  copying: 'COPYING',
  restoring: 'RESTORING',
  exporting: 'EXPORTING',
  deleting: 'DELETING',
  failed: 'FAILED',
};

function snapshotOf(snapshot: AwsSnapshot, clusterName: string | null): Snapshot {
  const nodes = snapshot.NodeSnapshots ?? [];
  const times = nodes.flatMap(({ SnapshotCreateTime: at }) => (at ? [at.getTime()] : []));
  return {
    name: snapshot.SnapshotName ?? '',
    arn: snapshot.ARN ?? '',
    status: oneOf(snapshot.SnapshotStatus, statuses) ?? 'UNKNOWN',
    source: snapshot.SnapshotSource === 'automated' ? 'AUTOMATED' : 'MANUAL',
    clusterName,
    createdAt: times.length > 0 ? new Date(Math.max(...times)) : null,
    sizeBytes: totalSize(nodes.map(({ CacheSize }) => CacheSize)),
    engine: engineOf(snapshot.Engine),
    engineVersion: snapshot.EngineVersion ?? null,
    nodeType: snapshot.CacheNodeType ?? null,
    shardCount: snapshot.NumNodeGroups ?? null,
  };
}

const units: Readonly<Record<string, number>> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3, tb: 1024 ** 4 };

/** ElastiCache writes sizes as `5 MB`. Null if one of them is unknown. */
function totalSize(texts: readonly (string | undefined)[]): number | null {
  const sizes = texts.map((text) => {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text?.trim() ?? '') ?? [];
    const factor = oneOf(unit, units);
    return factor === undefined ? undefined : Number(amount) * factor;
  });
  const known = sizes.filter((size) => size !== undefined);
  return sizes.length === 0 || known.length < sizes.length ? null : Math.round(known.reduce((a, b) => a + b));
}
