import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ElastiCache } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { openAdmin } from '../../../../src/local-elasticache/nodes/admin.js';
import { createNodeFleet } from '../../../../src/local-elasticache/nodes/fleet.js';
import { resolveValkey } from '../../../../src/local-elasticache/nodes/binary/resolve-binary.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../../helpers/elasticache/local-elasticache.js';
import { startProcess } from '../../../helpers/run/built-programs.js';
import { testLog } from '../../../helpers/run/test-log.js';

const keys = 600;

/** The addresses of all nodes, and the IDs of their shards. */
async function nodesOf(client: ElastiCache): Promise<{ id: string; host: string; port: number }[]> {
  const { CacheClusters = [] } = await client.describeCacheClusters({ ShowCacheNodeInfo: true });
  return CacheClusters.map(({ CacheClusterId, CacheNodes }) => {
    const { Address, Port } = CacheNodes![0]!.Endpoint!;
    return { id: CacheClusterId!, host: Address!, port: Port! };
  });
}

/** Writes each key to the node that owns its slot. */
async function writeKeys(client: ElastiCache): Promise<void> {
  for (const node of await nodesOf(client)) {
    await using admin = await openAdmin(node);
    await Promise.all(
      Array.from({ length: keys }, (_, number) =>
        admin.command('SET', `key-${number}`, String(number)).catch((cause: unknown) => {
          if (!String(cause).includes('MOVED')) throw cause;
        }),
      ),
    );
  }
}

/** The number of keys of all primaries, each of which must be in a slot of its node. */
async function countKeys(client: ElastiCache): Promise<number> {
  let [sum, slots] = [0, 0];
  for (const node of await nodesOf(client)) {
    await using admin = await openAdmin(node);
    if (
      !Array.isArray(await admin.command('ROLE')) ||
      String(((await admin.command('ROLE')) as string[])[0]) !== 'master'
    )
      continue;
    const own = String(await admin.command('CLUSTER', 'NODES'))
      .split('\n')
      .find((line) => line.includes('myself'))!;
    expect(own, 'no slot stays open').not.toContain('[');
    const ranges = own.split(' ').slice(8);
    slots += ranges.reduce((total, range) => {
      const [first, last = first] = range.split('-').map(Number);
      return total + last! - first! + 1;
    }, 0);
    for (let number = 0; number < keys; number += 1) {
      const value = await admin.command('GET', `key-${number}`).catch(() => undefined);
      if (value === undefined) continue;
      expect(value).toBe(String(number));
      sum += 1;
    }
  }
  expect(slots).toBe(16_384);
  return sum;
}

async function startDoomed(dataDir: string, step: string, times: number) {
  const child = startProcess('elasticache/scaling-process', [dataDir, step, String(times)]);
  const [url] = (await once(child, 'message')) as [string];
  const client = new ElastiCache({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  });
  return { client, ended: once(child, 'exit'), kill: () => child.kill('SIGKILL') };
}

describe('an endpoint that is killed while it scales', () => {
  it.each([
    { step: 'start-node', times: 1, from: 1, to: 2 },
    { step: 'keep-node', times: 1, from: 1, to: 2 },
    { step: 'open-slots', times: 2, from: 1, to: 2 },
    { step: 'move-keys', times: 2, from: 1, to: 2 },
    { step: 'assign-slots', times: 2, from: 1, to: 2 },
    { step: 'slots-moved', times: 1, from: 1, to: 2 },
    { step: 'assign-slots', times: 3, from: 2, to: 1 },
    { step: 'remove-node', times: 1, from: 2, to: 1 },
    { step: 'delete-node', times: 1, from: 2, to: 1 },
  ])(
    'at $step ($times) from $from to $to shards continues at the next start',
    async ({ step, times, from, to }) => {
      const dataDir = await mkdtemp(join(tmpdir(), 'cachegraph-scaling-'));
      const doomed = await startDoomed(dataDir, step, times);
      try {
        await doomed.client.createReplicationGroup({ ...smallGroup, ClusterMode: 'enabled', NumNodeGroups: from });
        await groupStatusBecomes(doomed.client, 'orders', 'available');
        await writeKeys(doomed.client);
        await doomed.client.modifyReplicationGroupShardConfiguration({
          ReplicationGroupId: 'orders',
          NodeGroupCount: to,
          ApplyImmediately: true,
          ...(to < from ? { NodeGroupsToRemove: ['0001'] } : {}),
        });
        await doomed.ended;

        const fleet = createNodeFleet({ dataDir, provideBinary: resolveValkey, log: testLog() });
        try {
          await using elastiCache = await startElastiCache(fleet, dataDir);
          await groupStatusBecomes(elastiCache.client, 'orders', 'available');
          const { ReplicationGroups } = await elastiCache.client.describeReplicationGroups();
          expect(ReplicationGroups![0]!.NodeGroups).toHaveLength(to);
          expect(await countKeys(elastiCache.client)).toBe(keys);
          const folders = (await readdir(join(dataDir, 'nodes/orders'))).filter((name) => name.startsWith('orders-'));
          expect(folders.toSorted()).toEqual((await nodesOf(elastiCache.client)).map(({ id }) => id).toSorted());
        } finally {
          await fleet.close();
        }
      } finally {
        doomed.kill();
        doomed.client.destroy();
        await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
      }
    },
    120_000,
  );
});
