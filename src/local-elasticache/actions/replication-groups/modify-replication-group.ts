import {
  CacheClusterNotFoundFault$,
  type ModifyReplicationGroupMessage,
  type ModifyReplicationGroupResult,
} from '@aws-sdk/client-elasticache';
import { checkClusterShape, checkSnapshotRetention } from '../../../domain/cluster/cluster-shape.js';
import { nodeType } from '../../../domain/cluster/node-types.js';
import type { ReplicationGroupRecord, State } from '../../state/model.js';
import type { Decoded } from '../../wire/decode.js';
import type { ChangeContext } from '../action-context.js';
import { engineChange } from './engine-change.js';
import { accessChange } from './group-access-change.js';
import { requireStatus } from './group-state.js';
import { replicationGroupView } from './group-view.js';
import { findReplicationGroup } from '../shared/lookup.js';
import { invalidCombination, refuseGiven } from '../shared/refuse.js';
import { checkWindows, maintenanceWindow, snapshotWindow } from './maintenance-windows.js';
import { logDeliveries } from './log-delivery.js';
import { topicChange } from './notification-topic.js';
import { dataTiering, durability, refuseOtherNetworks, refuseSecurityGroups } from './recorded-features.js';
import { fault } from '../../wire/fault.js';

type Request = Decoded<ModifyReplicationGroupMessage>;

/**
 * Answers with status `modifying`. The group becomes `available` when its nodes have applied the changes. Everything is
 * applied immediately, because a local group has no maintenance window.
 */
export function modifyReplicationGroup(
  { account, groups, afterStored }: ChangeContext,
  input: Request,
): ModifyReplicationGroupResult {
  const { state } = account;
  const group = findReplicationGroup(state, input.ReplicationGroupId);
  refuseUnsupportedInput(group, input);
  const changes = readChanges(state, group, input, account.region);
  requireStatus(group, ['available'], 'modification');
  if (Object.keys(changes).length === 0) throw invalidCombination('No modifications were requested.');

  Object.assign(group, changes, { status: 'modifying' });
  account.record('replication-group', group.id, `Replication group ${group.id} modified`);
  const answer = replicationGroupView(account, group, groups.topology(group.id));
  afterStored(() => groups.modify(group.id, () => Promise.resolve()));
  return { ReplicationGroup: answer };
}

function refuseUnsupportedInput(group: ReplicationGroupRecord, input: Request): void {
  refuseSecurityGroups(input.CacheSecurityGroupNames);
  refuseGiven(input, ['PrimaryClusterId', 'NodeGroupId']);
  const { TransitEncryptionEnabled: tls = group.tls, TransitEncryptionMode: mode = 'required' } = input;
  if (tls !== group.tls || (mode === 'preferred' && input.TransitEncryptionMode !== undefined)) {
    throw invalidCombination(
      'The local ElastiCache endpoint cannot change encryption in transit of an existing group.',
    );
  }
  const clusterMode = group.clusterMode ? 'enabled' : 'disabled';
  if ((input.ClusterMode ?? clusterMode) !== clusterMode) {
    throw invalidCombination('The local ElastiCache endpoint cannot change the cluster mode of an existing group.');
  }
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
  if (input.SnapshotRetentionLimit !== undefined) checkSnapshotRetention(input.SnapshotRetentionLimit);
  const given = {
    description: input.ReplicationGroupDescription,
    automaticFailover: input.AutomaticFailoverEnabled,
    multiAz: input.MultiAZEnabled,
    securityGroupIds: input.SecurityGroupIds,
    ...windowChange(group, input),
    ...(input.NotificationTopicArn === undefined && input.NotificationTopicStatus === undefined
      ? {}
      : topicChange(group, input, region)),
    ...(input.LogDeliveryConfigurations === undefined
      ? {}
      : { logDelivery: logDeliveries(group.logDelivery, input.LogDeliveryConfigurations) }),
    snapshottingNode: input.SnapshottingClusterId ? snapshottingNode(group, input.SnapshottingClusterId) : undefined,
    durability: durability(input.Durability),
    autoMinorVersionUpgrade: input.AutoMinorVersionUpgrade,
    snapshotRetentionDays: input.SnapshotRetentionLimit,
    ...typeChange(group, input),
    ...engineChange(state, group, input),
    ...accessChange(state, group, input),
  };
  const removesTopic = input.NotificationTopicArn === '';
  const isGiven = ([name, value]: [string, unknown]): boolean =>
    value !== undefined || (removesTopic && name.startsWith('notificationTopic'));
  return Object.fromEntries(Object.entries(given).filter(isGiven));
}

export function windowChange(
  group: ReplicationGroupRecord,
  {
    PreferredMaintenanceWindow: weekly,
    SnapshotWindow: daily,
  }: Pick<Request, 'PreferredMaintenanceWindow' | 'SnapshotWindow'>,
): Partial<ReplicationGroupRecord> {
  if (weekly === undefined && daily === undefined) return {};
  const windows = {
    maintenanceWindow: weekly === undefined ? group.maintenanceWindow : maintenanceWindow(weekly),
    snapshotWindow: daily === undefined ? group.snapshotWindow : snapshotWindow(daily),
  };
  checkWindows(windows);
  return windows;
}

export function typeChange(
  group: ReplicationGroupRecord,
  { CacheNodeType }: Pick<Request, 'CacheNodeType'>,
): Partial<ReplicationGroupRecord> {
  if (CacheNodeType === undefined) return {};
  const type = nodeType(CacheNodeType);
  // A type with data tiering and one without cannot replace each other.
  dataTiering(type, group.nodeType.startsWith('cache.r6gd.'));
  return { nodeType: type };
}

function snapshottingNode(group: ReplicationGroupRecord, text: string): string {
  if (group.clusterMode) throw invalidCombination('SnapshottingClusterId cannot be set with cluster mode enabled.');
  const id = text.toLowerCase();
  const nodes = group.shards.flatMap((shard) => shard.nodes);
  if (nodes.some((node) => node.id === id)) return id;
  throw fault(CacheClusterNotFoundFault$, `CacheCluster not found: ${text.slice(0, 60)}`);
}
