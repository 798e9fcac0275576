import type { ModifyCacheClusterMessage, ModifyCacheClusterResult } from '@aws-sdk/client-elasticache';
import { checkSnapshotRetention } from '../../../domain/cluster/cluster-shape.js';
import { invalidInput } from '../../../domain/errors.js';
import { checkAuthToken } from '../../../domain/user/passwords.js';
import { sentenceTitle } from '../../state/cache-clusters.js';
import type { ReplicationGroupRecord } from '../../state/model.js';
import type { Decoded } from '../../wire/decode.js';
import { makeChange, type ActionContext, type ChangeContext } from '../action-context.js';
import { usedMemory } from '../replication-groups/allowed-node-types.js';
import { logDeliveries } from '../shared/log-delivery.js';
import { windowChange } from '../replication-groups/modify-replication-group.js';
import { topicChange } from '../shared/notification-topic.js';
import { refuseOtherNetworks, refuseSecurityGroups } from '../shared/recorded-features.js';
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
  const usedBytes = input.CacheNodeType === undefined ? 0 : await usedMemory(context, group.id);
  return makeChange(context, (change, request: Request) => modify(change, request, usedBytes), input);
}

function modify(context: ChangeContext, input: Request, usedBytes: number): ModifyCacheClusterResult {
  const { account } = context;
  const member = findCacheCluster(account.state, input.CacheClusterId);
  const { group, node } = member;
  refuseUnsupportedInput(member, input);
  const { immediate, deferrable } = nodeChanges(account.state, group, input, usedBytes);
  const changes = { ...readChanges(group, input, account.region), ...immediate };
  requireClusterStatus(member, ['available'], 'modification');
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
  if ((input.AZMode ?? 'single-az') !== 'single-az') {
    throw invalidCombination('AZMode cross-az is supported for Memcached only.');
  }
  if (input.AuthToken) checkAuthToken(input.AuthToken, false);
  if (input.AuthTokenUpdateStrategy !== undefined) {
    throw invalidCombination('AuthTokenUpdateStrategy requires an AuthToken, which only a replication group can have.');
  }
  refuseSecurityGroups(input.CacheSecurityGroupNames);
  refuseOtherNetworks(input);
  refuseGiven(input, ['CacheNodeIdsToRemove', 'NewAvailabilityZones', 'ScaleConfig']);
}

function readChanges(group: ReplicationGroupRecord, input: Request, region: string): Partial<ReplicationGroupRecord> {
  if (input.SnapshotRetentionLimit !== undefined) checkSnapshotRetention(input.SnapshotRetentionLimit);
  const changesTopic = input.NotificationTopicArn !== undefined || input.NotificationTopicStatus !== undefined;
  const given = {
    securityGroupIds: input.SecurityGroupIds,
    autoMinorVersionUpgrade: input.AutoMinorVersionUpgrade,
    snapshotRetentionDays: input.SnapshotRetentionLimit,
    ...windowChange(group, input),
    ...(input.LogDeliveryConfigurations === undefined
      ? {}
      : { logDelivery: logDeliveries(group.logDelivery, input.LogDeliveryConfigurations) }),
  };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...(changesTopic ? topicChange(group, withoutEmptyTopic(input), region) : {}),
  };
}

/** Terraform removes the topic by an empty ARN with the status inactive. */
function withoutEmptyTopic({ NotificationTopicArn, NotificationTopicStatus }: Request) {
  return NotificationTopicArn === '' ? { NotificationTopicArn } : { NotificationTopicArn, NotificationTopicStatus };
}
