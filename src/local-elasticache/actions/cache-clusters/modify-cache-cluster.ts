import type { ModifyCacheClusterMessage, ModifyCacheClusterResult } from '@aws-sdk/client-elasticache';
import { checkSnapshotRetention } from '../../../domain/cluster/cluster-shape.js';
import { invalidInput } from '../../../domain/errors.js';
import { checkAuthToken } from '../../../domain/user/passwords.js';
import { sentenceTitle } from '../../state/cache-clusters.js';
import type { ReplicationGroupRecord, State } from '../../state/model.js';
import type { Decoded } from '../../wire/decode.js';
import type { ChangeContext } from '../action-context.js';
import { engineChange } from '../replication-groups/engine-change.js';
import { logDeliveries } from '../replication-groups/log-delivery.js';
import { typeChange, windowChange } from '../replication-groups/modify-replication-group.js';
import { topicChange } from '../replication-groups/notification-topic.js';
import { refuseOtherNetworks, refuseSecurityGroups } from '../replication-groups/recorded-features.js';
import { findCacheCluster, type Member } from '../shared/lookup.js';
import { invalidCombination, refuseGiven } from '../shared/refuse.js';
import { cacheClusterEngine } from './cache-cluster-engine.js';
import { requireClusterStatus } from './cache-cluster-state.js';
import { described } from './create-cache-cluster.js';

type Request = Decoded<ModifyCacheClusterMessage>;

/** Answers with status `modifying`. The cache cluster becomes `available` when its node has applied the changes. */
export function modifyCacheCluster(context: ChangeContext, input: Request): ModifyCacheClusterResult {
  const { account, groups, afterStored } = context;
  const member = findCacheCluster(account.state, input.CacheClusterId);
  const { group, node } = member;
  refuseUnsupportedInput(member, input);
  const changes = readChanges(account.state, group, input, account.region);
  requireClusterStatus(member, ['available'], 'modification');
  if (Object.keys(changes).length === 0) throw invalidCombination('No modifications were requested.');

  Object.assign(group, changes, { status: 'modifying' });
  account.record('cache-cluster', node.id, `${sentenceTitle(group)} modified`);
  afterStored(() => groups.modify(group.id, () => Promise.resolve()));
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

function readChanges(
  state: State,
  group: ReplicationGroupRecord,
  input: Request,
  region: string,
): Partial<ReplicationGroupRecord> {
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
    ...typeChange(group, input),
    ...engineChange(state, group, input),
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
