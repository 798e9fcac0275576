import type { UserErrorCode } from '../../domain/errors.js';

/** The writes of the control plane. They have the names of the mutations, because the table below refers to fields of their inputs. */
export type WriteOperation =
  | 'createCluster'
  | 'modifyCluster'
  | 'setAuthToken'
  | 'setReplicaCount'
  | 'setShardCount'
  | 'deleteCluster'
  | 'testFailover'
  | 'rebootNode'
  | 'promoteReplica'
  | 'createSnapshot'
  | 'copySnapshot'
  | 'deleteSnapshot'
  | 'createUser'
  | 'modifyUser'
  | 'deleteUser'
  | 'createUserGroup'
  | 'modifyUserGroup'
  | 'deleteUserGroup'
  | 'createParameterGroup'
  | 'modifyParameterGroup'
  | 'resetParameterGroup'
  | 'deleteParameterGroup'
  | 'createSubnetGroup'
  | 'modifySubnetGroup'
  | 'deleteSubnetGroup'
  | 'addTags'
  | 'removeTags';

export interface Refusal {
  readonly code: UserErrorCode;
  /** The input field that was refused. If it differs between writes, `otherwise` applies to those that are not listed. */
  readonly field?: string | ({ readonly otherwise?: string } & Partial<Record<WriteOperation, string>>);
}

/** The mutations of tags name the resource in one field, whatever it is. */
const tagged = { addTags: 'resource', removeTags: 'resource' } as const;
const users = { otherwise: 'userId', createUserGroup: 'userIds', modifyUserGroup: 'addUserIds', ...tagged } as const;
const userGroups = {
  otherwise: 'userGroupId',
  createCluster: 'userGroupIds',
  modifyCluster: 'addUserGroupIds',
  setAuthToken: 'addUserGroupIds',
  ...tagged,
} as const;
const newSnapshot = { otherwise: 'name', deleteCluster: 'finalSnapshot' } as const;
const cluster = { otherwise: 'cluster', createCluster: 'name', ...tagged } as const;
/** Refusals that are about a node, if the input names one. */
const nodes = { ...cluster, rebootNode: 'nodes', promoteReplica: 'node' } as const;
const parameterGroup = { otherwise: 'parameterGroup', createParameterGroup: 'name', ...tagged } as const;
const subnetGroup = { otherwise: 'subnetGroup', createSubnetGroup: 'name', ...tagged } as const;
const subnets = { otherwise: 'subnetGroup', createSubnetGroup: 'subnetIds', modifySubnetGroup: 'subnetIds' } as const;

/** ElastiCache's error codes, as they are in responses, that are about the caller's input or the state of resources. */
export const refusals: Readonly<Record<string, Refusal>> = {
  UserAlreadyExists: { code: 'ALREADY_EXISTS', field: 'userId' },
  UserGroupAlreadyExists: { code: 'ALREADY_EXISTS', field: 'userGroupId' },
  ReplicationGroupAlreadyExists: { code: 'ALREADY_EXISTS', field: 'name' },
  CacheClusterAlreadyExists: { code: 'ALREADY_EXISTS', field: 'name' },
  CacheParameterGroupAlreadyExists: { code: 'ALREADY_EXISTS', field: 'name' },
  CacheSubnetGroupAlreadyExists: { code: 'ALREADY_EXISTS', field: 'name' },
  SnapshotAlreadyExistsFault: { code: 'ALREADY_EXISTS', field: newSnapshot },

  UserNotFound: { code: 'NOT_FOUND', field: users },
  UserGroupNotFound: { code: 'NOT_FOUND', field: userGroups },
  ReplicationGroupNotFoundFault: { code: 'NOT_FOUND', field: cluster },
  CacheClusterNotFound: { code: 'NOT_FOUND', field: nodes },
  NodeGroupNotFoundFault: { code: 'NOT_FOUND', field: 'shard' },
  CacheParameterGroupNotFound: { code: 'NOT_FOUND', field: parameterGroup },
  CacheSubnetGroupNotFoundFault: { code: 'NOT_FOUND', field: subnetGroup },
  CacheSecurityGroupNotFound: { code: 'NOT_FOUND', field: 'securityGroupIds' },
  SnapshotNotFoundFault: { code: 'NOT_FOUND', field: 'snapshot' },
  ServerlessCacheNotFoundFault: { code: 'NOT_FOUND', field: { ...tagged } },
  ServerlessCacheSnapshotNotFoundFault: { code: 'NOT_FOUND', field: { ...tagged } },
  ReservedCacheNodeNotFound: { code: 'NOT_FOUND', field: { ...tagged } },
  TagNotFound: { code: 'NOT_FOUND', field: { otherwise: 'tags', removeTags: 'keys' } },

  InvalidUserState: { code: 'INVALID_STATE', field: users },
  InvalidUserGroupState: { code: 'INVALID_STATE', field: userGroups },
  InvalidReplicationGroupState: { code: 'INVALID_STATE', field: cluster },
  InvalidCacheClusterState: { code: 'INVALID_STATE', field: nodes },
  InvalidCacheParameterGroupState: { code: 'INVALID_STATE', field: parameterGroup },
  CacheSubnetGroupInUse: { code: 'INVALID_STATE', field: subnetGroup },
  SubnetInUse: { code: 'INVALID_STATE', field: subnets },
  InvalidSnapshotState: { code: 'INVALID_STATE', field: 'snapshot' },
  InvalidVPCNetworkStateFault: { code: 'INVALID_STATE', field: 'subnetGroup' },
  DefaultUserAssociatedToUserGroup: {
    code: 'INVALID_STATE',
    field: { otherwise: 'userId', modifyUserGroup: 'removeUserIds' },
  },
  ServiceLinkedRoleNotFoundFault: { code: 'INVALID_STATE' },
  NoOperationFault: { code: 'INVALID_STATE', field: 'cluster' },
  TestFailoverNotAvailableFault: { code: 'INVALID_STATE', field: 'cluster' },

  UserQuotaExceeded: { code: 'QUOTA_EXCEEDED' },
  UserGroupQuotaExceeded: { code: 'QUOTA_EXCEEDED' },
  ClusterQuotaForCustomerExceeded: { code: 'QUOTA_EXCEEDED' },
  NodeQuotaForClusterExceeded: {
    code: 'QUOTA_EXCEEDED',
    field: { createCluster: 'replicasPerShard', setReplicaCount: 'replicasPerShard', setShardCount: 'shards' },
  },
  NodeQuotaForCustomerExceeded: { code: 'QUOTA_EXCEEDED' },
  NodeGroupsPerReplicationGroupQuotaExceeded: { code: 'QUOTA_EXCEEDED', field: 'shards' },
  SnapshotQuotaExceededFault: { code: 'QUOTA_EXCEEDED', field: newSnapshot },
  CacheParameterGroupQuotaExceeded: { code: 'QUOTA_EXCEEDED' },
  CacheSubnetGroupQuotaExceeded: { code: 'QUOTA_EXCEEDED' },
  CacheSubnetQuotaExceededFault: { code: 'QUOTA_EXCEEDED', field: subnets },
  TagQuotaPerResourceExceeded: { code: 'QUOTA_EXCEEDED', field: 'tags' },
  APICallRateForCustomerExceeded: { code: 'QUOTA_EXCEEDED' },
  InsufficientCacheClusterCapacity: { code: 'QUOTA_EXCEEDED', field: 'nodeType' },

  DefaultUserRequired: {
    code: 'DEFAULT_USER_REQUIRED',
    field: { createUserGroup: 'userIds', modifyUserGroup: 'removeUserIds' },
  },
  DuplicateUserName: {
    code: 'DUPLICATE_USER_NAME',
    field: { otherwise: 'userName', createUserGroup: 'userIds', modifyUserGroup: 'addUserIds' },
  },

  InvalidParameterValue: { code: 'INVALID_INPUT' },
  InvalidParameterCombination: { code: 'INVALID_INPUT' },
  InvalidARN: { code: 'INVALID_INPUT', field: { ...tagged } },
  InvalidSubnet: { code: 'INVALID_INPUT', field: subnets },
  SubnetNotAllowedFault: { code: 'INVALID_INPUT', field: subnets },

  SnapshotFeatureNotSupportedFault: {
    code: 'NOT_SUPPORTED',
    field: { otherwise: 'cluster', deleteCluster: 'finalSnapshot' },
  },
  InvalidAction: { code: 'NOT_SUPPORTED' },
  NotImplemented: { code: 'NOT_SUPPORTED' },
};
