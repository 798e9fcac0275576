import type { ControlPlane, RecallingDirectory } from '../interfaces.js';

/** The setting of keyspace notifications in a cluster's parameter group. */
interface NotificationSetting {
  readonly group: string;
  readonly flags: string;
}

/** Reads it for clusters of ElastiCache, whose nodes refuse CONFIG. Undefined for clusters without a parameter group. */
export function createNotificationSettings(
  controlPlane: Pick<ControlPlane, 'parameter'>,
  directory: Pick<RecallingDirectory, 'find'>,
): (cluster: string) => Promise<NotificationSetting | undefined> {
  return async (cluster) => {
    const { parameterGroup } = await directory.find(cluster);
    if (parameterGroup === null) return undefined;
    const flags = await controlPlane.parameter({ parameterGroup, name: 'notify-keyspace-events' });
    return flags === null ? undefined : { group: parameterGroup, flags };
  };
}
