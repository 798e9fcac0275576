import type { DescribeEventsCommandInput } from '@aws-sdk/client-elasticache';
import { expect, it } from 'vitest';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { startElastiCache } from '../../helpers/elasticache/local-elasticache.js';

const minute = 60_000;
const day = 24 * 60 * minute;
const ago = (ms: number) => new Date(Date.now() - ms);

it.each<[string, DescribeEventsCommandInput, string]>([
  ['an unknown source type', { SourceType: 'cache-node' as never }, 'InvalidParameterValue'],
  ['a source without its type', { SourceIdentifier: 'orders' }, 'InvalidParameterCombination'],
  ['more than 14 days', { Duration: 20_161 }, 'InvalidParameterValue'],
  ['a negative duration', { Duration: -1 }, 'InvalidParameterValue'],
  ['a start before the last 14 days', { StartTime: ago(14 * day + minute) }, 'InvalidParameterValue'],
  ['an end before the start', { StartTime: ago(minute), EndTime: ago(2 * minute) }, 'InvalidParameterCombination'],
  ['fewer than 20 records a page', { MaxRecords: 19 }, 'InvalidParameterValue'],
])('DescribeEvents refuses %s', async (_, input, code) => {
  await using local = await startElastiCache(createFakeFleet());
  await expect(local.client.describeEvents(input)).rejects.toMatchObject({ Code: code });
});

it('DescribeEvents has the events of each kind of source, of one source, and of a time', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await client.createCacheParameterGroup({
    ...{ CacheParameterGroupName: 'Tuned', CacheParameterGroupFamily: 'valkey8', Description: 'Tuned' },
  });
  await client.createCacheSubnetGroup({
    ...{ CacheSubnetGroupName: 'net', CacheSubnetGroupDescription: 'Net', SubnetIds: ['subnet-1'] },
  });
  const alice = { UserId: 'alice', UserName: 'alice', Engine: 'valkey', AccessString: 'on ~* +@all' };
  await client.createUser({ ...alice, AuthenticationMode: { Type: 'iam' } });
  await client.createUserGroup({ UserGroupId: 'staff', Engine: 'valkey', UserIds: ['alice'] });
  const messages = async (input: DescribeEventsCommandInput) =>
    (await client.describeEvents(input)).Events!.map(({ Message }) => Message);

  expect(await messages({ SourceType: 'cache-parameter-group', SourceIdentifier: 'TUNED' })).toEqual([
    'Cache parameter group tuned created',
  ]);
  expect(await messages({ SourceType: 'cache-subnet-group' })).toEqual(['Cache subnet group net created']);
  expect(await messages({ SourceType: 'user' })).toEqual(['User alice created']);
  expect(await messages({ SourceType: 'user-group', SourceIdentifier: 'staff' })).toEqual(['User group staff created']);
  for (const SourceType of ['cache-security-group', 'serverless-cache', 'serverless-cache-snapshot'] as const) {
    expect(await messages({ SourceType })).toEqual([]);
  }
  expect(await messages({})).toHaveLength(4);
  expect(await messages({ StartTime: ago(day), EndTime: ago(minute) })).toEqual([]);
  expect(await messages({ StartTime: ago(14 * day - minute) })).toHaveLength(4);
});
