import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localFiles } from '../../../src/local-elasticache/local-files.js';
import { createControlPlaneApi } from '../../helpers/apis/control-plane-api.js';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { fillDisk } from '../../helpers/elasticache/full-disk.js';
import {
  groupStatusBecomes,
  smallGroup,
  startElastiCache,
  type TestElastiCache,
} from '../../helpers/elasticache/local-elasticache.js';
import { pointedAt } from '../../helpers/elasticache/scripted-elasticache.js';

const stateFile = ({ dataDir }: TestElastiCache) => join(dataDir, localFiles.state);
const diskIsFull = {
  Code: 'InsufficientStorage',
  message: expect.stringContaining('The disk is full (ENOSPC)') as string,
  $metadata: expect.objectContaining({ httpStatusCode: 507, attempts: 1 }) as object,
};
const alice = {
  UserId: 'alice',
  UserName: 'alice',
  Engine: 'valkey',
  AccessString: 'on ~* +@all',
  Passwords: ['correct-horse-battery-staple'],
};

/** A group with a user, and all changes of them. */
async function startWithGroup() {
  const fleet = createFakeFleet();
  const local = await startElastiCache(fleet);
  await local.client.createUser(alice);
  await local.client.createUserGroup({ UserGroupId: 'team', Engine: 'valkey', UserIds: ['alice'] });
  await local.client.createReplicationGroup({
    ...smallGroup,
    NumCacheClusters: 2,
    AutomaticFailoverEnabled: true,
    TransitEncryptionEnabled: true,
    UserGroupIds: ['team'],
  });
  await groupStatusBecomes(local.client, 'orders', 'available');
  return { local, fleet };
}

const account = async ({ client }: TestElastiCache) => ({
  users: (await client.describeUsers()).Users,
  userGroups: (await client.describeUserGroups()).UserGroups,
  groups: (await client.describeReplicationGroups()).ReplicationGroups,
  parameters: (await client.describeCacheParameterGroups()).CacheParameterGroups,
  events: (await client.describeEvents()).Events,
});

describe('on a full disk', () => {
  it.each<[string, (local: TestElastiCache) => Promise<unknown>]>([
    ['CreateUser', ({ client }) => client.createUser({ ...alice, UserId: 'bob', UserName: 'bob' })],
    ['ModifyUser', ({ client }) => client.modifyUser({ UserId: 'alice', AccessString: 'off -@all' })],
    ['DeleteUser', ({ client }) => client.deleteUser({ UserId: 'alice' })],
    ['CreateUserGroup', ({ client }) => client.createUserGroup({ UserGroupId: 'other', Engine: 'valkey' })],
    ['ModifyUserGroup', ({ client }) => client.modifyUserGroup({ UserGroupId: 'team', UserIdsToRemove: ['alice'] })],
    [
      'CreateReplicationGroup',
      ({ client }) => client.createReplicationGroup({ ...smallGroup, ReplicationGroupId: 'b' }),
    ],
    ['DeleteReplicationGroup', ({ client }) => client.deleteReplicationGroup({ ReplicationGroupId: 'orders' })],
    ['TestFailover', ({ client }) => client.testFailover({ ReplicationGroupId: 'orders', NodeGroupId: '0001' })],
    [
      'ModifyReplicationGroup',
      ({ client }) =>
        client.modifyReplicationGroup({ ReplicationGroupId: 'orders', ReplicationGroupDescription: 'Changed' }),
    ],
    [
      'CreateCacheParameterGroup',
      ({ client }) =>
        client.createCacheParameterGroup({
          CacheParameterGroupName: 'mine',
          CacheParameterGroupFamily: 'valkey8',
          Description: 'Mine',
        }),
    ],
  ])('%s changes nothing and gives the reason, and works when there is space', async (_action, act) => {
    const { local, fleet } = await startWithGroup();
    await using _ = local;
    const before = await account(local);
    const stored = await readFile(stateFile(local), 'utf8');
    const running = structuredClone([...fleet.running]);
    await fillDisk(stateFile(local));
    await expect(act(local)).rejects.toMatchObject(diskIsFull);
    expect(await account(local)).toEqual(before);
    expect(await readFile(stateFile(local), 'utf8')).toBe(stored);
    expect([...fleet.running]).toEqual(running);
    await act(local);
    expect(await account(local)).not.toEqual(before);
  });

  it.each([
    [
      'createUser',
      '(input: { userId: "bob", userName: "bob", accessString: "on ~* +@all", authentication: { type: NO_PASSWORD } })',
    ],
    ['createCluster', '(input: { name: "b" })'],
    ['deleteCluster', '(input: { cluster: "orders" })'],
  ])('the API answers %s with the cause, not with an unknown outcome', async (mutation, input) => {
    const { local } = await startWithGroup();
    await using _ = local;
    const controlPlane = pointedAt(local.url);
    await using api = createControlPlaneApi(controlPlane);
    const before = await account(local);
    await fillDisk(stateFile(local));
    const run = () => api.run(`mutation { ${mutation}${input} { userErrors { code message } } }`);
    const { errors } = await run();
    expect(errors?.map(({ originalError }) => originalError)).toMatchObject([
      {
        code: 'CONTROL_PLANE_UNAVAILABLE',
        message: expect.stringContaining('The disk is full (ENOSPC). Free some space and try again.') as string,
      },
    ]);
    expect(await account(local)).toEqual(before);
    expect(await run()).toMatchObject({ data: { [mutation]: { userErrors: [] } } });
    controlPlane.close();
  });

  it('completed work is stored when there is space', async () => {
    const fleet = createFakeFleet();
    await using local = await startElastiCache(fleet);
    const release = fleet.hold();
    await local.client.createReplicationGroup(smallGroup);
    await fillDisk(stateFile(local));
    release();
    await groupStatusBecomes(local.client, 'orders', 'available');
    await using again = await startElastiCache(createFakeFleet(), local.dataDir);
    await groupStatusBecomes(again.client, 'orders', 'available');
  });

  it('the endpoint does not start, and starts when there is space', async () => {
    await using first = await startElastiCache(createFakeFleet());
    await first.stop();
    await fillDisk(stateFile(first));
    await expect(startElastiCache(createFakeFleet(), first.dataDir)).rejects.toThrow('The disk is full (ENOSPC)');
    await using second = await startElastiCache(createFakeFleet(), first.dataDir);
    expect((await second.client.describeUsers()).Users).toHaveLength(1);
  });
});
