import { expect, it } from 'vitest';
import { getNamedType, isInputObjectType } from 'graphql';
import { refusals } from '../../../../src/datasources/elasticache/refusals.js';
import { parameterWords, refusedPath } from '../../../../src/datasources/elasticache/refused-path.js';
import { schema } from '../../../../src/schema/schema.js';

it.each([
  ['modifyCluster', 'Cannot modify valkey from 8.0 to 7.2.', ['engineVersion']],
  ['modifyCluster', 'Cannot modify valkey from 8.0 to redis 7.1.', ['engine']],
  ['modifyCluster', 'User group nope is not associated with replication group a.', ['removeUserGroupIds']],
  [
    'modifyCluster',
    'The local ElastiCache endpoint cannot change encryption in transit of an existing group.',
    ['transitEncryption'],
  ],
  ['modifyCluster', 'An AUTH token and user groups cannot be used together.', ['addUserGroupIds']],
  ['modifyCluster', 'The snapshot window and maintenance window must not overlap.', []],
  ['createCluster', 'The request must contain the parameter ReplicationGroupDescription.', ['description']],
  [
    'setReplicaCount',
    'Must have at least 1 replica when cluster mode is disabled with auto failover enabled.',
    ['replicasPerShard'],
  ],
  ['setAuthToken', 'AUTH token requires encryption-in-transit to be enabled on the replication group.', ['token']],
  ['setAuthToken', 'AuthTokenUpdateStrategy DELETE requires a user group in its place.', ['addUserGroupIds']],
  ['createCluster', 'A snapshot of valkey 8.0 cannot be restored into redis 7.1, which is older.', ['snapshot']],
  ['deleteSubnetGroup', 'The default cache subnet group cannot be deleted.', ['subnetGroup']],
  ['modifyUserGroup', 'User bob is not a member of the user group.', ['removeUserIds']],
  ['modifyUserGroup', 'User bob is already a member of the user group.', ['addUserIds']],
  ['deleteUser', 'The user default cannot be deleted.', ['userId']],
  ['createUserGroup', 'User alice has engine valkey and cannot be in a user group of engine redis.', ['userIds']],
  ['createParameterGroup', 'CacheParameterGroupFamily must be one of valkey7, valkey8.', ['family']],
  ['modifyParameterGroup', 'The parameter value is invalid for timeout. Expected 0,20-.', ['parameters']],
  ['resetParameterGroup', 'Could not find a parameter of this name.', ['names']],
  ['createSubnetGroup', 'Expected subnet IDs such as subnet-0a1b2c3d.', ['subnetIds']],
] as const)('the path of %s for "%s" is %s', (operation, message, path) => {
  expect(refusedPath({ code: 'INVALID_INPUT' }, operation, message)).toEqual(['input', ...path]);
});

it('names a resource to be tagged that does not exist', () => {
  for (const code of [
    'ServerlessCacheNotFoundFault',
    'ServerlessCacheSnapshotNotFoundFault',
    'ReservedCacheNodeNotFound',
  ]) {
    expect(refusals[code]).toMatchObject({ code: 'NOT_FOUND' });
    expect(refusedPath(refusals[code]!, 'addTags', 'Not found.')).toEqual(['input', 'resource']);
  }
});

it('names only fields that the input of the mutation has', () => {
  for (const [operation, words] of Object.entries(parameterWords)) {
    const input = schema
      .getMutationType()
      ?.getFields()
      [operation]?.args.find(({ name }) => name === 'input');
    for (const [, path] of words) expect(hasPath(input, path), `${operation}: ${path.join('.')}`).toBe(true);
  }
  expect(Object.keys(parameterWords).length).toBeGreaterThan(10);
});

function hasPath(
  input: { readonly type: Parameters<typeof getNamedType>[0] } | undefined,
  path: readonly string[],
): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return input !== undefined;
  const type = getNamedType(input?.type);
  return isInputObjectType(type) && hasPath(type.getFields()[name], rest);
}
