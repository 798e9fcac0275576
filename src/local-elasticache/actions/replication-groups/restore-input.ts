import type { CreateReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import { compareVersions, engineVersion, type EngineVersion } from '../../../domain/cluster/engines.js';
import type { SnapshotRecord } from '../../state/records/snapshot.js';
import type { State } from '../../state/region-state.js';
import type { Decoded } from '../../wire/decode.js';
import { findSnapshot } from '../shared/lookup.js';
import { invalidCombination } from '../shared/refuse.js';
import { requireSnapshotStatus } from '../snapshots/snapshot-state.js';
import { shardCount } from './group-shape.js';

type Request = Decoded<CreateReplicationGroupMessage>;

/** The engine, version and node type of the request, or else of its snapshot, whose version is of one engine only. */
export function engineDefaults(
  group: SnapshotRecord['group'],
  input: Pick<Request, 'Engine' | 'EngineVersion' | 'CacheNodeType'>,
): Pick<Request, 'Engine' | 'EngineVersion' | 'CacheNodeType'> {
  const engine = group.engine.toLowerCase();
  const isSameEngine = (input.Engine ?? engine).toLowerCase() === engine;
  return {
    Engine: input.Engine ?? engine,
    EngineVersion: input.EngineVersion ?? (isSameEngine ? group.engineVersion : undefined),
    CacheNodeType: input.CacheNodeType ?? group.nodeType,
  };
}

/** Adds what the request leaves out and its snapshot contains: engine, version, node type, cluster mode and shards. */
export function withSnapshotDefaults(state: State, input: Request): Request {
  if (input.SnapshotName === undefined) return input;
  const { group, shards } = findSnapshot(state, input.SnapshotName);
  return {
    ...input,
    ...engineDefaults(group, input),
    ...(group.clusterMode &&
      input.CacheParameterGroupName === undefined && { ClusterMode: input.ClusterMode ?? 'enabled' }),
    ...(group.clusterMode &&
      shardCount(input) === undefined &&
      input.ClusterMode !== 'disabled' && { NodeGroupConfiguration: shardsOf(shards, input) }),
  };
}

function shardsOf(shards: SnapshotRecord['shards'], { ReplicasPerNodeGroup, NumCacheClusters }: Request) {
  const isCounted = ReplicasPerNodeGroup !== undefined || NumCacheClusters !== undefined;
  return shards.map(({ id, slots, replicas }) => ({
    NodeGroupId: id,
    Slots: slots,
    ReplicaCount: isCounted ? undefined : replicas,
  }));
}

/**
 * Returns the name of the snapshot to restore, if the request has one.
 * @throws AwsFault or ExpectedFailure if it cannot be restored into this version
 */
export function restoredSnapshot(
  state: State,
  name: string | undefined,
  version: EngineVersion,
  action = 'CreateReplicationGroup',
): string | undefined {
  if (name === undefined) return undefined;
  const snapshot = findSnapshot(state, name);
  requireSnapshotStatus(state, snapshot, ['available', 'restoring', 'copying'], action);
  const source = engineVersion(snapshot.group.engine, snapshot.group.engineVersion);
  if (compareVersions(version, source) >= 0) return snapshot.name;
  throw invalidCombination(
    `A snapshot of ${source.engine.toLowerCase()} ${source.version} cannot be restored into ${version.engine.toLowerCase()} ${version.version}, which is older.`,
  );
}
