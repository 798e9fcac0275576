import { AwsFault } from '../wire/fault.js';
import { decodeInput } from '../wire/decode.js';
import { operationSchemas } from '../../interop/elasticache-schemas.js';
import {
  createCacheParameterGroup,
  deleteCacheParameterGroup,
  describeCacheParameterGroups,
  modifyCacheParameterGroup,
  resetCacheParameterGroup,
} from './parameters/cache-parameter-groups.js';
import { describeCacheParameters, describeEngineDefaultParameters } from './parameters/cache-parameters.js';
import {
  createCacheSubnetGroup,
  deleteCacheSubnetGroup,
  describeCacheSubnetGroups,
  modifyCacheSubnetGroup,
} from './subnet-groups/cache-subnet-groups.js';
import { createReplicationGroup } from './replication-groups/create-replication-group.js';
import { copySnapshot } from './snapshots/copy-snapshot.js';
import { createSnapshot } from './snapshots/create-snapshot.js';
import { deleteSnapshot } from './snapshots/delete-snapshot.js';
import { describeSnapshots } from './snapshots/describe-snapshots.js';
import { createUserGroup } from './user-groups/create-user-group.js';
import { createUser } from './users/create-user.js';
import { deleteReplicationGroup } from './replication-groups/delete-replication-group.js';
import { deleteUserGroup } from './user-groups/delete-user-group.js';
import { deleteUser } from './users/delete-user.js';
import { createCacheCluster } from './cache-clusters/create-cache-cluster.js';
import { deleteCacheCluster } from './cache-clusters/delete-cache-cluster.js';
import { modifyCacheCluster } from './cache-clusters/modify-cache-cluster.js';
import { describeCacheClusters } from './cache-clusters/describe-cache-clusters.js';
import { rebootCacheCluster } from './cache-clusters/reboot-cache-cluster.js';
import { describeCacheEngineVersions } from './describe-cache-engine-versions.js';
import { describeEvents } from './describe-events.js';
import { describeReplicationGroups } from './replication-groups/describe-replication-groups.js';
import { describeUserGroups } from './user-groups/describe-user-groups.js';
import { describeUsers } from './users/describe-users.js';
import { emptyLists } from './empty-lists.js';
import { makeChange, type Change, type ActionContext, type Action } from './action-context.js';
import { listAllowedNodeTypeModifications } from './replication-groups/list-allowed-node-type-modifications.js';
import { modifyReplicationGroup } from './replication-groups/modify-replication-group.js';
import { modifyUserGroup } from './user-groups/modify-user-group.js';
import { modifyUser } from './users/modify-user.js';
import { notImplemented } from './refused-actions.js';
import { addTagsToResource, listTagsForResource, removeTagsFromResource } from './tags/tags.js';
import { testFailover } from './replication-groups/test-failover.js';
import { decreaseReplicaCount } from './scaling/decrease-replica-count.js';
import { increaseReplicaCount } from './scaling/increase-replica-count.js';
import { modifyReplicationGroupShardConfiguration } from './scaling/modify-shard-configuration.js';

/** Actions that change nothing, or make their changes themselves. An action in neither table is refused by name. */
const operations: Readonly<Record<string, Action<never, object>>> = {
  ...emptyLists,
  DescribeCacheClusters: describeCacheClusters,
  DescribeCacheEngineVersions: describeCacheEngineVersions,
  DescribeCacheParameterGroups: describeCacheParameterGroups,
  DescribeCacheParameters: describeCacheParameters,
  DescribeCacheSubnetGroups: describeCacheSubnetGroups,
  DescribeEngineDefaultParameters: describeEngineDefaultParameters,
  DescribeEvents: describeEvents,
  DescribeReplicationGroups: describeReplicationGroups,
  DescribeSnapshots: describeSnapshots,
  DescribeUserGroups: describeUserGroups,
  DescribeUsers: describeUsers,
  ListAllowedNodeTypeModifications: listAllowedNodeTypeModifications,
  ListTagsForResource: listTagsForResource,
  ModifyCacheCluster: modifyCacheCluster,
  ModifyReplicationGroup: modifyReplicationGroup,
};

const changes: Readonly<Record<string, Change<never, object>>> = {
  AddTagsToResource: addTagsToResource,
  CreateCacheCluster: createCacheCluster,
  CreateCacheParameterGroup: createCacheParameterGroup,
  CreateCacheSubnetGroup: createCacheSubnetGroup,
  CopySnapshot: copySnapshot,
  CreateReplicationGroup: createReplicationGroup,
  CreateSnapshot: createSnapshot,
  CreateUser: createUser,
  CreateUserGroup: createUserGroup,
  DecreaseReplicaCount: decreaseReplicaCount,
  DeleteCacheCluster: deleteCacheCluster,
  DeleteCacheParameterGroup: deleteCacheParameterGroup,
  DeleteCacheSubnetGroup: deleteCacheSubnetGroup,
  DeleteReplicationGroup: deleteReplicationGroup,
  DeleteSnapshot: deleteSnapshot,
  DeleteUser: deleteUser,
  DeleteUserGroup: deleteUserGroup,
  IncreaseReplicaCount: increaseReplicaCount,
  ModifyCacheParameterGroup: modifyCacheParameterGroup,
  ModifyCacheSubnetGroup: modifyCacheSubnetGroup,
  ModifyReplicationGroupShardConfiguration: modifyReplicationGroupShardConfiguration,
  ModifyUser: modifyUser,
  ModifyUserGroup: modifyUserGroup,
  RebootCacheCluster: rebootCacheCluster,
  RemoveTagsFromResource: removeTagsFromResource,
  ResetCacheParameterGroup: resetCacheParameterGroup,
  TestFailover: testFailover,
};

/** How the endpoint answers an action of AWS. */
export type Support = 'CHANGES' | 'READS' | 'EMPTY_LIST' | 'REFUSED';

/** Whether an action changes or reads the account, always answers an empty list, or is refused by name. */
export function supportOf(action: string): Support {
  if (Object.hasOwn(emptyLists, action)) return 'EMPTY_LIST';
  if (!Object.hasOwn(changes, action) && !Object.hasOwn(operations, action)) return 'REFUSED';
  return /^(?:Describe|List)/.test(action) ? 'READS' : 'CHANGES';
}

/**
 * Runs the action that the request names, and resolves to its schema and output.
 * @throws AwsFault or ExpectedFailure if the action is unknown, not implemented here, or fails
 */
export async function runAction(
  endpoint: ActionContext,
  parameters: URLSearchParams,
  signal: AbortSignal,
): Promise<{ schema: Parameters<typeof decodeInput>[0]; output: object }> {
  const action = parameters.get('Action');
  if (action === null) {
    throw new AwsFault('MissingAction', 'Expected the parameter Action: this is an ElastiCache endpoint (AWS Query).');
  }
  const schema = operationSchemas.get(action);
  if (!schema)
    throw new AwsFault('InvalidAction', `Could not find operation ${action.slice(0, 60)} for version 2015-02-02.`);
  if (supportOf(action) === 'REFUSED') throw notImplemented(action);
  const input = decodeInput(schema, parameters);
  // The decoder has parsed the input by the operation's schema, from which the SDK's input types are generated.
  const change = Object.hasOwn(changes, action) ? changes[action] : undefined;
  if (change) return { schema, output: await makeChange(endpoint, change, input as never) };
  const operation = Object.hasOwn(operations, action) ? operations[action] : undefined;
  if (operation) return { schema, output: await operation(endpoint, input as never, signal) };
  throw notImplemented(action);
}
