import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ElastiCache } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { openAdmin } from '../../../../src/local-elasticache/nodes/admin.js';
import { resolveValkey } from '../../../../src/local-elasticache/nodes/binary/resolve-binary.js';
import { createNodeFleet } from '../../../../src/local-elasticache/nodes/fleet.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../../helpers/elasticache/local-elasticache.js';
import { startProcess } from '../../../helpers/run/built-programs.js';
import { testLog } from '../../../helpers/run/test-log.js';

const keys = 300;

/** An endpoint that kills itself before a step of a change of nodes, when it reaches the step for the given time. */
async function startDoomed(dataDir: string, step: string, times: number) {
  const child = startProcess('elasticache/scaling-process', [dataDir, step, String(times)]);
  const [endpoint] = (await once(child, 'message')) as [string];
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const client = new ElastiCache({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  return { client, ended: once(child, 'exit'), kill: () => child.kill('SIGKILL') };
}

/** Connects to the primary of the group. */
async function enterPrimary(client: ElastiCache) {
  const { ReplicationGroups: [group] = [] } = await client.describeReplicationGroups();
  const { Address, Port } = group!.NodeGroups![0]!.PrimaryEndpoint!;
  return openAdmin({ host: Address!, port: Port! });
}

describe('an endpoint that is killed while it replaces nodes', () => {
  it.each([
    { step: 'restart-node', times: 1, count: 2 },
    { step: 'hand-over', times: 1, count: 2 },
    { step: 'restart-node', times: 2, count: 2 },
    { step: 'keep-node', times: 1, count: 1 },
    { step: 'hand-over', times: 1, count: 1 },
    // The temporary replica is the primary then.
    { step: 'restart-node', times: 1, count: 1 },
    { step: 'remove-node', times: 1, count: 1 },
    { step: 'delete-node', times: 1, count: 1 },
  ])(
    'at $step ($times) of $count nodes has completed the change at the next start, with all keys',
    async ({ step, times, count }) => {
      const dataDir = await mkdtemp(join(tmpdir(), 'cachegraph-modify-'));
      const doomed = await startDoomed(dataDir, step, times);
      try {
        await doomed.client.createReplicationGroup({ ...smallGroup, EngineVersion: '7.2', NumCacheClusters: count });
        await groupStatusBecomes(doomed.client, 'orders', 'available');
        {
          await using admin = await enterPrimary(doomed.client);
          for (let number = 0; number < keys; number += 1) await admin.command('SET', `key-${number}`, String(number));
        }
        const change = { CacheNodeType: 'cache.t3.medium', EngineVersion: '8.0', ApplyImmediately: true };
        await doomed.client.modifyReplicationGroup({ ReplicationGroupId: 'orders', ...change });
        await doomed.ended;

        const fleet = createNodeFleet({ dataDir, provideBinary: resolveValkey, log: testLog() });
        try {
          await using elastiCache = await startElastiCache(fleet, dataDir);
          const { client } = elastiCache;
          await groupStatusBecomes(client, 'orders', 'available');
          const { ReplicationGroups: [group] = [] } = await client.describeReplicationGroups();
          const members = ['orders-001', 'orders-002'].slice(0, count);
          expect(group).toMatchObject({ CacheNodeType: 'cache.t3.medium', MemberClusters: members });
          const { CacheClusters: [node] = [] } = await client.describeCacheClusters();
          expect(node).toMatchObject({ EngineVersion: '8.0', PendingModifiedValues: {} });
          await using admin = await enterPrimary(client);
          expect(await admin.command('DBSIZE')).toBe(keys);
          expect(await admin.command('GET', `key-${keys - 1}`)).toBe(String(keys - 1));
          expect(String(await admin.command('INFO', 'memory'))).toContain('maxmemory:2488396677');
          const folders = await readdir(join(dataDir, 'nodes', 'orders'));
          expect(folders.filter((name) => name.startsWith('orders-')).toSorted()).toEqual(members);
        } finally {
          await fleet.close();
        }
      } finally {
        doomed.kill();
        doomed.client.destroy();
        await rm(dataDir, { recursive: true, force: true });
      }
    },
    120_000,
  );
});
