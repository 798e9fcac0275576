import { describe, expect, it } from 'vitest';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../helpers/elasticache/local-elasticache.js';

const mine = { CacheParameterGroupName: 'mine' };

describe('parameters of a parameter group', () => {
  it('are those of its family, with their source', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    await client.createCacheParameterGroup({ ...mine, CacheParameterGroupFamily: 'redis7', Description: 'd' });
    const timeout = { ParameterName: 'timeout', ParameterValue: '30' };
    await client.modifyCacheParameterGroup({ ...mine, ParameterNameValues: [timeout] });
    const list = async (Source?: string) =>
      (await client.describeCacheParameters({ ...mine, ...(Source === undefined ? {} : { Source }) })).Parameters ?? [];

    const all = await list();
    expect(all.length).toBeGreaterThan(60);
    expect(all.find(({ ParameterName }) => ParameterName === 'timeout')).toEqual({
      ...timeout,
      Description: 'Seconds after which an idle client is disconnected.',
      Source: 'user',
      DataType: 'integer',
      AllowedValues: '0,20-',
      IsModifiable: true,
      MinimumEngineVersion: '7.0.0',
      ChangeType: 'immediate',
    });
    expect(await list('user')).toMatchObject([timeout]);
    for (const source of ['system', 'engine-default']) {
      const unchanged = await list(source);
      expect(unchanged).toHaveLength(all.length - 1);
      expect(new Set(unchanged.map(({ Source }) => Source))).toEqual(new Set([source]));
    }
    await expect(list('other')).rejects.toMatchObject({ Code: 'InvalidParameterValue' });
  });

  it('that depend on the node type have a value for each type', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const described = await local.client.describeCacheParameters({ CacheParameterGroupName: 'default.valkey8' });
    const defaults = await local.client.describeEngineDefaultParameters({ CacheParameterGroupFamily: 'valkey8' });
    for (const specific of [described, defaults.EngineDefaults!].map((of) => of.CacheNodeTypeSpecificParameters!)) {
      const maxmemory = specific.find(({ ParameterName }) => ParameterName === 'maxmemory');
      expect(maxmemory).toMatchObject({ IsModifiable: false, DataType: 'integer' });
      expect(maxmemory!.CacheNodeTypeSpecificValues).toContainEqual({
        CacheNodeType: 'cache.r7g.large',
        Value: '14037181030',
      });
    }
  });

  it('are changed and reset, at most 20 at once', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    await client.createCacheParameterGroup({ ...mine, CacheParameterGroupFamily: 'valkey8', Description: 'd' });
    await client.createReplicationGroup({ ...smallGroup, ...mine });
    await groupStatusBecomes(client, 'orders', 'available');
    const parameters = (count: number) =>
      Array.from({ length: count }, () => ({ ParameterName: 'timeout', ParameterValue: '60' }));
    await client.modifyCacheParameterGroup({ ...mine, ParameterNameValues: parameters(20) });
    const send = {
      modify: (all: ReturnType<typeof parameters>) =>
        client.modifyCacheParameterGroup({ ...mine, ParameterNameValues: all }),
      reset: (all: ReturnType<typeof parameters>) =>
        client.resetCacheParameterGroup({ ...mine, ParameterNameValues: all }),
    };
    for (const action of [send.modify, send.reset]) {
      await expect(action(parameters(21))).rejects.toMatchObject({
        Code: 'InvalidParameterValue',
        message: 'Expected at most 20 parameters in one request, got 21.',
      });
      await expect(action([{ ParameterName: 'nope', ParameterValue: '1' }])).rejects.toMatchObject({
        Code: 'InvalidParameterValue',
      });
    }
    await client.resetCacheParameterGroup({ ...mine, ResetAllParameters: true });
    expect((await client.describeCacheParameters({ ...mine, Source: 'user' })).Parameters).toEqual([]);
    const { Events = [] } = await client.describeEvents({
      SourceType: 'cache-cluster',
      SourceIdentifier: 'orders-001',
    });
    expect(Events.map(({ Message }) => Message)).toContain('Updated parameter timeout to 0');
  });
});
