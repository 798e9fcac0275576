import { beforeAll, expect, test } from 'vitest';
import { awsCli, clientEnvironment, requirePrograms, runProgram } from '../helpers/clients/aws-programs.js';
import { startFleet } from '../helpers/elasticache/fleet.js';
import { startElastiCache } from '../helpers/elasticache/local-elasticache.js';
import { canary } from '../helpers/run/canary.js';
import { eventually } from '../helpers/run/eventually.js';

beforeAll(requirePrograms);

const id = '--replication-group-id';
const node = ['--engine', 'valkey', '--cache-node-type', 'cache.t3.small'];

async function openCli() {
  const fleet = await startFleet();
  const local = await startElastiCache(fleet);
  const cli = awsCli(local.url);
  return {
    url: local.url,
    ...cli,
    available: (group: string) => cli.run('wait', 'replication-group-available', id, group),
    group: async (group: string) =>
      (await cli.run('describe-replication-groups', id, group)).ReplicationGroups[0] as Record<string, any>,
    async [Symbol.asyncDispose]() {
      await local[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
    },
  };
}

test('a group without cluster mode is created, scaled, changed, failed over, saved, restored and deleted', async () => {
  await using cli = await openCli();
  const created = await cli.run(
    'create-replication-group',
    ...[id, 'sessions', '--replication-group-description', 'Sessions', ...node, '--num-cache-clusters', '2'],
    ...['--automatic-failover-enabled', '--multi-az-enabled', '--tags', 'Key=team,Value=web', 'Key=env,Value=test'],
  );
  expect(created.ReplicationGroup).toMatchObject({ Status: 'creating', ClusterEnabled: false, MultiAZ: 'enabled' });
  expect(
    await cli.refused('create-replication-group', id, 'sessions', '--replication-group-description', 'x', ...node),
  ).toBe('ReplicationGroupAlreadyExists');
  await cli.available('sessions');
  await cli.run('wait', 'cache-cluster-available', '--cache-cluster-id', 'sessions-001');

  const scale = (action: string, count: string) =>
    cli.run(action, id, 'sessions', '--new-replica-count', count, '--apply-immediately');
  await scale('increase-replica-count', '3');
  await cli.available('sessions');
  expect((await cli.group('sessions'))['MemberClusters']).toHaveLength(4);
  await scale('decrease-replica-count', '1');
  await cli.available('sessions');
  await cli.run('wait', 'cache-cluster-deleted', '--cache-cluster-id', 'sessions-004');
  expect((await cli.group('sessions'))['MemberClusters']).toEqual(['sessions-001', 'sessions-002']);

  await cli.run(
    'modify-replication-group',
    ...[id, 'sessions', '--replication-group-description', 'Changed', '--apply-immediately'],
    ...['--preferred-maintenance-window', 'sun:10:00-sun:11:30', '--snapshot-retention-limit', '2'],
  );
  await cli.available('sessions');
  expect(await cli.group('sessions')).toMatchObject({ Description: 'Changed', SnapshotRetentionLimit: 2 });

  const roles = async () =>
    (await cli.group('sessions'))['NodeGroups'][0].NodeGroupMembers.map((one: any) => one.CurrentRole);
  expect(await roles()).toEqual(['primary', 'replica']);
  await cli.run('test-failover', id, 'sessions', '--node-group-id', '0001');
  await cli.available('sessions');
  await eventually(async () => expect(await roles()).toEqual(['replica', 'primary']));

  await cli.run('create-snapshot', id, 'sessions', '--snapshot-name', 'by-hand', '--tags', 'Key=of,Value=sessions');
  await cli.available('sessions');
  await cli.run('copy-snapshot', '--source-snapshot-name', 'by-hand', '--target-snapshot-name', 'copied');
  await eventually(async () => {
    const { Snapshots } = await cli.run('describe-snapshots', '--snapshot-source', 'user');
    expect(Snapshots.map((one: any) => [one.SnapshotName, one.SnapshotStatus])).toEqual([
      ['by-hand', 'available'],
      ['copied', 'available'],
    ]);
  });
  await cli.run('delete-snapshot', '--snapshot-name', 'by-hand');
  await cli.run(
    'create-replication-group',
    ...[id, 'restored', '--replication-group-description', 'Restored', '--snapshot-name', 'copied'],
  );
  await cli.available('restored');

  await cli.run('delete-replication-group', id, 'sessions', '--final-snapshot-identifier', 'final');
  await cli.run('wait', 'replication-group-deleted', id, 'sessions');
  expect(await cli.refused('describe-replication-groups', id, 'sessions')).toBe('ReplicationGroupNotFoundFault');
  const { Snapshots } = await cli.run('describe-snapshots', '--snapshot-name', 'final', '--show-node-group-config');
  expect(Snapshots).toMatchObject([{ SnapshotStatus: 'available', NodeSnapshots: [{ NodeGroupId: '0001' }] }]);

  const { Events } = await cli.run('describe-events', '--source-type', 'replication-group', '--duration', '60');
  expect(Events.map((one: any) => one.Message)).toEqual(
    expect.arrayContaining(['Replication group sessions created', 'Replication group sessions deleted']),
  );
});

test('a group with cluster mode is created with node groups, resharded and deleted', async () => {
  await using cli = await openCli();
  await cli.run(
    'create-replication-group',
    ...[id, 'orders', '--replication-group-description', 'Orders', ...node, '--automatic-failover-enabled'],
    '--node-group-configuration',
    'NodeGroupId=0001,Slots=0-9999,ReplicaCount=1',
    'NodeGroupId=0002,Slots=10000-16383,ReplicaCount=0',
  );
  await cli.available('orders');
  const slots = async () => (await cli.group('orders'))['NodeGroups'].map((one: any) => one.Slots);
  expect(await slots()).toEqual(['0-9999', '10000-16383']);
  const reshard = (...args: string[]) =>
    cli.run('modify-replication-group-shard-configuration', id, 'orders', '--apply-immediately', ...args);
  await reshard('--node-group-count', '3');
  await cli.available('orders');
  expect(await slots()).toHaveLength(3);
  const missing = ['modify-replication-group-shard-configuration', id, 'none', '--node-group-count', '1'] as const;
  expect(await cli.refused(...missing, '--apply-immediately')).toBe('ReplicationGroupNotFoundFault');
  await reshard('--node-group-count', '2', '--node-groups-to-retain', '0001', '0003');
  await cli.available('orders');
  expect((await cli.group('orders'))['NodeGroups'].map((one: any) => one.NodeGroupId)).toEqual(['0001', '0003']);
  await cli.run('delete-replication-group', id, 'orders');
  await cli.run('wait', 'replication-group-deleted', id, 'orders');
});

test('users and user groups are created, used, changed and deleted', async () => {
  await using cli = await openCli();
  const password = canary('Cli-Password-1');
  const user = (name: string, ...args: string[]) =>
    cli.run('create-user', '--user-id', name, '--user-name', name, '--engine', 'valkey', ...args);
  await user('reader', '--access-string', 'on ~* +@read', '--passwords', password);
  await user('open', '--access-string', 'on ~* +@all', '--authentication-mode', 'Type=iam');
  const wrong = ['create-user', '--user-id', 'a', '--user-name', 'a', '--engine', 'valkey', '--access-string', 'on'];
  expect(await cli.refused(...(wrong as [string]), '--passwords', 'short')).toBe('InvalidParameterValue');
  expect(await cli.refused('describe-users', '--user-id', 'nobody')).toBe('UserNotFound');
  await cli.run('create-user-group', '--user-group-id', 'staff', '--engine', 'valkey', '--user-ids', 'reader', 'open');
  await eventually(async () => {
    const { UserGroups } = await cli.run('describe-user-groups', '--user-group-id', 'staff');
    expect(UserGroups).toMatchObject([{ Status: 'active', UserIds: ['reader', 'open'] }]);
  });
  await cli.run(
    'create-replication-group',
    ...[id, 'secured', '--replication-group-description', 'Secured', ...node, '--num-cache-clusters', '1'],
    ...['--transit-encryption-enabled', '--user-group-ids', 'staff', '--no-automatic-failover-enabled'],
  );
  await cli.available('secured');
  await cli.run('modify-user', '--user-id', 'reader', '--append-access-string', '+@write');
  await eventually(async () => {
    const { Users } = await cli.run('describe-users', '--user-id', 'reader');
    expect(Users).toMatchObject([{ Status: 'active', AccessString: expect.stringContaining('+@write') as string }]);
  });
  await cli.run('modify-user-group', '--user-group-id', 'staff', '--user-ids-to-remove', 'open');
  const { Users } = await cli.run('describe-users', '--filters', 'Name=user-id,Values=reader');
  expect(Users).toMatchObject([{ UserId: 'reader', UserGroupIds: ['staff'] }]);
  await cli.run('delete-replication-group', id, 'secured');
  await cli.run('wait', 'replication-group-deleted', id, 'secured');
  await eventually(() => cli.run('delete-user-group', '--user-group-id', 'staff'));
  await eventually(() => cli.run('delete-user', '--user-id', 'reader'));
  await eventually(async () => expect(await cli.refused('describe-users', '--user-id', 'reader')).toBe('UserNotFound'));
});

test('parameter groups, subnet groups and tags are created, read, changed and deleted', async () => {
  await using cli = await openCli();
  const tuned = ['--cache-parameter-group-name', 'tuned'];
  const { CacheParameterGroup } = await cli.run(
    'create-cache-parameter-group',
    ...[...tuned, '--cache-parameter-group-family', 'valkey8', '--description', 'Tuned', '--tags', 'Key=a,Value=1'],
  );
  const set = 'ParameterName=maxmemory-policy,ParameterValue=allkeys-lru';
  await cli.run('modify-cache-parameter-group', ...tuned, '--parameter-name-values', set);
  const changed = async () => (await cli.run('describe-cache-parameters', ...tuned, '--source', 'user')).Parameters;
  expect(await changed()).toMatchObject([{ ParameterName: 'maxmemory-policy', ParameterValue: 'allkeys-lru' }]);
  await cli.run('reset-cache-parameter-group', ...tuned, '--reset-all-parameters');
  expect(await changed()).toEqual([]);
  const defaults = await cli.run('describe-engine-default-parameters', '--cache-parameter-group-family', 'valkey8');
  expect(defaults.EngineDefaults.Parameters.length).toBeGreaterThan(50);

  await cli.run(
    'create-cache-subnet-group',
    ...['--cache-subnet-group-name', 'net', '--cache-subnet-group-description', 'Net', '--subnet-ids', 'subnet-1a'],
  );
  await cli.run('modify-cache-subnet-group', '--cache-subnet-group-name', 'net', '--subnet-ids', 'subnet-2b');
  expect(
    (await cli.run('describe-cache-subnet-groups', '--cache-subnet-group-name', 'net')).CacheSubnetGroups,
  ).toMatchObject([{ Subnets: [{ SubnetIdentifier: 'subnet-2b' }] }]);

  const arn = ['--resource-name', CacheParameterGroup.ARN];
  await cli.run('add-tags-to-resource', ...arn, '--tags', 'Key=b,Value=2');
  expect((await cli.run('list-tags-for-resource', ...arn)).TagList).toHaveLength(2);
  await cli.run('remove-tags-from-resource', ...arn, '--tag-keys', 'a', 'b');
  expect(await cli.refused('remove-tags-from-resource', ...arn, '--tag-keys', 'a')).toBe('TagNotFound');
  expect(await cli.refused('list-tags-for-resource', '--resource-name', 'arn:aws:s3:::bucket')).toBe('InvalidARN');

  const { Events } = await cli.run(
    'describe-events',
    ...['--source-type', 'cache-parameter-group', '--source-identifier', 'tuned'],
  );
  expect(Events.length).toBeGreaterThan(0);
  await cli.run('delete-cache-parameter-group', ...tuned);
  await cli.run('delete-cache-subnet-group', '--cache-subnet-group-name', 'net');
  expect(
    (await cli.run('describe-cache-engine-versions', '--engine', 'valkey', '--default-only')).CacheEngineVersions,
  ).toHaveLength(1);
});

test('pages are followed, regions are apart, and STS names the account', async () => {
  await using cli = await openCli();
  for (let number = 0; number < 25; number += 1) {
    await fetch(cli.url, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ Action: 'CreateCacheParameterGroup', CacheParameterGroupName: `group-${number}` },
        ...{ CacheParameterGroupFamily: 'valkey8', Description: 'One of many' },
      }),
    });
  }
  const all = await cli.run('describe-cache-parameter-groups', '--page-size', '20');
  const names = all.CacheParameterGroups.map((one: any) => one.CacheParameterGroupName) as string[];
  expect(names.filter((name) => name.startsWith('group-'))).toHaveLength(25);
  const { CacheParameterGroups } = await cli.run('describe-cache-parameter-groups', '--region', 'eu-central-1');
  expect(CacheParameterGroups.some((one: any) => one.CacheParameterGroupName.startsWith('group-'))).toBe(false);
  expect(await cli.refused('create-serverless-cache', '--serverless-cache-name', 'x', '--engine', 'valkey')).toBe(
    'NotImplemented',
  );
  expect(await cli.run('describe-serverless-caches')).toEqual({ ServerlessCaches: [] });
  const identity = await runProgram('aws', ['sts', 'get-caller-identity'], clientEnvironment(cli.url));
  expect(JSON.parse(identity.stdout)).toMatchObject({ Account: '000000000000', Arn: 'arn:aws:iam::000000000000:root' });
});
