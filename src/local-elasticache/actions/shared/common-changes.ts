import type { ModifyReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import { checkSnapshotRetention } from '../../../domain/cluster/cluster-shape.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { Decoded } from '../../wire/decode.js';
import { logDeliveries } from './log-delivery.js';
import { checkWindows, maintenanceWindow, snapshotWindow } from './maintenance-windows.js';
import { topicChange } from './notification-topic.js';

/** The parameters of ModifyReplicationGroup and of ModifyCacheCluster that ElastiCache applies at once. */
type CommonRequest = Pick<
  Decoded<ModifyReplicationGroupMessage>,
  | 'AutoMinorVersionUpgrade'
  | 'LogDeliveryConfigurations'
  | 'NotificationTopicArn'
  | 'NotificationTopicStatus'
  | 'PreferredMaintenanceWindow'
  | 'SecurityGroupIds'
  | 'SnapshotRetentionLimit'
  | 'SnapshotWindow'
>;

/**
 * Reads the changes of both actions, without those that are not given.
 * @throws ExpectedFailure if one is invalid
 */
export function commonChanges(
  group: ReplicationGroupRecord,
  input: CommonRequest,
  region: string,
): Partial<ReplicationGroupRecord> {
  const { AutoMinorVersionUpgrade, LogDeliveryConfigurations, SecurityGroupIds, SnapshotRetentionLimit } = input;
  if (SnapshotRetentionLimit !== undefined) checkSnapshotRetention(SnapshotRetentionLimit);
  const changesTopic = input.NotificationTopicArn !== undefined || input.NotificationTopicStatus !== undefined;
  return {
    ...(SecurityGroupIds !== undefined && { securityGroupIds: SecurityGroupIds }),
    ...(AutoMinorVersionUpgrade !== undefined && { autoMinorVersionUpgrade: AutoMinorVersionUpgrade }),
    ...(SnapshotRetentionLimit !== undefined && { snapshotRetentionDays: SnapshotRetentionLimit }),
    ...windowChange(group, input),
    ...(changesTopic && topicChange(group, input, region)),
    ...(LogDeliveryConfigurations !== undefined && {
      logDelivery: logDeliveries(group.logDelivery, LogDeliveryConfigurations),
    }),
  };
}

function windowChange(
  group: ReplicationGroupRecord,
  { PreferredMaintenanceWindow: weekly, SnapshotWindow: daily }: CommonRequest,
): Partial<ReplicationGroupRecord> {
  if (weekly === undefined && daily === undefined) return {};
  const windows = {
    maintenanceWindow: weekly === undefined ? group.maintenanceWindow : maintenanceWindow(weekly),
    snapshotWindow: daily === undefined ? group.snapshotWindow : snapshotWindow(daily),
  };
  checkWindows(windows);
  return windows;
}
