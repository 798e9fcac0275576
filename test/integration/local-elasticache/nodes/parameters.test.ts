import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntilReplicationGroupAvailable, type ElastiCache } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { nodeSettings } from '../../../../src/domain/cluster/node-settings.js';
import { parameterFamilies } from '../../../../src/domain/parameters/parameter-families.js';
import { engineParameters } from '../../../../src/domain/parameters/parameter-table.js';
import { openAdmin, type Admin } from '../../../../src/local-elasticache/nodes/admin.js';
import { resolveValkey } from '../../../../src/local-elasticache/nodes/binary/resolve-binary.js';
import { renderConfig } from '../../../../src/local-elasticache/nodes/config.js';
import { knownSettings } from '../../../../src/local-elasticache/nodes/engine-settings.js';
import { createNode } from '../../../../src/local-elasticache/nodes/node.js';
import { freePorts } from '../../../../src/local-elasticache/nodes/process/ports.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { startFleet } from '../../../helpers/elasticache/fleet.js';
import { smallGroup, startElastiCache } from '../../../helpers/elasticache/local-elasticache.js';

const mine = { CacheParameterGroupName: 'mine', CacheParameterGroupFamily: 'valkey8', Description: 'Mine' };

async function connect(client: ElastiCache): Promise<Admin> {
  await waitUntilReplicationGroupAvailable({ client, maxWaitTime: 30 }, { ReplicationGroupId: 'orders' });
  const { ReplicationGroups: [group] = [] } = await client.describeReplicationGroups();
  const { Address, Port } = group!.NodeGroups![0]!.PrimaryEndpoint!;
  return openAdmin({ host: Address!, port: Port! });
}

async function fact(node: Admin, section: string, name: string): Promise<string | undefined> {
  return new RegExp(`^${name}:(\\S*)`, 'm').exec(String(await node.command('INFO', section)))?.[1];
}

describe('nodes', () => {
  it.each(parameterFamilies)('run the defaults that family %s reports', async (family) => {
    const directory = await mkdtemp(join(tmpdir(), 'cachegraph-parameters-'));
    const [port = 0] = await freePorts('127.0.0.1', 1, new Set());
    const binary = await resolveValkey();
    const where = {
      host: '127.0.0.1',
      port,
      directory,
      administrator: { username: 'admin', password: 'canary-admin' },
    };
    const all = nodeSettings({ family, nodeType: 'cache.t3.small', values: {} });
    const settings = knownSettings(binary, all);
    const node = createNode({
      ...where,
      id: 'n',
      binary,
      ca: undefined,
      config: () => renderConfig({ ...where, settings }),
    });
    const read = async (name: string) => ((await node.command('CONFIG', 'GET', name)) as string[])[1];
    try {
      await node.start(AbortSignal.timeout(20_000));
      const different: string[] = [];
      for (const { name, defaultValue } of engineParameters(family, false)) {
        const value = await read(name);
        if (value !== undefined && value !== defaultValue) different.push(name);
      }
      // The endpoint keeps data, this machine limits connections, nodes have addresses only, and have one database in cluster mode.
      const permitted = [
        'appendonly',
        'appendfsync',
        'maxclients',
        'cluster-preferred-endpoint-type',
        'cluster-databases',
      ];
      expect(different.filter((name) => !permitted.includes(name))).toEqual([]);
      expect(await read('maxmemory')).toBe('1103269724');
      expect(await read('client-output-buffer-limit')).toBe(
        'normal 0 0 0 slave 147102629 147102629 60 pubsub 33554432 8388608 60',
      );
    } finally {
      await node.stop();
      await rm(directory, { recursive: true, force: true });
    }
  });

  it('evict as the parameter group says once their memory is full', async () => {
    await using fleet = await startFleet();
    await using local = await startElastiCache(fleet, fleet.dataDir);
    const { client } = local;
    await client.createCacheParameterGroup(mine);
    const set = (ParameterName: string, ParameterValue: string) =>
      client.modifyCacheParameterGroup({
        CacheParameterGroupName: 'mine',
        ParameterNameValues: [{ ParameterName, ParameterValue }],
      });
    // All but 5,368,709 bytes of a t3.micro.
    await set('reserved-memory-percent', '99');
    await client.createReplicationGroup({
      ...smallGroup,
      CacheNodeType: 'cache.t3.micro',
      CacheParameterGroupName: 'mine',
    });
    await using node = await connect(client);
    const fill = async (): Promise<void> => {
      for (let i = 0; i < 60; i += 1) await node.command('SET', `key:${i}`, 'x'.repeat(100_000));
    };
    // Nothing has an expiry: volatile-lru has nothing to evict.
    await expect(fill()).rejects.toThrow('OOM');
    await set('maxmemory-policy', 'allkeys-lru');
    await eventually(async () => expect(await fact(node, 'memory', 'maxmemory_policy')).toBe('allkeys-lru'));
    await fill();
    expect(Number(await fact(node, 'stats', 'evicted_keys'))).toBeGreaterThan(0);
    await client.modifyReplicationGroup({
      ReplicationGroupId: 'orders',
      ApplyImmediately: true,
      CacheNodeType: 'cache.t3.small',
    });
    // The node starts again, which ends its connections.
    await eventually(async () => {
      await using larger = await connect(client);
      expect(await fact(larger, 'memory', 'maxmemory')).toBe('14710262');
    });
  });

  it('report a parameter that waits for their reboot until they have started again', async () => {
    await using fleet = await startFleet();
    await using local = await startElastiCache(fleet, fleet.dataDir);
    const { client } = local;
    await client.createCacheParameterGroup(mine);
    await client.createReplicationGroup({ ...smallGroup, CacheParameterGroupName: 'mine' });
    const status = async () => {
      const { CacheClusters: [cluster] = [] } = await client.describeCacheClusters({ ShowCacheNodeInfo: true });
      return { ...cluster!.CacheParameterGroup, node: cluster!.CacheNodes![0]!.ParameterGroupStatus };
    };
    await using node = await connect(client);
    expect(await status()).toMatchObject({ ParameterApplyStatus: 'in-sync', CacheNodeIdsToReboot: [] });
    await client.modifyCacheParameterGroup({
      CacheParameterGroupName: 'mine',
      ParameterNameValues: [
        { ParameterName: 'databases', ParameterValue: '4' },
        { ParameterName: 'maxmemory-policy', ParameterValue: 'noeviction' },
      ],
    });
    await eventually(async () => expect(await fact(node, 'memory', 'maxmemory_policy')).toBe('noeviction'));
    expect(await node.command('SELECT', '15')).toBe('OK');
    expect(await status()).toMatchObject({
      ParameterApplyStatus: 'pending-reboot',
      CacheNodeIdsToReboot: ['0001'],
      node: 'pending-reboot',
    });
    // The endpoint starts a node again whose process ended, as a reboot does.
    process.kill(Number(await fact(node, 'server', 'process_id')), 'SIGKILL');
    await eventually(async () => expect(await status()).toMatchObject({ ParameterApplyStatus: 'in-sync' }));
    await eventually(async () => {
      await using again = await connect(client);
      await expect(again.command('SELECT', '15')).rejects.toThrow('out of range');
      expect(await fact(again, 'memory', 'maxmemory_policy')).toBe('noeviction');
    });
  });
});
