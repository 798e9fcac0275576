import { describe, expect, it } from 'vitest';
import { eventually } from '../../helpers/run/eventually.js';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../helpers/elasticache/local-elasticache.js';

describe('parameter groups, subnet groups and tags', () => {
  it('are created, listed, changed and deleted', async () => {
    const fleet = createFakeFleet();
    await using local = await startElastiCache(fleet);
    const { client } = local;
    const mine = { CacheParameterGroupName: 'mine' };
    await client.createCacheParameterGroup({ ...mine, CacheParameterGroupFamily: 'valkey8', Description: 'd' });
    const set = (ParameterName: string, ParameterValue: string) =>
      client.modifyCacheParameterGroup({ ...mine, ParameterNameValues: [{ ParameterName, ParameterValue }] });
    await set('maxmemory-policy', 'allkeys-lru');
    await expect(set('maxmemory-policy', 'sometimes')).rejects.toThrow(/maxmemory-policy/);
    await expect(set('nope', '1')).rejects.toThrow('Could not find a parameter of this name.');
    const { Parameters = [] } = await client.describeCacheParameters({ ...mine, Source: 'user' });
    expect(Parameters).toMatchObject([{ ParameterName: 'maxmemory-policy', ParameterValue: 'allkeys-lru' }]);

    const net = { CacheSubnetGroupName: 'net' };
    await client.createCacheSubnetGroup({ ...net, CacheSubnetGroupDescription: 'd', SubnetIds: ['subnet-1'] });
    await client.createReplicationGroup({ ...smallGroup, ...mine, ...net });
    await groupStatusBecomes(client, 'orders', 'available');
    expect(fleet.running.get('orders')!.spec.settings).toMatchObject({ 'maxmemory-policy': 'allkeys-lru' });
    await set('maxmemory-samples', '7');
    await client.resetCacheParameterGroup({ ...mine, ParameterNameValues: [{ ParameterName: 'maxmemory-policy' }] });
    await eventually(() =>
      expect(fleet.running.get('orders')!.settings).toMatchObject({
        'maxmemory-policy': 'volatile-lru',
        'maxmemory-samples': '7',
      }),
    );
    await expect(client.deleteCacheParameterGroup(mine)).rejects.toMatchObject({
      name: 'InvalidCacheParameterGroupStateFault',
    });
    await expect(client.deleteCacheSubnetGroup(net)).rejects.toMatchObject({ name: 'CacheSubnetGroupInUse' });

    await client.deleteReplicationGroup({ ReplicationGroupId: 'orders' });
    await groupStatusBecomes(client, 'orders', undefined);
    await client.deleteCacheParameterGroup(mine);
    await client.deleteCacheSubnetGroup(net);
    await expect(client.describeCacheSubnetGroups(net)).rejects.toMatchObject({
      name: 'CacheSubnetGroupNotFoundFault',
    });
  });

  it('keep the subnets in which nodes are, and the zones of subnets', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    const net = { CacheSubnetGroupName: 'net' };
    const setSubnets = async (...SubnetIds: string[]) => {
      const { CacheSubnetGroup } = await client.modifyCacheSubnetGroup({ ...net, SubnetIds });
      return CacheSubnetGroup!.Subnets!.map((one) => [one.SubnetIdentifier, one.SubnetAvailabilityZone!.Name]);
    };
    const SubnetIds = ['subnet-1', 'subnet-2'];
    await client.createCacheSubnetGroup({ ...net, CacheSubnetGroupDescription: 'd', SubnetIds });
    await client.createReplicationGroup({
      ...smallGroup,
      ...net,
      NumCacheClusters: 1,
      PreferredCacheClusterAZs: ['us-east-1b'],
    });
    await groupStatusBecomes(client, 'orders', 'available');
    await expect(setSubnets('subnet-1', 'subnet-3')).rejects.toMatchObject({
      name: 'SubnetInUse',
      message: 'Subnet subnet-2 is in use by nodes of orders.',
    });
    const { CacheSubnetGroups: [group] = [] } = await client.describeCacheSubnetGroups(net);
    expect(group!.Subnets!.map(({ SubnetIdentifier }) => SubnetIdentifier)).toEqual(SubnetIds);
    expect(await setSubnets('subnet-2')).toEqual([['subnet-2', 'us-east-1b']]);
    await client.deleteReplicationGroup({ ReplicationGroupId: 'orders' });
    await groupStatusBecomes(client, 'orders', undefined);
    expect(await setSubnets('subnet-3')).toEqual([['subnet-3', 'us-east-1a']]);
  });

  it('keep tags by ARN', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    const ResourceName = 'arn:aws:elasticache:us-east-1:000000000000:user:default';
    await client.addTagsToResource({ ResourceName, Tags: [{ Key: 'a', Value: '1' }, { Key: 'b' }] });
    const removeA = () => client.removeTagsFromResource({ ResourceName, TagKeys: ['a'] });
    expect((await removeA()).TagList).toEqual([{ Key: 'b', Value: '' }]);
    await expect(removeA()).rejects.toMatchObject({ name: 'TagNotFoundFault' });
    await expect(client.removeTagsFromResource({ ResourceName, TagKeys: [] })).rejects.toMatchObject({
      Code: 'InvalidParameterValue',
      message: 'Expected at least one key of a tag.',
    });
    await expect(client.listTagsForResource({ ResourceName: 'nonsense' })).rejects.toMatchObject({
      name: 'InvalidARNFault',
    });
  });
});
