import type { ModifyCacheClusterMessage, ModifyCacheClusterResult } from '@aws-sdk/client-elasticache';
import { invalidInput } from '../../../domain/errors.js';
import { checkAuthToken } from '../../../domain/user/passwords.js';
import { sentenceTitle } from '../../state/cache-clusters.js';
import type { Decoded } from '../../wire/decode.js';
import { makeChange, type ActionContext, type ChangeContext } from '../action-context.js';
import { usedMemory } from '../replication-groups/allowed-node-types.js';
import { commonChanges } from '../shared/common-changes.js';
import { refuseOtherNetworks, refuseOtherZoneModes, refuseSecurityGroups } from '../shared/recorded-features.js';
import { findCacheCluster, type Member } from '../shared/lookup.js';
import { nodeChanges, recordChanges } from '../shared/node-changes.js';
import { invalidCombination, refuseGiven } from '../shared/refuse.js';
import { cacheClusterEngine } from './cache-cluster-engine.js';
import { requireClusterStatus } from './cache-cluster-state.js';
import { described } from './create-cache-cluster.js';

type Request = Decoded<ModifyCacheClusterMessage>;

/**
 * Changes of the node type and of the engine version wait for the maintenance window, unless the request says
 * `ApplyImmediately`. The answer has status `modifying` while changes are applied.
 */
export async function modifyCacheCluster(context: ActionContext, input: Request): Promise<ModifyCacheClusterResult> {
  const { group } = findCacheCluster(context.account.state, input.CacheClusterId);
  const usedBytes = input.CacheNodeType === undefined ? 0 : await usedMemory(context, group);
  return makeChange(context, (change, request: Request) => modify(change, request, usedBytes), input);
}

function modify(context: ChangeContext, input: Request, usedBytes: number): ModifyCacheClusterResult {
  const { account } = context;
  const member = findCacheCluster(account.state, input.CacheClusterId);
  const { group, node } = member;
  refuseUnsupportedInput(member, input);
  requireClusterStatus(context.groups, member, ['available'], 'modification');
  const { immediate, deferrable } = nodeChanges(account.state, group, input, usedBytes);
  const changes = { ...commonChanges(group, input, account.region), ...immediate };
  recordChanges(context, group, { immediate: changes, deferrable }, input.ApplyImmediately);
  account.record('cache-cluster', node.id, `${sentenceTitle(group)} modified`);
  return { CacheCluster: described(context, node.id) };
}

function refuseUnsupportedInput({ group, node }: Member, input: Request): void {
  if (!group.isStandalone) {
    throw invalidCombination(
      `Cache cluster ${node.id} belongs to replication group ${group.id}: use ModifyReplicationGroup.`,
    );
  }
  if (input.Engine !== undefined) cacheClusterEngine(input.Engine);
  if ((input.NumCacheNodes ?? 1) !== 1) {
    throw invalidInput('Cannot modify a Redis cluster to have a NumCacheNodes parameter other than 1.');
  }
  refuseOtherZoneModes(input.AZMode);
  if (input.AuthToken) checkAuthToken(input.AuthToken, false);
  if (input.AuthTokenUpdateStrategy !== undefined) {
    throw invalidCombination('AuthTokenUpdateStrategy requires an AuthToken, which only a replication group can have.');
  }
  refuseSecurityGroups(input.CacheSecurityGroupNames);
  refuseOtherNetworks(input);
  refuseGiven(input, ['CacheNodeIdsToRemove', 'NewAvailabilityZones', 'ScaleConfig']);
}
