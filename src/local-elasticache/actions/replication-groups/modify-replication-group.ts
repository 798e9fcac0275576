import {
  CacheClusterNotFoundFault$,
  type ModifyReplicationGroupMessage,
  type ModifyReplicationGroupResult,
} from '@aws-sdk/client-elasticache';
import { checkClusterShape } from '../../../domain/cluster/cluster-shape.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { State } from '../../state/region-state.js';
import type { Decoded } from '../../wire/decode.js';
import { makeChange, type ActionContext, type ChangeContext } from '../action-context.js';
import { usedMemory } from './allowed-node-types.js';
import { changeClusterMode, requestedMode, requireSettledMode } from './change-cluster-mode.js';
import { accessChange } from './group-access-change.js';
import { requireStatus } from './group-state.js';
import { replicationGroupView } from './group-view.js';
import { commonChanges } from '../shared/common-changes.js';
import { findReplicationGroup } from '../shared/lookup.js';
import { nodeChanges, recordChanges } from '../shared/node-changes.js';
import { invalidCombination, refuseGiven } from '../shared/refuse.js';
import { promoteReplica } from './promote-replica.js';
import {
  checkEncryptionMode,
  durability,
  refuseOtherNetworks,
  refuseSecurityGroups,
} from '../shared/recorded-features.js';
import { fault } from '../../wire/fault.js';

type Request = Decoded<ModifyReplicationGroupMessage>;

/**
 * Changes of the node type and of the engine wait for the maintenance window, unless the request says `ApplyImmediately`, which also
 * applies those that wait. All others are applied at once. The answer has status `modifying` while changes are applied.
 */
export async function modifyReplicationGroup(
  context: ActionContext,
  input: Request,
): Promise<ModifyReplicationGroupResult> {
  const group = findReplicationGroup(context.account.state, input.ReplicationGroupId);
  const usedBytes = input.CacheNodeType === undefined ? 0 : await usedMemory(context, group);
  return makeChange(context, (change, request: Request) => modifyGroup(change, request, usedBytes), input);
}

function modifyGroup(context: ChangeContext, input: Request, usedBytes: number): ModifyReplicationGroupResult {
  const { account, groups } = context;
  const { state } = account;
  const group = findReplicationGroup(state, input.ReplicationGroupId);
  const { PrimaryClusterId } = input;
  if (PrimaryClusterId) return promoteReplica(context, group, { ...input, PrimaryClusterId });
  const mode = requestedMode(group, input.ClusterMode);
  if (mode) return changeClusterMode(context, group, input, mode);
  refuseUnsupportedInput(group, input);
  requireStatus(group, ['available'], 'modification');
  const { immediate, deferrable } = nodeChanges(state, group, input, usedBytes);
  const changes = { ...readChanges(state, group, input, account.region), ...immediate };
  recordChanges(context, group, { immediate: changes, deferrable }, input.ApplyImmediately);
  account.record('replication-group', group.id, `Replication group ${group.id} modified`);
  return { ReplicationGroup: replicationGroupView(account, group, groups.topology(group.id)) };
}

function refuseUnsupportedInput(group: ReplicationGroupRecord, input: Request): void {
  refuseSecurityGroups(input.CacheSecurityGroupNames);
  refuseGiven(input, ['NodeGroupId']);
  checkEncryptionMode(input.TransitEncryptionMode);
  const { TransitEncryptionEnabled: tls = group.tls, TransitEncryptionMode: mode = 'required' } = input;
  if (tls !== group.tls || (mode === 'preferred' && input.TransitEncryptionMode !== undefined)) {
    throw invalidCombination(
      'The local ElastiCache endpoint cannot change encryption in transit of an existing group.',
    );
  }
  const { CacheNodeType, Engine, EngineVersion } = input;
  if (CacheNodeType ?? Engine ?? EngineVersion) requireSettledMode(group, 'changes of the node type and engine');
  refuseOtherNetworks(input);
}

function readChanges(
  state: State,
  group: ReplicationGroupRecord,
  input: Request,
  region: string,
): Partial<ReplicationGroupRecord> {
  const automaticFailover = input.AutomaticFailoverEnabled ?? group.automaticFailover;
  const multiAz = input.MultiAZEnabled ?? group.multiAz;
  const replicas = group.shards.map(({ nodes }) => nodes.length - 1);
  checkClusterShape({ clusterMode: group.clusterMode, replicas, automaticFailover, multiAz });
  const given = {
    description: input.ReplicationGroupDescription,
    automaticFailover: input.AutomaticFailoverEnabled,
    multiAz: input.MultiAZEnabled,
    snapshottingNode: input.SnapshottingClusterId ? snapshottingNode(group, input.SnapshottingClusterId) : undefined,
    durability: durability(input.Durability),
    ...accessChange(state, group, input),
  };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...commonChanges(group, input, region),
  };
}

function snapshottingNode(group: ReplicationGroupRecord, text: string): string {
  if (group.clusterMode) throw invalidCombination('SnapshottingClusterId cannot be set with cluster mode enabled.');
  const id = text.toLowerCase();
  const nodes = group.shards.flatMap((shard) => shard.nodes);
  if (nodes.some((node) => node.id === id)) return id;
  throw fault(CacheClusterNotFoundFault$, `CacheCluster not found: ${text.slice(0, 60)}`);
}
