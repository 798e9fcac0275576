import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ElastiCache,
  type CreateReplicationGroupCommandInput,
  type ModifyReplicationGroupCommandInput,
} from '@aws-sdk/client-elasticache';
import { createCluster } from '@redis/client';
import { describe, expect, it } from 'vitest';
import { openAdmin, type Admin } from '../../../src/local-elasticache/nodes/admin.js';
import { resolveValkey } from '../../../src/local-elasticache/nodes/binary/resolve-binary.js';
import { createNodeFleet } from '../../../src/local-elasticache/nodes/fleet.js';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { startFleet } from '../../helpers/elasticache/fleet.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../helpers/elasticache/local-elasticache.js';
import { startProcess } from '../../helpers/run/built-programs.js';
import { testLog } from '../../helpers/run/test-log.js';
import { replicatedTo } from '../../helpers/valkey/replicated.js';

const ready = { NumCacheClusters: 2, AutomaticFailoverEnabled: true } as const;
const orders = { ReplicationGroupId: 'orders', ApplyImmediately: true };

async function created(client: ElastiCache, input: Partial<CreateReplicationGroupCommandInput> = {}): Promise<void> {
  await client.createReplicationGroup({ ...smallGroup, ...ready, ...input });
  await groupStatusBecomes(client, 'orders', 'available');
}

async function changed(client: ElastiCache, ClusterMode: 'disabled' | 'compatible' | 'enabled'): Promise<void> {
  await client.modifyReplicationGroup({ ...orders, ClusterMode });
  await groupStatusBecomes(client, 'orders', 'available');
}

async function groupOf(client: ElastiCache) {
  return (await client.describeReplicationGroups()).ReplicationGroups![0]!;
}

async function parameterGroupOf(client: ElastiCache) {
  return (await client.describeCacheClusters()).CacheClusters![0]!.CacheParameterGroup!.CacheParameterGroupName;
}

async function messages(client: ElastiCache, SourceType: 'replication-group' | 'cache-cluster' = 'replication-group') {
  const { Events = [] } = await client.describeEvents({ SourceType });
  return Events.map(({ Message }) => Message);
}

/** A client without cluster mode, at the primary endpoint. */
async function enterPrimary(client: ElastiCache): Promise<Admin> {
  const { Address, Port } = (await groupOf(client)).NodeGroups![0]!.PrimaryEndpoint!;
  return openAdmin({ host: Address!, port: Port! });
}

describe('the cluster mode', () => {
  it('goes from disabled to compatible to enabled, with the data of real nodes and both kinds of clients', async () => {
    await using fleet = await startFleet();
    await using local = await startElastiCache(fleet, fleet.dataDir);
    const { client } = local;
    await created(client);
    {
      await using primary = await enterPrimary(client);
      for (let number = 0; number < 300; number += 1) await primary.command('SET', `key:${number}`, String(number));
      // Its file names another database than 0, in which no key is left.
      await primary.command('SELECT', '5');
      await primary.command('SET', 'gone', 'gone');
      await primary.command('DEL', 'gone');
    }
    const before = await groupOf(client);
    const answer = await client.modifyReplicationGroup({ ...orders, ClusterMode: 'compatible' });
    expect(answer.ReplicationGroup).toMatchObject({
      Status: 'modifying',
      ClusterMode: 'disabled',
      PendingModifiedValues: { ClusterMode: 'compatible' },
    });
    await groupStatusBecomes(client, 'orders', 'available');
    const compatible = await groupOf(client);
    expect(compatible).toMatchObject({
      ClusterMode: 'compatible',
      ClusterEnabled: true,
      MemberClusters: ['orders-001', 'orders-002'],
      ConfigurationEndpoint: { Address: '127.0.0.1' },
    });
    expect(compatible.PendingModifiedValues).toEqual({});
    const [shard] = compatible.NodeGroups!;
    expect(shard).toMatchObject({ NodeGroupId: '0001', Slots: '0-16383' });
    expect(shard!.PrimaryEndpoint).toEqual(before.NodeGroups![0]!.PrimaryEndpoint);
    expect(shard!.NodeGroupMembers!.map(({ CurrentRole }) => CurrentRole)).toEqual(['primary', 'replica']);
    expect(await parameterGroupOf(client)).toBe('default.valkey8.cluster.on');
    {
      await using primary = await enterPrimary(client);
      for (let number = 0; number < 300; number += 1)
        expect(await primary.command('GET', `key:${number}`)).toBe(String(number));
      expect(await primary.command('SET', 'plain', 'written')).toBe('OK');
      await replicatedTo(1, primary);
      await expect(primary.command('SELECT', '5')).rejects.toThrow();
    }
    const { Address, Port } = compatible.ConfigurationEndpoint!;
    const clustered = createCluster({
      rootNodes: [{ url: `redis://${Address}:${Port}` }],
      defaults: { maintNotifications: 'disabled' },
    });
    clustered.on('error', () => undefined);
    await clustered.connect();
    expect(await clustered.get('plain')).toBe('written');
    clustered.destroy();

    await changed(client, 'enabled');
    const enabled = await groupOf(client);
    expect(enabled).toMatchObject({ ClusterMode: 'enabled', ConfigurationEndpoint: compatible.ConfigurationEndpoint });
    expect(enabled.NodeGroups![0]!.PrimaryEndpoint).toBeUndefined();
    expect(enabled.NodeGroups![0]!.NodeGroupMembers![0]!.CurrentRole).toBeUndefined();
    expect((await messages(client)).at(-1)).toBe('Replication group orders modified');
    // It is a cluster like any other.
    await client.modifyReplicationGroupShardConfiguration({ ...orders, NodeGroupCount: 2 });
    await groupStatusBecomes(client, 'orders', 'available');
    expect((await groupOf(client)).MemberClusters).toEqual([
      'orders-001',
      'orders-002',
      'orders-0002-001',
      'orders-0002-002',
    ]);
  }, 60_000);

  it('returns from compatible to disabled and again, with its data and parameter groups', async () => {
    await using fleet = await startFleet();
    await using local = await startElastiCache(fleet, fleet.dataDir);
    const { client } = local;
    await created(client);
    const write = async (key: string) => {
      await using primary = await enterPrimary(client);
      await primary.command('SET', key, key);
    };
    await write('first');
    await changed(client, 'compatible');
    await write('second');
    await client.testFailover({ ReplicationGroupId: 'orders', NodeGroupId: '0001' });
    await groupStatusBecomes(client, 'orders', 'available');
    await changed(client, 'disabled');
    expect(await groupOf(client)).toMatchObject({ ClusterMode: 'disabled', ClusterEnabled: false });
    expect((await groupOf(client)).ConfigurationEndpoint).toBeUndefined();
    expect(await parameterGroupOf(client)).toBe('default.valkey8');
    {
      await using primary = await enterPrimary(client);
      expect(await primary.command('MGET', 'first', 'second')).toEqual(['first', 'second']);
      expect(await primary.command('SELECT', '5')).toBe('OK');
      await replicatedTo(1, primary);
    }
    await changed(client, 'compatible');
    await using primary = await enterPrimary(client);
    expect(await primary.command('GET', 'second')).toBe('second');
  }, 60_000);

  it('stays disabled if a key is in another database than 0', async () => {
    await using fleet = await startFleet();
    await using local = await startElastiCache(fleet, fleet.dataDir);
    const { client } = local;
    await created(client);
    await using primary = await enterPrimary(client);
    await primary.command('SELECT', '3');
    await primary.command('SET', 'kept', 'kept');
    await changed(client, 'compatible');
    expect(await groupOf(client)).toMatchObject({ ClusterMode: 'disabled', PendingModifiedValues: {} });
    expect((await messages(client)).at(-1)).toMatch(/has keys in database 3: expected keys in the first database only/);
    // Its clients were not disconnected.
    expect(await primary.command('GET', 'kept')).toBe('kept');
  });

  it.each([
    { title: 'to enabled at once', input: { ClusterMode: 'enabled' }, message: 'compatible before' },
    { title: 'to an unknown one', input: { ClusterMode: 'on' as 'enabled' }, name: 'InvalidParameterValueException' },
    {
      title: 'with another change',
      input: { ReplicationGroupDescription: 'New' },
      message: 'ReplicationGroupDescription cannot',
    },
    {
      title: 'without automatic failover',
      created: { AutomaticFailoverEnabled: false },
      message: 'automatic failover',
    },
    { title: 'of an old engine', created: { Engine: 'redis', EngineVersion: '6.2' }, message: 'Redis OSS 7.0' },
    {
      title: 'to a parameter group without cluster mode',
      input: { CacheParameterGroupName: 'default.valkey8' },
      message: 'turns it off',
    },
  ] as const)('is not changed $title', async (row) => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    await created(client, 'created' in row ? row.created : {});
    const before = await groupOf(client);
    const input: Partial<ModifyReplicationGroupCommandInput> = 'input' in row ? row.input : {};
    await expect(
      client.modifyReplicationGroup({ ...orders, ClusterMode: 'compatible', ...input }),
    ).rejects.toMatchObject({
      name: 'name' in row ? row.name : 'InvalidParameterCombinationException',
      message: expect.stringContaining('message' in row ? row.message : '') as string,
    });
    expect(await groupOf(client)).toEqual(before);
  });

  it('compatible allows no scaling, no other engine and no other node type; enabled is final', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    await created(client);
    await changed(client, 'compatible');
    const refusal = {
      name: 'InvalidReplicationGroupStateFault',
      message: expect.stringContaining('compatible') as string,
    };
    for (const refused of [
      client.increaseReplicaCount({ ...orders, NewReplicaCount: 2 }),
      client.modifyReplicationGroupShardConfiguration({ ...orders, NodeGroupCount: 2 }),
      client.modifyReplicationGroup({ ...orders, CacheNodeType: 'cache.m6g.large' }),
    ]) {
      await expect(refused).rejects.toMatchObject(refusal);
    }
    await changed(client, 'enabled');
    for (const ClusterMode of ['compatible', 'disabled'] as const) {
      await expect(client.modifyReplicationGroup({ ...orders, ClusterMode })).rejects.toThrow('once it is enabled');
    }
  });

  it('with a parameter group of its own changes with one that turns cluster mode on, and back', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    const group = (CacheParameterGroupName: string) =>
      client.createCacheParameterGroup({
        CacheParameterGroupName,
        CacheParameterGroupFamily: 'valkey8',
        Description: 'Mine',
      });
    await group('off');
    await group('on');
    await client.modifyCacheParameterGroup({
      CacheParameterGroupName: 'on',
      ParameterNameValues: [{ ParameterName: 'cluster-enabled', ParameterValue: 'yes' }],
    });
    await created(client, { CacheParameterGroupName: 'off' });
    await expect(client.modifyReplicationGroup({ ...orders, ClusterMode: 'compatible' })).rejects.toThrow(
      'turns it off',
    );
    await client.modifyReplicationGroup({ ...orders, ClusterMode: 'compatible', CacheParameterGroupName: 'on' });
    await groupStatusBecomes(client, 'orders', 'available');
    expect(await parameterGroupOf(client)).toBe('on');
    await changed(client, 'disabled');
    expect(await parameterGroupOf(client)).toBe('off');
  });

  it('is the former one if the nodes do not start in the other', async () => {
    const fleet = createFakeFleet();
    const failing = {
      ...fleet,
      start: (spec: Parameters<typeof fleet.start>[0], signal?: AbortSignal) =>
        spec.clusterMode ? Promise.reject(new Error('No port is free.')) : fleet.start(spec, signal),
    };
    await using local = await startElastiCache(failing);
    const { client } = local;
    await created(client);
    await changed(client, 'compatible');
    expect(await groupOf(client)).toMatchObject({ ClusterMode: 'disabled', PendingModifiedValues: {} });
    expect(await parameterGroupOf(client)).toBe('default.valkey8');
    expect((await messages(client)).at(-1)).toBe('Modifying replication group orders failed: No port is free.');
    expect((await client.describeCacheClusters()).CacheClusters![0]!.CacheClusterStatus).toBe('available');
  });
});

describe('an endpoint that is killed while it changes the cluster mode', () => {
  it.each([
    {
      step: 'stopped',
      mode: 'disabled',
      message: 'The interrupted change of the cluster mode was undone: it is disabled.',
    },
    { step: 'starting', mode: 'compatible', message: 'The interrupted change of the cluster mode is complete.' },
    { step: 'started', mode: 'compatible', message: 'The interrupted change of the cluster mode is complete.' },
  ])(
    'has the mode $mode at the next start if its nodes were $step',
    async ({ step, mode, message }) => {
      const dataDir = await mkdtemp(join(tmpdir(), 'cachegraph-mode-'));
      const child = startProcess('elasticache/mode-process', [dataDir, step]);
      try {
        const [endpoint] = (await once(child, 'message')) as [string];
        const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
        const doomed = new ElastiCache({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
        await created(doomed);
        {
          await using primary = await enterPrimary(doomed);
          for (let number = 0; number < 100; number += 1) await primary.command('SET', `key:${number}`, String(number));
        }
        const ended = once(child, 'exit');
        await doomed.modifyReplicationGroup({ ...orders, ClusterMode: 'compatible' });
        await ended;
        doomed.destroy();

        const fleet = createNodeFleet({ dataDir, provideBinary: resolveValkey, log: testLog() });
        try {
          await using local = await startElastiCache(fleet, dataDir);
          await groupStatusBecomes(local.client, 'orders', 'available');
          expect(await groupOf(local.client)).toMatchObject({ ClusterMode: mode, PendingModifiedValues: {} });
          expect(await messages(local.client)).toContain(message);
          const primary = await enterPrimary(local.client);
          for (let number = 0; number < 100; number += 1)
            expect(await primary.command('GET', `key:${number}`)).toBe(String(number));
          primary.close();
          // The change can be made, or made back.
          await changed(local.client, mode === 'disabled' ? 'compatible' : 'disabled');
          await using again = await enterPrimary(local.client);
          expect(await again.command('GET', 'key:99')).toBe('99');
          await replicatedTo(1, again);
        } finally {
          await fleet.close();
        }
      } finally {
        child.kill('SIGKILL');
        await rm(dataDir, { recursive: true, force: true });
      }
    },
    60_000,
  );
});
