import { InvalidCacheClusterStateFault$, InvalidReplicationGroupStateFault$ } from '@aws-sdk/client-elasticache';
import { nodeMemory } from '../../../domain/cluster/node-memory.js';
import { isOfferedWith } from '../../../domain/cluster/node-type-engines.js';
import { nodeTypes } from '../../../domain/cluster/node-types.js';
import { hasMemoryFor } from '../../lifecycle/apply-pending-changes.js';
import { groupSettings } from '../../lifecycle/group-spec.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { State } from '../../state/region-state.js';
import { errorMessage } from '../../../runtime/errors.js';
import { fault } from '../../wire/fault.js';
import type { ActionContext } from '../action-context.js';
import { invalidCombination } from '../shared/refuse.js';

interface AllowedNodeTypes {
  /** Types with at least the memory of the current one. */
  readonly up: readonly string[];
  /** Types with less memory, which is enough for the data. */
  readonly down: readonly string[];
}

const hasTiering = (nodeType: string): boolean => nodeType.startsWith('cache.r6gd.');

/**
 * The node types to which a group may be changed: those that are offered with its engine version. A type with data tiering and one
 * without cannot replace each other.
 * @param usedBytes the memory that the fullest node uses
 */
export function allowedNodeTypes(group: ReplicationGroupRecord, state: State, usedBytes: number): AllowedNodeTypes {
  const current = nodeMemory(group.nodeType)?.maxMemory ?? 0;
  const others = nodeTypes.flatMap((type) => {
    const memory = nodeMemory(type)?.maxMemory;
    const isOffered =
      memory !== undefined &&
      type !== group.nodeType &&
      hasTiering(type) === hasTiering(group.nodeType) &&
      isOfferedWith(type, { engine: group.engine, version: group.engineVersion });
    return isOffered ? [{ type, memory }] : [];
  });
  const fits = (nodeType: string): boolean => hasMemoryFor(usedBytes, groupSettings({ ...group, nodeType }, state));
  return {
    up: others.flatMap(({ type, memory }) => (memory >= current ? [type] : [])),
    down: others.flatMap(({ type, memory }) => (memory < current && fits(type) ? [type] : [])),
  };
}

/**
 * The memory that the fullest node of a group uses; 0 while its nodes are not running.
 * @throws AwsFault InvalidReplicationGroupState or InvalidCacheClusterState if no node of a shard answers
 */
export async function usedMemory(
  { groups }: Pick<ActionContext, 'groups'>,
  group: Pick<ReplicationGroupRecord, 'id' | 'isStandalone'>,
): Promise<number> {
  try {
    return (await groups.nodes(group.id)?.usedMemory()) ?? 0;
  } catch (cause) {
    const schema = group.isStandalone ? InvalidCacheClusterStateFault$ : InvalidReplicationGroupStateFault$;
    throw fault(schema, `${errorMessage(cause)} Try again when its nodes are available.`);
  }
}

/** @throws ExpectedFailure InvalidParameterCombination if the type is not among the allowed ones */
export function requireAllowedType(
  group: ReplicationGroupRecord,
  nodeType: string,
  { up, down }: AllowedNodeTypes,
): void {
  if (nodeType === group.nodeType || up.includes(nodeType) || down.includes(nodeType)) return;
  const reason =
    hasTiering(nodeType) === hasTiering(group.nodeType)
      ? 'has not enough memory for the data'
      : 'differs in data tiering';
  throw invalidCombination(
    `Cannot modify the node type from ${group.nodeType} to ${nodeType}, which ${reason}. ListAllowedNodeTypeModifications lists the possible types.`,
  );
}
