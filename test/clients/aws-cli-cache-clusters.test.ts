import { beforeAll, expect, test } from 'vitest';
import { awsCli, requirePrograms } from '../helpers/clients/aws-programs.js';
import { startFleet } from '../helpers/elasticache/fleet.js';
import { startElastiCache } from '../helpers/elasticache/local-elasticache.js';

beforeAll(requirePrograms);

const id = '--cache-cluster-id';

test('a single-node cache is created, changed, rebooted, grown to a group and deleted', async () => {
  await using fleet = await startFleet();
  await using local = await startElastiCache(fleet);
  const cli = awsCli(local.url);
  const cache = async (name: string) =>
    (await cli.run('describe-cache-clusters', id, name, '--show-cache-node-info')).CacheClusters[0];
  const available = (name: string) => cli.run('wait', 'cache-cluster-available', id, name);

  const created = [
    'create-cache-cluster',
    id,
    'single',
    '--cache-node-type',
    'cache.t3.small',
    '--num-cache-nodes',
    '1',
  ];
  expect(await cli.refused(...(created as [string]), '--engine', 'valkey')).toBe('InvalidParameterValue');
  await cli.run(...(created as [string]), '--engine', 'redis', '--tags', 'Key=team,Value=web');
  expect(await cli.refused(...(created as [string]), '--engine', 'redis')).toBe('CacheClusterAlreadyExists');
  await available('single');
  const { CacheNodes, ARN } = await cache('single');
  expect(CacheNodes).toMatchObject([{ CacheNodeId: '0001', CacheNodeStatus: 'available' }]);
  expect((await cli.run('list-tags-for-resource', '--resource-name', ARN)).TagList).toEqual([
    { Key: 'team', Value: 'web' },
  ]);

  await cli.run('modify-cache-cluster', ...[id, 'single', '--snapshot-retention-limit', '1', '--apply-immediately']);
  await available('single');
  expect(await cache('single')).toMatchObject({ SnapshotRetentionLimit: 1, Engine: 'redis' });
  await cli.run('reboot-cache-cluster', id, 'single', '--cache-node-ids-to-reboot', '0001');
  await available('single');
  const { Events } = await cli.run(
    'describe-events',
    '--source-type',
    'cache-cluster',
    '--source-identifier',
    'single',
  );
  expect(Events.map((event: any) => event.Message)).toContain('Cache node 0001 restarted');

  await cli.run(
    'create-replication-group',
    ...[
      '--replication-group-id',
      'grown',
      '--replication-group-description',
      'Grown',
      '--primary-cluster-id',
      'single',
    ],
  );
  await cli.run('wait', 'replication-group-available', '--replication-group-id', 'grown');
  await cli.run('create-cache-cluster', id, 'reader', '--replication-group-id', 'grown');
  await available('reader');
  const { ReplicationGroups } = await cli.run('describe-replication-groups', '--replication-group-id', 'grown');
  expect(ReplicationGroups[0].MemberClusters).toEqual(['single', 'reader']);
  expect(await cli.refused('delete-cache-cluster', id, 'single')).toBe('InvalidCacheClusterState');
  await cli.run('delete-cache-cluster', id, 'reader');
  await cli.run('wait', 'cache-cluster-deleted', id, 'reader');
  await cli.run('delete-replication-group', '--replication-group-id', 'grown');
  await cli.run('wait', 'replication-group-deleted', '--replication-group-id', 'grown');
  expect(await cli.refused('describe-cache-clusters', id, 'single')).toBe('CacheClusterNotFound');
});
