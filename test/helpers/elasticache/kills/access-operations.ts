import assert from 'node:assert/strict';
import { canary } from '../../run/canary.js';
import type { OperationFactory } from './operation.js';

const guestsOf = (ids: readonly (string | undefined)[]): string[] =>
  ids.flatMap((id) => (id?.startsWith('guest') ? [id] : []));

const createUser: OperationFactory = ({ newName }) => {
  const id = newName('guest');
  return {
    name: `create user ${id}`,
    spanMs: 30,
    send: (client) =>
      client.createUser({
        UserId: id,
        UserName: id,
        Engine: 'valkey',
        AccessString: 'on ~guest* +@read',
        Passwords: [canary('guest')],
      }),
    check: ({ view }, isAcknowledged) =>
      assert.ok(view.users.some(({ UserId }) => UserId === id) || !isAcknowledged, `${id} does not exist`),
  };
};

const changeUser: OperationFactory = ({ random, before }) => {
  const guests = guestsOf(before.users.map(({ UserId }) => UserId));
  if (guests.length === 0) return undefined;
  const [id, access] = [random.pick(guests), `on ~guest-${random.integer(1_000)}* -@all +@read`];
  return {
    name: `modify user ${id}`,
    spanMs: 60,
    send: (client) => client.modifyUser({ UserId: id, AccessString: access }),
    check({ view }, isAcknowledged) {
      const user = view.users.find(({ UserId }) => UserId === id);
      if (isAcknowledged) assert.equal(user?.AccessString, access);
    },
  };
};

const deleteUser: OperationFactory = ({ random, before }) => {
  const guests = guestsOf(before.users.map(({ UserId }) => UserId));
  if (guests.length < 2) return undefined;
  const id = random.pick(guests);
  return {
    name: `delete user ${id}`,
    spanMs: 60,
    send: (client) => client.deleteUser({ UserId: id }),
    check({ view }, isAcknowledged) {
      assert.ok(!view.users.some(({ UserId }) => UserId === id) || !isAcknowledged, `${id} exists`);
      for (const { UserIds = [] } of view.userGroups) {
        const known = new Set(view.users.map(({ UserId }) => UserId));
        assert.deepEqual(
          UserIds.filter((one) => !known.has(one)),
          [],
          'a user group has users that do not exist',
        );
      }
    },
  };
};

const changeTeam: OperationFactory = ({ random, before }) => {
  const guests = guestsOf(before.users.map(({ UserId }) => UserId));
  if (guests.length === 0) return undefined;
  const id = random.pick(guests);
  const team = before.userGroups.find(({ UserGroupId }) => UserGroupId === 'team');
  const isMember = team?.UserIds?.includes(id) === true;
  return {
    name: `${isMember ? 'remove' : 'add'} ${id} ${isMember ? 'from' : 'to'} team`,
    spanMs: 60,
    send: (client) =>
      client.modifyUserGroup({
        UserGroupId: 'team',
        ...(isMember ? { UserIdsToRemove: [id] } : { UserIdsToAdd: [id] }),
      }),
    check({ view }, isAcknowledged) {
      const found = view.userGroups.find(({ UserGroupId }) => UserGroupId === 'team');
      if (isAcknowledged) assert.equal(found?.UserIds?.includes(id) === true, !isMember);
    },
  };
};

const tag: OperationFactory = ({ random, before, newName }) => {
  const group = random.pick(before.groups);
  const arns = [
    group.ARN!,
    ...before.snapshots.map(({ ARN }) => ARN!),
    ...before.parameterGroups.map(({ ARN }) => ARN!),
  ];
  const [arn, value] = [random.pick(arns), newName('value')];
  return {
    name: `tag ${arn.split(':').slice(5).join(':')}`,
    spanMs: 30,
    send: (client) => client.addTagsToResource({ ResourceName: arn, Tags: [{ Key: 'purpose', Value: value }] }),
    async check({ client, view }, isAcknowledged) {
      if (!isAcknowledged) return;
      const nodes = view.groups.find(({ ARN }) => ARN === arn)?.MemberClusters ?? [];
      const all = [
        arn,
        ...view.nodes.flatMap(({ CacheClusterId: id = '', ARN }) => (nodes.includes(id) ? [ARN!] : [])),
      ];
      for (const ResourceName of all) {
        const { TagList = [] } = await client.listTagsForResource({ ResourceName });
        assert.deepEqual(
          TagList.filter(({ Key }) => Key === 'purpose').map(({ Value }) => Value),
          [value],
          ResourceName,
        );
      }
    },
  };
};

const describeGroup: OperationFactory = ({ random, before, newName }) => {
  const [id, text] = [random.pick(before.groups).ReplicationGroupId!, newName('description')];
  return {
    name: `describe ${id} as ${text}`,
    spanMs: 60,
    send: (client) =>
      client.modifyReplicationGroup({
        ReplicationGroupId: id,
        ReplicationGroupDescription: text,
        ApplyImmediately: true,
      }),
    check({ view }, isAcknowledged) {
      const found = view.groups.find(({ ReplicationGroupId }) => ReplicationGroupId === id);
      if (isAcknowledged) assert.equal(found?.Description, text);
    },
  };
};

export const accessOperations: readonly OperationFactory[] = [
  createUser,
  changeUser,
  deleteUser,
  changeTeam,
  tag,
  describeGroup,
];
