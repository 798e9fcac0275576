import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DefaultUserRequired, DuplicateUserNameFault, UserNotFoundFault } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../helpers/run/eventually.js';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../helpers/elasticache/local-elasticache.js';

const password = 'canary-good-Password-1';
const newUser = { UserName: 'app', Engine: 'Redis', AccessString: 'off +get ~keys*', Passwords: [password] };

describe('users and user groups', () => {
  it('are described without their passwords, which are not in the state either', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const user = await local.client.createUser({ ...newUser, UserId: 'App', Tags: [{ Key: 'team', Value: 'a&b' }] });
    expect(user).toMatchObject({
      UserId: 'app',
      Status: 'active',
      Engine: 'redis',
      AccessString: 'off ~keys* -@all +get',
      Authentication: { Type: 'password', PasswordCount: 1 },
    });
    const { TagList } = await local.client.listTagsForResource({ ResourceName: user.ARN! });
    expect(TagList).toEqual([{ Key: 'team', Value: 'a&b' }]);
    expect(await readFile(join(local.dataDir, 'elasticache.json'), 'utf8')).not.toContain(password);
    await expect(local.client.describeUsers({ UserId: 'nope' })).rejects.toBeInstanceOf(UserNotFoundFault);
  });

  it('follow the rules of groups', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    await client.createUser({ ...newUser, UserId: 'app' });
    await client.createUser({ ...newUser, UserId: 'app2' });
    await client.createUser({ ...newUser, UserId: 'std', UserName: 'default' });
    const create = (...UserIds: string[]) => client.createUserGroup({ UserGroupId: 'g', Engine: 'redis', UserIds });
    await expect(create('app')).rejects.toBeInstanceOf(DefaultUserRequired);
    await expect(create('app', 'app2', 'std')).rejects.toBeInstanceOf(DuplicateUserNameFault);
    await expect(create('app', 'nope')).rejects.toBeInstanceOf(UserNotFoundFault);
    expect(await create('app', 'std')).toMatchObject({ Status: 'creating', UserIds: ['app', 'std'] });
    await expect(client.deleteUser({ UserId: 'std' })).rejects.toMatchObject({
      name: 'DefaultUserAssociatedToUserGroupFault',
    });
    await expect(client.deleteUser({ UserId: 'default' })).rejects.toThrow(/default/);
    expect(await client.deleteUser({ UserId: 'app' })).toMatchObject({ Status: 'deleting', UserGroupIds: ['g'] });
    await eventually(async () => {
      const { Users = [] } = await client.describeUsers();
      expect(Users.map(({ UserId }) => UserId)).toEqual(['app2', 'default', 'std']);
    });
    const { UserGroups: [group] = [] } = await client.describeUserGroups({ UserGroupId: 'g' });
    expect(group).toMatchObject({ Status: 'active', UserIds: ['std'] });
  });

  it('are applied to the nodes of the groups that use them, and are active afterwards', async () => {
    const fleet = createFakeFleet();
    await using local = await startElastiCache(fleet);
    const { client } = local;
    await client.createUser({ ...newUser, UserId: 'app', Engine: 'valkey' });
    await client.createUserGroup({ UserGroupId: 'g', Engine: 'valkey', UserIds: ['app'] });
    await expect(client.createReplicationGroup({ ...smallGroup, UserGroupIds: ['g'] })).rejects.toThrow(
      'User group based access control requires encryption-in-transit to be enabled on the replication group.',
    );
    await client.createReplicationGroup({ ...smallGroup, TransitEncryptionEnabled: true, UserGroupIds: ['g'] });
    await groupStatusBecomes(client, 'orders', 'available');
    const rules = () =>
      fleet.running
        .get('orders')!
        .users.find(({ name }) => name === 'app')!
        .rules.join(' ');
    expect(rules()).toMatch(/^off #[0-9a-f]{64} ~keys\* &\* -@all \+get$/);

    const release = fleet.hold();
    expect((await client.modifyUser({ UserId: 'app', AppendAccessString: 'on +set' })).Status).toBe('modifying');
    await expect(client.modifyUser({ UserId: 'app', AccessString: 'off' })).rejects.toThrow(
      'User app has status modifying. Only active users can be modified.',
    );
    release();
    await eventually(async () => {
      const { Users: [user] = [] } = await client.describeUsers({ UserId: 'app' });
      expect(user!.Status).toBe('active');
    });
    expect(rules()).toMatch(/^on #[0-9a-f]{64} ~keys\* &\* -@all \+get \+set$/);
    await expect(client.deleteUserGroup({ UserGroupId: 'g' })).rejects.toMatchObject({
      name: 'InvalidUserGroupStateFault',
    });
  });

  it('can be added to and removed from a group that is in use', async () => {
    const fleet = createFakeFleet();
    await using local = await startElastiCache(fleet);
    const { client } = local;
    await client.createUser({ ...newUser, UserId: 'app', Engine: 'valkey' });
    await client.createUser({ ...newUser, UserId: 'web', UserName: 'web', Engine: 'valkey' });
    await client.createUserGroup({ UserGroupId: 'g', Engine: 'valkey', UserIds: ['app'] });
    await client.createReplicationGroup({ ...smallGroup, TransitEncryptionEnabled: true, UserGroupIds: ['g'] });
    await groupStatusBecomes(client, 'orders', 'available');
    expect(
      await client.modifyUserGroup({ UserGroupId: 'g', UserIdsToAdd: ['web'], UserIdsToRemove: ['app'] }),
    ).toMatchObject({ Status: 'modifying', PendingChanges: { UserIdsToAdd: ['web'], UserIdsToRemove: ['app'] } });
    const names = () => fleet.running.get('orders')!.users.map(({ name }) => name);
    await eventually(() => expect(names()).toEqual(['web', 'default']));
    const modify = (change: object) => client.modifyUserGroup({ UserGroupId: 'g', ...change });
    await eventually(() => expect(modify({ UserIdsToAdd: ['web'] })).rejects.toThrow(/already a member/));
    await expect(modify({ UserIdsToRemove: ['app'] })).rejects.toThrow(/not a member/);
    await expect(modify({})).rejects.toThrow(/Expected a change/);
  });

  it.each([
    [{ AuthenticationMode: { Type: 'iam' } }, 'User Id and User name must be same for authentication type: iam'],
    [{ Passwords: ['short'] }, 'Passwords length must be between 16-128 characters.'],
    [{ AccessString: 'on ~*\n+@all', Passwords: [password] }, 'one line'],
    [{ UserId: '1a', Passwords: [password] }, 'user ID'],
    [{ Engine: 'memcached', Passwords: [password] }, 'valkey or redis'],
    [{}, 'Input Authentication type: null is not in the allowed list: [password,no-password-required,iam]'],
  ] as const)('are not created by %j', async (change, message) => {
    await using local = await startElastiCache(createFakeFleet());
    const { Passwords: _, ...base } = newUser;
    await expect(local.client.createUser({ ...base, UserId: 'other', ...change } as never)).rejects.toThrow(message);
    expect((await local.client.describeUsers()).Users).toHaveLength(1);
  });
});
