import { ElastiCache } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../helpers/elasticache/local-elasticache.js';

function clientIn(region: string, url: string): ElastiCache & Disposable {
  const client = new ElastiCache({
    endpoint: url,
    region,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  });
  return Object.assign(client, { [Symbol.dispose]: () => client.destroy() });
}

const idsOf = async (client: ElastiCache) =>
  ((await client.describeReplicationGroups()).ReplicationGroups ?? []).map((group) => group.ReplicationGroupId);

describe('a region', () => {
  it('has resources of its own, whose ARNs and zones name it', async () => {
    const fleet = createFakeFleet();
    await using local = await startElastiCache(fleet);
    using ireland = clientIn('eu-west-1', local.url);
    for (const client of [local.client, ireland]) {
      const { ReplicationGroup } = await client.createReplicationGroup(smallGroup);
      expect(ReplicationGroup?.Status).toBe('creating');
      await groupStatusBecomes(client, 'orders', 'available');
    }
    expect([...fleet.running.keys()].sort()).toEqual(['eu-west-1--orders', 'orders']);

    const { ReplicationGroups: [group] = [] } = await ireland.describeReplicationGroups({
      ReplicationGroupId: 'orders',
    });
    expect(group?.ARN).toBe('arn:aws:elasticache:eu-west-1:000000000000:replicationgroup:orders');
    const { CacheClusters = [] } = await ireland.describeCacheClusters();
    expect(CacheClusters.map(({ PreferredAvailabilityZone }) => PreferredAvailabilityZone?.slice(0, -1))).toEqual([
      'eu-west-1',
    ]);
    const { CacheSubnetGroups: [subnets] = [] } = await ireland.describeCacheSubnetGroups();
    expect(subnets?.Subnets?.[0]?.SubnetAvailabilityZone?.Name).toBe('eu-west-1a');

    await ireland.addTagsToResource({ ResourceName: group?.ARN, Tags: [{ Key: 'a', Value: 'b' }] });
    await expect(local.client.listTagsForResource({ ResourceName: group?.ARN })).rejects.toMatchObject({
      name: 'InvalidARNFault',
    });

    await ireland.deleteReplicationGroup({ ReplicationGroupId: 'orders' });
    await groupStatusBecomes(ireland, 'orders', undefined);
    expect(await idsOf(local.client)).toEqual(['orders']);
    expect([...fleet.running.keys()]).toEqual(['orders']);
  });

  it('keeps its resources over a restart', async () => {
    const fleet = createFakeFleet();
    await using first = await startElastiCache(fleet);
    using ireland = clientIn('eu-west-1', first.url);
    await ireland.createReplicationGroup(smallGroup);
    await groupStatusBecomes(ireland, 'orders', 'available');
    await first.stop();
    await using second = await startElastiCache(fleet, first.dataDir);
    using again = clientIn('eu-west-1', second.url);
    await groupStatusBecomes(again, 'orders', 'available');
    expect(await idsOf(second.client)).toEqual([]);
  });

  it('is us-east-1 for a request without a signature, and must be valid in one with', async () => {
    await using local = await startElastiCache(createFakeFleet());
    await local.client.createReplicationGroup(smallGroup);
    const action = 'Action=DescribeReplicationGroups&Version=2015-02-02';
    expect(await (await fetch(`${local.url}/?${action}`)).text()).toContain('<ReplicationGroupId>orders<');
    const presigned = `${action}&X-Amz-Credential=KEY%2F20260101%2Feu-west-1%2Felasticache%2Faws4_request`;
    expect(await (await fetch(`${local.url}/?${presigned}`)).text()).not.toContain('orders');
    for (const scope of [
      'KEY',
      'KEY/20260101/../elasticache/aws4_request',
      'KEY/20260101/__proto__/elasticache/aws4_request',
    ]) {
      const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`;
      const refused = await fetch(`${local.url}/?${action}`, { headers: { authorization } });
      expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('SignatureDoesNotMatch')]);
    }
  });
});
