import { randomUUID } from 'node:crypto';
import type { GroupTopology, RestoredFile } from '../../nodes/interfaces.js';
import type { AccountDraft } from '../../state/account.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { ShardRecord } from '../../state/records/shard.js';
import type { SnapshotRecord } from '../../state/records/snapshot.js';
import type { State } from '../../state/region-state.js';
import type { SnapshotFiles } from './snapshot-files.js';

export function snapshotNamed({ snapshots = [] }: State, name: string): SnapshotRecord | undefined {
  return snapshots.find((snapshot) => snapshot.name === name);
}

type NewSnapshot = Pick<SnapshotRecord, 'name' | 'source' | 'isFinal' | 'kmsKeyId'> & {
  readonly at: Date;
  /** The node to save, without cluster mode; undefined to choose one. */
  readonly nodeId?: string | undefined;
};

/** Adds a snapshot of the group with status `creating`. */
export function addSnapshot(
  state: State,
  group: ReplicationGroupRecord,
  topology: GroupTopology | undefined,
  { at, nodeId, ...given }: NewSnapshot,
): SnapshotRecord {
  const snapshot: SnapshotRecord = {
    ...given,
    status: 'creating',
    folder: randomUUID(),
    createdAt: at.toISOString(),
    group: groupPart(group),
    ofCacheCluster: nodeId !== undefined || group.isStandalone === true ? true : undefined,
    shards: group.shards.map((shard) => snapshotShard(shard, topology, nodeId)),
  };
  (state.snapshots ??= []).push(snapshot);
  return snapshot;
}

function groupPart({
  id,
  description,
  engine,
  engineVersion,
  nodeType,
  clusterMode,
  automaticFailover,
  parameterGroup,
  subnetGroup,
  snapshotRetentionDays,
  snapshotWindow,
  maintenanceWindow,
  notificationTopicArn,
  autoMinorVersionUpgrade,
  createdAt,
}: ReplicationGroupRecord): SnapshotRecord['group'] {
  return {
    ...{
      id,
      description,
      engine,
      engineVersion,
      nodeType,
      clusterMode,
      automaticFailover,
      parameterGroup,
      subnetGroup,
    },
    ...{ snapshotRetentionDays, snapshotWindow, maintenanceWindow, notificationTopicArn, autoMinorVersionUpgrade },
    createdAt,
  };
}

/** Prefers a replica, so that the primary keeps serving at its full speed. */
function snapshotShard(
  { id, slots, nodes }: ShardRecord,
  topology: GroupTopology | undefined,
  nodeId: string | undefined,
): SnapshotRecord['shards'][number] {
  const running = topology?.shards.find((shard) => shard.id === id)?.nodes ?? [];
  const chosen =
    nodeId ??
    running.find(({ role, health }) => role === 'replica' && health === 'available')?.id ??
    running.find(({ role }) => role === 'primary')?.id;
  const node = nodes.find((one) => one.id === chosen) ?? nodes[0];
  return {
    id,
    slots,
    nodeId: node?.id ?? '',
    nodeCreatedAt: node?.createdAt ?? '',
    replicas: nodes.length - 1,
    availabilityZones: nodes.map(({ availabilityZone }) => availabilityZone),
  };
}

/** The files with which a group is created; undefined if it starts without data, or has been created. */
export function restoredFiles(
  { status, restoredFrom }: ReplicationGroupRecord,
  state: State,
  files: Pick<SnapshotFiles, 'path'>,
): readonly RestoredFile[] | undefined {
  if (status !== 'creating' || restoredFrom === undefined) return undefined;
  const snapshot = snapshotNamed(state, restoredFrom);
  if (!snapshot) throw new Error(`Snapshot ${restoredFrom} does not exist.`);
  return snapshot.shards.map(({ id, slots }) => ({ path: files.path(snapshot.folder, id), slots }));
}

/** To be called when a group is deleted: its automatic snapshots go with it. */
export function deleteAutomaticSnapshots({ snapshots = [] }: State, groupId: string): void {
  for (const snapshot of snapshots) {
    if (snapshot.source === 'automated' && snapshot.group.id === groupId) snapshot.status = 'deleting';
  }
}

export function forgetSnapshot({ state, arn }: Pick<AccountDraft, 'state' | 'arn'>, folder: string): void {
  const gone = state.snapshots?.find((snapshot) => snapshot.folder === folder);
  if (!gone) return;
  state.snapshots = state.snapshots?.filter((snapshot) => snapshot !== gone);
  if (!snapshotNamed(state, gone.name)) Reflect.deleteProperty(state.tags, arn('snapshot', gone.name));
}

/** Records in ElastiCache's words how a snapshot ended. */
export function recordOutcome(
  { record }: Pick<AccountDraft, 'record'>,
  snapshot: SnapshotRecord,
  failure?: string,
): void {
  const { name, group, ofCacheCluster, shards } = snapshot;
  const nodeId = shards[0]?.nodeId ?? '';
  const of = ofCacheCluster ? `cache cluster with ID '${nodeId}'` : `replication group with ID '${group.id}'`;
  const outcome = failure === undefined ? 'succeeded' : 'failed';
  record('cache-cluster', nodeId, `Snapshot ${outcome} for snapshot with ID '${name}' of ${of}`);
  if (failure === undefined) return;
  const [sourceType, id] = ofCacheCluster
    ? (['cache-cluster', nodeId] as const)
    : (['replication-group', group.id] as const);
  record(sourceType, id, `Snapshot ${name} failed: ${failure}`);
}
