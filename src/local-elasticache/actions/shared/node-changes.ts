import { checkNodeTypeEngine } from '../../../domain/cluster/node-type-engines.js';
import { nodeType } from '../../../domain/cluster/node-types.js';
import { beginPendingChanges } from '../../lifecycle/apply-pending-changes.js';
import { addPendingChanges, withPendingChanges } from '../../lifecycle/pending-changes.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { State } from '../../state/region-state.js';
import type { PendingChanges } from '../../state/records/pending-changes.js';
import type { ChangeContext } from '../action-context.js';
import { allowedNodeTypes, requireAllowedType } from '../replication-groups/allowed-node-types.js';
import { engineChange, type EngineRequest } from '../replication-groups/engine-change.js';
import { invalidCombination } from './refuse.js';

/** The parameters of ModifyReplicationGroup and ModifyCacheCluster that may wait. */
interface NodeRequest extends EngineRequest {
  readonly CacheNodeType?: string | undefined;
}

/** The changes of one request. */
interface Changes {
  /** ElastiCache applies them at once, whatever `ApplyImmediately` says. */
  readonly immediate: Partial<ReplicationGroupRecord>;
  /** They wait for the maintenance window or for `ApplyImmediately`. */
  readonly deferrable: Omit<PendingChanges, 'isApplying' | 'isChecked'>;
}

/**
 * Reads the changes of the node type, the engine, its version and its parameter group.
 * @param usedBytes the memory that the fullest node uses
 */
export function nodeChanges(
  state: State,
  group: ReplicationGroupRecord,
  input: NodeRequest,
  usedBytes: number,
): Changes {
  const { parameterGroup, upgrade } = engineChange(state, group, input);
  const { CacheNodeType } = input;
  const type = CacheNodeType === undefined ? undefined : nodeType(CacheNodeType);
  // The engine that the group will have when its nodes have the type.
  const current = withPendingChanges(group);
  const { engine = current.engine, engineVersion = current.engineVersion } = upgrade;
  if (type !== undefined) {
    checkNodeTypeEngine(type, { engine, version: engineVersion });
    requireAllowedType(group, type, allowedNodeTypes({ ...group, engine, engineVersion }, state, usedBytes));
  }
  return {
    immediate: parameterGroup === undefined ? {} : { parameterGroup },
    deferrable: { ...(type !== undefined && { nodeType: type }), ...upgrade },
  };
}

/**
 * Records the changes, and begins those that do not wait. `ApplyImmediately` also begins those that waited before.
 * @throws ExpectedFailure if there are no changes
 */
export function recordChanges(
  { account, groups, afterStored }: ChangeContext,
  group: ReplicationGroupRecord,
  { immediate, deferrable }: Changes,
  applyImmediately = false,
): void {
  const hasImmediate = Object.keys(immediate).length > 0;
  if (!hasImmediate && Object.keys(deferrable).length === 0) {
    throw invalidCombination('No modifications were requested.');
  }
  Object.assign(group, immediate);
  addPendingChanges(group, deferrable);
  const appliesPending = applyImmediately && group.pendingChanges !== undefined;
  if (appliesPending) beginPendingChanges(account, group);
  if (hasImmediate) group.status = 'modifying';
  afterStored(() => {
    if (appliesPending) groups.applyPendingChanges(group.id);
    else if (hasImmediate) groups.modify(group.id, () => Promise.resolve());
    else groups.announce(group.id);
  });
}
