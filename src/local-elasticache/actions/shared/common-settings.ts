import type { CreateReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { Decoded } from '../../wire/decode.js';
import { logDeliveries } from './log-delivery.js';
import { chooseWindows } from './maintenance-windows.js';
import { notificationTopic } from './notification-topic.js';

/** The parameters of CreateReplicationGroup and of CreateCacheCluster that can be changed at once (see `commonChanges`). */
type CommonRequest = Pick<
  Decoded<CreateReplicationGroupMessage>,
  | 'AutoMinorVersionUpgrade'
  | 'LogDeliveryConfigurations'
  | 'NotificationTopicArn'
  | 'PreferredMaintenanceWindow'
  | 'SecurityGroupIds'
  | 'SnapshotRetentionLimit'
  | 'SnapshotWindow'
>;

type CommonSettings = Pick<
  ReplicationGroupRecord,
  | 'autoMinorVersionUpgrade'
  | 'logDelivery'
  | 'maintenanceWindow'
  | 'notificationTopicArn'
  | 'securityGroupIds'
  | 'snapshotRetentionDays'
  | 'snapshotWindow'
>;

/**
 * Reads the settings of both actions, with defaults for those that are not given.
 * @throws ExpectedFailure if one is invalid
 */
export function commonSettings(input: CommonRequest, region: string): CommonSettings {
  const topic = input.NotificationTopicArn;
  return {
    securityGroupIds: input.SecurityGroupIds ?? [],
    snapshotRetentionDays: input.SnapshotRetentionLimit ?? 0,
    ...chooseWindows({ maintenance: input.PreferredMaintenanceWindow, snapshot: input.SnapshotWindow }),
    notificationTopicArn: topic ? notificationTopic(topic, region) : undefined,
    logDelivery: logDeliveries([], input.LogDeliveryConfigurations),
    autoMinorVersionUpgrade: input.AutoMinorVersionUpgrade ?? true,
  };
}
