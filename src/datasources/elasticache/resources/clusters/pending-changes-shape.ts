import type { CacheCluster, ReplicationGroup } from '@aws-sdk/client-elasticache';
import type { AuthTokenStatus, PendingClusterChanges, TransitEncryption } from '../../../../domain/cluster/cluster.js';
import { awsWords } from '../aws-words.js';
import { oneOf } from '../shapes.js';

const authTokenStatuses: Readonly<Record<string, AuthTokenStatus>> = { setting: 'SETTING', rotating: 'ROTATING' };

/** Joins what ElastiCache reports as pending of the group and of its nodes; null if nothing is. */
export function pendingChangesOf(
  { PendingModifiedValues: ofGroup = {} }: ReplicationGroup,
  members: readonly CacheCluster[],
): PendingClusterChanges | null {
  const ofNodes = members.map(({ PendingModifiedValues: pending = {} }) => pending);
  const changes: PendingClusterChanges = {
    nodeType: ofNodes.find(({ CacheNodeType }) => CacheNodeType !== undefined)?.CacheNodeType ?? null,
    engineVersion: ofNodes.find(({ EngineVersion }) => EngineVersion !== undefined)?.EngineVersion ?? null,
    primaryNode: ofGroup.PrimaryClusterId ?? null,
    automaticFailover: oneOf(ofGroup.AutomaticFailoverStatus, awsWords.failoverStates) ?? null,
    clusterMode: oneOf(ofGroup.ClusterMode, awsWords.clusterModes) ?? null,
    transitEncryption: transitEncryptionOf(ofGroup.TransitEncryptionEnabled, ofGroup.TransitEncryptionMode),
    authTokenStatus: oneOf(ofGroup.AuthTokenStatus, authTokenStatuses) ?? null,
    reshardingPercent: ofGroup.Resharding?.SlotMigration?.ProgressPercentage ?? null,
    addUserGroupIds: someOf(ofGroup.UserGroups?.UserGroupIdsToAdd),
    removeUserGroupIds: someOf(ofGroup.UserGroups?.UserGroupIdsToRemove),
  };
  return Object.values(changes).every((change) => change === null) ? null : changes;
}

function transitEncryptionOf(enabled: boolean | undefined, mode: string | undefined): TransitEncryption | null {
  if (enabled === false) return 'DISABLED';
  if (mode !== undefined) return mode === 'preferred' ? 'PREFERRED' : 'REQUIRED';
  return enabled === undefined ? null : 'REQUIRED';
}

function someOf(ids: readonly string[] | undefined): readonly string[] | null {
  return ids && ids.length > 0 ? ids : null;
}
