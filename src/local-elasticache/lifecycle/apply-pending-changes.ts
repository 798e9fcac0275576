import type { RunningGroup } from '../nodes/interfaces.js';
import type { AccountDraft } from '../state/account.js';
import type { ReplicationGroupRecord } from '../state/records/replication-group.js';
import type { ShardRecord } from '../state/records/shard.js';
import type { State } from '../state/region-state.js';
import { groupSettings, shardSpecs } from './group-spec.js';
import { completePendingChanges, withPendingChanges } from './pending-changes.js';
import { beginShape } from './shape-change.js';

/**
 * Records that the pending changes are being made. A shard without a replica has a temporary one meanwhile, to which its
 * primary hands over. `applyPendingChanges` and `settlePendingChanges` follow.
 */
export function beginPendingChanges(draft: AccountDraft, group: ReplicationGroupRecord): void {
  if (!group.pendingChanges) return;
  group.pendingChanges.isApplying = true;
  group.status = 'modifying';
  const { nodeType } = group.pendingChanges;
  if (nodeType !== undefined) recordForNodes(draft, group, `Applying modification to cache node type to ${nodeType}.`);
  // Clients know a cache cluster in no replication group by its one address. Its node is restarted in place.
  if (group.isStandalone) return;
  const shards = structuredClone(group.shards);
  const nodes = draft.state.replicationGroups.flatMap(({ shards }) => shards.flatMap((shard) => shard.nodes));
  const taken = new Set(nodes.map(({ id }) => id));
  const extended = shards.map((shard) => withReplica(group, shard, taken));
  if (!hasTemporaryNodes(extended)) return;
  beginShape(draft, group, extended);
  // The change ends with the original shape, also after a crash.
  group.targetShards = withoutTemporaryNodes(extended);
}

/** Makes the next start remove the temporary replicas that could not be removed after a change. */
export function beginRemovalOfTemporaryNodes(group: ReplicationGroupRecord): void {
  if (!group.targetShards && hasTemporaryNodes(group.shards)) group.targetShards = withoutTemporaryNodes(group.shards);
}

interface ApplyingSteps {
  /** Records that the data fit. Only then an interrupted change is completed by the next start of the endpoint. */
  recordChecked(this: void): Promise<void>;
  /** Called if a change that failed cannot be undone completely. The first failure is thrown. */
  onUndoFailed(this: void, cause: unknown): void;
}

/**
 * Starts the nodes again with the values after the pending changes, if their data fit. If that fails, they have the earlier
 * values again.
 */
export async function applyPendingChanges(
  running: RunningGroup,
  group: ReplicationGroupRecord,
  state: State,
  { recordChecked, onUndoFailed }: ApplyingSteps,
  closing: AbortSignal,
): Promise<void> {
  const settings = groupSettings(withPendingChanges(group), state);
  const removeTemporary = async (): Promise<void> => {
    if (group.targetShards) await running.reshape(shardSpecs(group.targetShards));
  };
  try {
    requireMemory(group, settings, await running.usedMemory());
    const { databases } = settings;
    if (databases !== undefined && databases !== groupSettings(group, state)['databases']) {
      await running.requireDatabases(databases);
    }
    closing.throwIfAborted();
    await recordChecked();
    closing.throwIfAborted();
    await running.replaceNodes(settings, shardSpecs(group.shards));
    await removeTemporary();
  } catch (cause) {
    if (!closing.aborted) {
      await running.applySettings(groupSettings(group, state)).catch(onUndoFailed);
      await removeTemporary().catch(onUndoFailed);
    }
    throw cause;
  }
}

/** Records the new values, or, after a failure, that the earlier ones remain. */
export function settlePendingChanges(draft: AccountDraft, group: ReplicationGroupRecord, failed: boolean): void {
  const { pendingChanges: changes } = group;
  if (changes?.isApplying !== true) return;
  if (failed) {
    if (changes.nodeType !== undefined) {
      recordForNodes(draft, group, `Failed applying modification to cache node type to ${changes.nodeType}.`);
    }
    group.pendingChanges = undefined;
    return;
  }
  completePendingChanges(group);
  if (changes.nodeType !== undefined) {
    recordForNodes(draft, group, `Succeeded applying modification to cache node type to ${changes.nodeType}.`);
  }
  if (changes.engine !== undefined || changes.engineVersion !== undefined) {
    recordForNodes(draft, group, `Upgraded to ${group.engine.toLowerCase()} ${group.engineVersion}`);
  }
  if (changes.parameterGroup !== undefined) {
    recordForNodes(draft, group, `Updated to use a CacheParameterGroup ${changes.parameterGroup}`);
  }
}

/** Whether data of this size fits nodes with these settings. */
export function hasMemoryFor(usedBytes: number, settings: Readonly<Record<string, string>>): boolean {
  const limit = Number(settings['maxmemory'] ?? 0);
  return limit === 0 || usedBytes <= limit;
}

function requireMemory(
  { pendingChanges }: ReplicationGroupRecord,
  settings: Readonly<Record<string, string>>,
  usedBytes: number,
): void {
  if (pendingChanges?.nodeType === undefined || hasMemoryFor(usedBytes, settings)) return;
  throw new Error(`A node of type ${pendingChanges.nodeType} has not enough memory for the data.`);
}

/** AWS's events about the size of nodes are those of each cache cluster. */
function recordForNodes({ record }: AccountDraft, { shards }: ReplicationGroupRecord, message: string): void {
  for (const { id } of shards.flatMap(({ nodes }) => nodes)) record('cache-cluster', id, message);
}

/** The shard with a temporary replica, in the zone of its node, if it has no replica. */
function withReplica(group: ReplicationGroupRecord, shard: ShardRecord, taken: ReadonlySet<string>): ShardRecord {
  const [node, ...others] = shard.nodes;
  if (!node || others.length > 0) return shard;
  const prefix = group.clusterMode ? `${group.id}-${shard.id}` : group.id;
  const idOf = (number: number): string => `${prefix}-${String(number).padStart(3, '0')}`;
  let number = 1;
  while (taken.has(idOf(number))) number += 1;
  const { availabilityZone } = node;
  const replica = { id: idOf(number), availabilityZone, createdAt: new Date().toISOString(), isTemporary: true };
  return { ...shard, nodes: [node, replica] };
}

function hasTemporaryNodes(shards: readonly ShardRecord[]): boolean {
  return shards.some(({ nodes }) => nodes.some(({ isTemporary }) => isTemporary === true));
}

function withoutTemporaryNodes(shards: readonly ShardRecord[]): ShardRecord[] {
  return shards.map((shard) => ({ ...shard, nodes: shard.nodes.filter(({ isTemporary }) => isTemporary !== true) }));
}
