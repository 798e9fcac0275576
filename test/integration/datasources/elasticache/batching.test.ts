import { expect, test } from 'vitest';
import { createControlPlaneApi } from '../../../helpers/apis/control-plane-api.js';
import { startScriptedElastiCache, type Answer } from '../../../helpers/elasticache/scripted-elasticache.js';

const arnOf = (kind: string, name: string): string => `arn:aws:elasticache:us-east-1:123456789012:${kind}:${name}`;

const eventOf = (node: string): string =>
  `<SourceType>cache-cluster</SourceType><SourceIdentifier>${node}</SourceIdentifier><Message>Cache cluster created</Message>` +
  '<Date>2026-01-01T00:00:00Z</Date>';

/**
 * ElastiCache with this many clusters, half of them cache clusters in no replication group, and one of Memcached. They share two parameter
 * groups, a subnet group and a user group.
 */
function accountOf(count: number, events: readonly string[] = [eventOf('c001')]) {
  const names = Array.from({ length: count }, (_, index) => `c${String(index).padStart(3, '0')}`);
  const list = (tag: string, member: string, items: readonly string[]): string =>
    `<${tag}>${items.map((item) => `<${member}>${item}</${member}>`).join('')}</${tag}>`;
  const isAlone = (name: string): boolean => names.indexOf(name) % 2 === 1;
  const inGroups = names.filter((name) => !isAlone(name));
  const groups = inGroups.map(
    (name) =>
      `<ReplicationGroupId>${name}</ReplicationGroupId><ARN>${arnOf('replicationgroup', name)}</ARN><Status>available</Status>` +
      '<Engine>valkey</Engine><UserGroupIds><member>staff</member></UserGroupIds>',
  );
  const nodes = names.map(
    (name, index) =>
      (isAlone(name)
        ? `<CacheClusterId>${name}</CacheClusterId><ARN>${arnOf('cluster', name)}</ARN><Engine>redis</Engine><EngineVersion>7.1</EngineVersion>` +
          '<CacheClusterStatus>available</CacheClusterStatus>'
        : `<CacheClusterId>${name}-001</CacheClusterId><ReplicationGroupId>${name}</ReplicationGroupId><EngineVersion>8.0</EngineVersion>`) +
      `<CacheSubnetGroupName>net</CacheSubnetGroupName><CacheParameterGroup><CacheParameterGroupName>tuned-${index % 2}` +
      '</CacheParameterGroupName></CacheParameterGroup>',
  );
  const memcached =
    '<CacheClusterId>memory</CacheClusterId><Engine>memcached</Engine><EngineVersion>1.6.22</EngineVersion>';
  const results: Readonly<Record<string, string>> = {
    DescribeReplicationGroups: list('ReplicationGroups', 'ReplicationGroup', groups),
    DescribeCacheClusters: list('CacheClusters', 'CacheCluster', [...nodes, memcached]),
    DescribeUserGroups: list('UserGroups', 'member', [
      '<UserGroupId>staff</UserGroupId><Status>active</Status><Engine>valkey</Engine><UserIds><member>alice</member></UserIds>',
    ]),
    DescribeUsers: list('Users', 'member', ['<UserId>alice</UserId><UserName>alice</UserName><Status>active</Status>']),
    DescribeCacheParameterGroups: list(
      'CacheParameterGroups',
      'CacheParameterGroup',
      [0, 1].map(
        (index) =>
          `<CacheParameterGroupName>tuned-${index}</CacheParameterGroupName><ARN>${arnOf('parametergroup', `tuned-${index}`)}</ARN>` +
          '<CacheParameterGroupFamily>valkey8</CacheParameterGroupFamily>',
      ),
    ),
    DescribeCacheParameters: list('Parameters', 'Parameter', ['<ParameterName>timeout</ParameterName>']),
    DescribeCacheSubnetGroups: list('CacheSubnetGroups', 'CacheSubnetGroup', [
      `<CacheSubnetGroupName>net</CacheSubnetGroupName><ARN>${arnOf('subnetgroup', 'net')}</ARN>`,
    ]),
    DescribeCacheEngineVersions: list('CacheEngineVersions', 'CacheEngineVersion', [
      '<Engine>valkey</Engine><EngineVersion>8.1</EngineVersion>',
    ]),
    DescribeEvents: list('Events', 'Event', events),
    DescribeSnapshots: list(
      'Snapshots',
      'Snapshot',
      names.map(
        (name) =>
          `<SnapshotName>nightly-${name}</SnapshotName><ARN>${arnOf('snapshot', `nightly-${name}`)}</ARN>` +
          `<SnapshotStatus>available</SnapshotStatus><ReplicationGroupId>${name}</ReplicationGroupId>`,
      ),
    ),
    ListAllowedNodeTypeModifications: list('ScaleUpModifications', 'member', ['cache.r7g.large']),
    ListTagsForResource: list('TagList', 'Tag', ['<Key>team</Key><Value>blue</Value>']),
  };
  return (action: string): Answer => ({ result: results[action] ?? '' });
}

const everything = `{ clusters(first: 1000) { nodes {
  name
  userGroups { userGroupId users { userId } }
  parameterGroupDetails { name parameters(changedOnly: true) { nodes { name } } clusters { name } }
  subnetGroupDetails { name clusters { name } }
  allowedEngineVersions { version }
  events { nodes { message } }
  snapshots { nodes { name cluster { name } } }
  statusReason pendingChanges { nodeType } notificationTopicArn maintenanceWindow
  nodes { id } shards { id }
} } }`;

async function callsFor(count: number, document: string) {
  await using elastiCache = await startScriptedElastiCache(accountOf(count));
  await using api = createControlPlaneApi(elastiCache.controlPlane);
  const { data, errors } = await api.run(document);
  expect(errors).toBeUndefined();
  expect((data as any).clusters.nodes).toHaveLength(count);
  const calls: Record<string, number> = {};
  for (const request of elastiCache.requests) calls[request.get('Action')!] = (calls[request.get('Action')!] ?? 0) + 1;
  return { calls, data: data as any };
}

test('a list of 100 clusters with all that they share costs as many calls as a list of two', async () => {
  const { calls, data } = await callsFor(100, everything);
  expect(calls).toEqual({
    DescribeReplicationGroups: 1,
    DescribeCacheClusters: 1,
    DescribeUserGroups: 1,
    DescribeUsers: 1,
    DescribeCacheParameterGroups: 1,
    // One for each of the two parameter groups.
    DescribeCacheParameters: 2,
    DescribeCacheSubnetGroups: 1,
    // All versions, and the default of each engine.
    DescribeCacheEngineVersions: 3,
    // Those of the clusters since their creation, which explain a failure, and those of all resources.
    DescribeEvents: 1,
    DescribeSnapshots: 1,
  });
  expect(data.clusters.nodes[98].userGroups).toEqual([{ userGroupId: 'staff', users: [{ userId: 'alice' }] }]);
  expect(data.clusters.nodes[1].events.nodes).toEqual([{ message: 'Cache cluster created' }]);
  expect(data.clusters.nodes[99]).toMatchObject({
    parameterGroupDetails: { name: 'tuned-1', parameters: { nodes: [{ name: 'timeout' }] } },
    subnetGroupDetails: { name: 'net' },
    allowedEngineVersions: [{ version: '8.1' }],
    snapshots: { nodes: [{ name: 'nightly-c099', cluster: { name: 'c099' } }] },
  });
  expect((await callsFor(2, everything)).calls).toEqual(calls);
});

test('tags and allowed node types cost one call for each resource, however often they are read', async () => {
  const document = `{ clusters(first: 1000) { nodes {
    tags { key } again: tags { value } parameterGroupDetails { tags { key } } snapshots { nodes { tags { key } } }
    allowedNodeTypes { scaleUp } more: allowedNodeTypes { scaleDown }
  } } }`;
  expect((await callsFor(100, document)).calls).toEqual({
    DescribeReplicationGroups: 1,
    DescribeCacheClusters: 1,
    DescribeCacheParameterGroups: 1,
    DescribeSnapshots: 1,
    // Of 100 clusters, of as many snapshots and of two parameter groups.
    ListTagsForResource: 202,
    ListAllowedNodeTypeModifications: 100,
  });
});

test('the clusters are read once more for nodes that no cluster has, and not again for the same ones', async () => {
  const events = ['gone-001', 'lost'].map(eventOf);
  await using elastiCache = await startScriptedElastiCache(accountOf(4, events));
  await using api = createControlPlaneApi(elastiCache.controlPlane);
  const read = async () => {
    const { data, errors } = await api.run('{ events { nodes { sourceName } } }');
    expect(errors).toBeUndefined();
    expect((data as any).events.nodes).toHaveLength(2);
    return elastiCache.requests.map((request) => request.get('Action')).sort();
  };
  const calls = ['DescribeCacheClusters', 'DescribeEvents', 'DescribeReplicationGroups'];
  expect(await read()).toEqual(calls);
  expect(await read()).toEqual([...calls, 'DescribeEvents'].sort());
});
