import type { Refusal, WriteOperation } from './refusals.js';

/** A pattern of a message, and the path below `input` of what it is about. */
type Words = readonly (readonly [RegExp, readonly string[]])[];

const anyWords = /^/;

const userWords: Words = [
  [/\bpasswords?\b/i, ['authentication', 'passwords']],
  [/AuthenticationMode|authentication type: iam/i, ['authentication', 'type']],
  [/access ?string/i, ['accessString']],
];

const clusterWords: Words = [
  // Either window may be the one that was given.
  [/window.* must not overlap/i, []],
  [/encryption.in.transit|TransitEncryption/i, ['transitEncryption']],
  [/maintenance ?window/i, ['maintenanceWindow']],
  [/snapshot ?window/i, ['snapshotWindow']],
  [/\btopic|NotificationTopic/i, ['notificationTopicArn']],
];

const settingWords: Words = [
  [/automatic ?failover/i, ['automaticFailover']],
  [/multi-?az/i, ['multiAz']],
  [/cluster ?mode/i, ['clusterMode']],
  [/\bversion\b|EngineVersion/i, ['engineVersion']],
  [/node ?type/i, ['nodeType']],
  [/parameter ?group/i, ['parameterGroup']],
  [/security ?group/i, ['securityGroupIds']],
  [/SnapshotRetention/i, ['snapshotRetentionDays']],
];

const subnetWords: Words = [[/subnet/i, ['subnetIds']]];

/**
 * ElastiCache identifies the parameter of an `InvalidParameterValue` only in the message, by its own name or in a phrase. The first
 * pattern that matches wins. All paths are fields of the operation's input.
 */
export const parameterWords: Partial<Readonly<Record<WriteOperation, Words>>> = {
  createCluster: [
    [/^A snapshot of .* cannot be restored/, ['snapshot']],
    ...clusterWords,
    [/auth ?token/i, ['authToken']],
    [/replicas per node group|ReplicasPerNodeGroup|NumCacheClusters/i, ['replicasPerShard']],
    [/ReplicationGroupDescription/, ['description']],
    ...settingWords,
    [/subnet ?group/i, ['subnetGroup']],
    [/NumNodeGroups|NodeGroupCount|number of node groups|shard configuration/i, ['shards']],
  ],
  modifyCluster: [
    [/^User group .* is not associated/, ['removeUserGroupIds']],
    [/^Cannot modify \w+ from \S+ to [a-z]/, ['engine']],
    [/^Cannot modify \w+ from/, ['engineVersion']],
    ...clusterWords,
    [/auth ?token/i, ['addUserGroupIds']],
    ...settingWords,
  ],
  setAuthToken: [
    [/user group/i, ['addUserGroupIds']],
    [/auth ?token/i, ['token']],
  ],
  setReplicaCount: [[anyWords, ['replicasPerShard']]],
  setShardCount: [[anyWords, ['shards']]],
  createUser: userWords,
  modifyUser: userWords,
  deleteUser: [[anyWords, ['userId']]],
  modifyUserGroup: [
    [/is not a member/, ['removeUserIds']],
    [/\buser\b/i, ['addUserIds']],
  ],
  createUserGroup: [[/\buser\b/i, ['userIds']]],
  createParameterGroup: [[/family/i, ['family']]],
  modifyParameterGroup: [[anyWords, ['parameters']]],
  resetParameterGroup: [[anyWords, ['names']]],
  createSubnetGroup: subnetWords,
  modifySubnetGroup: subnetWords,
  deleteSubnetGroup: [[anyWords, ['subnetGroup']]],
};

/** The path of the input field that ElastiCache refused; undefined if that is unknown. */
export function refusedPath(
  refusal: Refusal,
  operation: WriteOperation,
  message: string,
): readonly string[] | undefined {
  const { field } = refusal;
  const name = typeof field === 'string' ? field : (field?.[operation] ?? field?.otherwise);
  if (name !== undefined) return ['input', name];
  if (refusal.code !== 'INVALID_INPUT' && refusal.code !== 'NOT_SUPPORTED') return undefined;
  const words = parameterWords[operation]?.find(([pattern]) => pattern.test(message));
  return words && ['input', ...words[1]];
}
