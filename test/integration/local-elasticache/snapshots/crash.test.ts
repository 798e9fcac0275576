import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ElastiCache, type Snapshot } from '@aws-sdk/client-elasticache';
import { expect, it } from 'vitest';
import { openAdmin } from '../../../../src/local-elasticache/nodes/admin.js';
import { startFleet } from '../../../helpers/elasticache/fleet.js';
import {
  groupStatus,
  groupStatusBecomes,
  smallGroup,
  startElastiCache,
} from '../../../helpers/elasticache/local-elasticache.js';
import { startProcess } from '../../../helpers/run/built-programs.js';
import { eventually } from '../../../helpers/run/eventually.js';

interface Endpoint {
  readonly client: ElastiCache;
  readonly process: ChildProcess;
  kill(): Promise<void>;
}

async function start(dataDir: string): Promise<Endpoint> {
  const child = startProcess('elasticache/endpoint-process', [dataDir]);
  const [url] = (await once(child, 'message')) as [string];
  const client = new ElastiCache({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  });
  return {
    client,
    process: child,
    async kill() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      client.destroy();
    },
  };
}

async function size(client: ElastiCache, id: string): Promise<number> {
  const { CacheClusters = [] } = await client.describeCacheClusters({ ShowCacheNodeInfo: true });
  const own = CacheClusters.filter(({ ReplicationGroupId }) => ReplicationGroupId === id);
  const counts = own.map(async ({ CacheNodes }) => {
    const { Address: host = '', Port: port = 0 } = CacheNodes![0]!.Endpoint!;
    await using node = await openAdmin({ host, port });
    return Number(await node.command('DBSIZE'));
  });
  return (await Promise.all(counts)).reduce((a, b) => a + b, 0);
}

const keys = 20_000;

it('leaves whole snapshots and groups when it is killed at any time', { timeout: 180_000 }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'cachegraph-snapshots-'));
  let endpoint = await start(dataDir);
  try {
    await endpoint.client.createReplicationGroup(smallGroup);
    await groupStatusBecomes(endpoint.client, 'orders', 'available');
    {
      const { ReplicationGroups: [group] = [] } = await endpoint.client.describeReplicationGroups();
      const { Address: host = '', Port: port = 0 } = group!.NodeGroups![0]!.PrimaryEndpoint!;
      await using node = await openAdmin({ host, port });
      const write = `for i = 1, ${keys} do redis.call('SET', 'key:' .. i, string.rep('x', 200)) end`;
      await node.command('EVAL', write, '0');
    }
    await endpoint.client.createSnapshot({ ReplicationGroupId: 'orders', SnapshotName: 'base' });
    await groupStatusBecomes(endpoint.client, 'orders', 'available');

    const restored = {
      ...{ ...smallGroup, ReplicationGroupId: 'again', SnapshotName: 'base' },
      ...{ NumNodeGroups: 2, ReplicasPerNodeGroup: 0 },
    };
    const operations: ((client: ElastiCache, name: string) => Promise<unknown>)[] = [
      (client, SnapshotName) => client.createSnapshot({ ReplicationGroupId: 'orders', SnapshotName }),
      (client, name) => client.copySnapshot({ SourceSnapshotName: 'base', TargetSnapshotName: name }),
      (client) => client.createReplicationGroup(restored),
      (client) => client.deleteSnapshot({ SnapshotName: 'base-2' }),
      (client, name) => client.deleteReplicationGroup({ ReplicationGroupId: 'orders', FinalSnapshotIdentifier: name }),
    ];
    for (let round = 0; round < operations.length; round += 1) {
      const operate = operations[round % operations.length]!;
      if (round % operations.length === 3) {
        const copy = { SourceSnapshotName: 'base', TargetSnapshotName: 'base-2' };
        await endpoint.client.copySnapshot(copy);
        await eventually(async () => expect(await statuses(endpoint.client)).toMatchObject({ 'base-2': 'available' }));
      }
      await operate(endpoint.client, `round-${round}`);
      await delay(Math.random() * (round % operations.length === 2 ? 400 : 60));
      await endpoint.kill();
      endpoint = await start(dataDir);
      const { client } = endpoint;

      const isDeleted = (await groupStatus(client, 'orders')) === 'deleting' || !(await groupStatus(client, 'orders'));
      if (isDeleted) {
        await groupStatusBecomes(client, 'orders', undefined);
        expect(await statuses(client)).toMatchObject({ [`round-${round}`]: 'available' });
        await client.createReplicationGroup({ ...smallGroup, SnapshotName: `round-${round}` });
      }
      await groupStatusBecomes(client, 'orders', 'available');
      expect(await size(client, 'orders')).toBe(keys);
      if ((await groupStatus(client, 'again')) !== undefined) {
        await groupStatusBecomes(client, 'again', 'available');
        expect(await size(client, 'again')).toBe(keys);
        await client.deleteReplicationGroup({ ReplicationGroupId: 'again' });
        await groupStatusBecomes(client, 'again', undefined);
      }
      await eventually(async () => {
        const found = await statuses(client);
        expect(new Set(Object.values(found))).toEqual(new Set(['available']));
        const folders = await readdir(join(dataDir, 'snapshots'));
        expect(folders).toHaveLength(Object.keys(found).length);
        const files = await Promise.all(folders.map((folder) => readdir(join(dataDir, 'snapshots', folder))));
        expect(files.flat().every((file) => file === '0001.rdb')).toBe(true);
      });
    }
  } finally {
    await endpoint.kill();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
});

async function statuses(client: ElastiCache): Promise<Record<string, string | undefined>> {
  const { Snapshots = [] } = await client.describeSnapshots();
  return Object.fromEntries(Snapshots.map((one: Snapshot) => [one.SnapshotName!, one.SnapshotStatus]));
}

it('keeps the group available if the files cannot be written', async () => {
  await using fleet = await startFleet();
  await using local = await startElastiCache(fleet, fleet.dataDir);
  await local.client.createReplicationGroup(smallGroup);
  await groupStatusBecomes(local.client, 'orders', 'available');
  const inTheWay = join(fleet.dataDir, 'snapshots');
  await writeFile(inTheWay, '');
  await local.client.createSnapshot({ ReplicationGroupId: 'orders', SnapshotName: 'first' });
  await eventually(async () => expect(await statuses(local.client)).toEqual({ first: 'failed' }));
  expect(await groupStatus(local.client, 'orders')).toBe('available');
  const { Events = [] } = await local.client.describeEvents();
  expect(Events.at(-1)!.Message).toMatch(/^Snapshot first failed: The disk could not be written \(\w+\)\.$/);
  await rm(inTheWay);
  await local.client.deleteSnapshot({ SnapshotName: 'first' });
  await local.client.createSnapshot({ ReplicationGroupId: 'orders', SnapshotName: 'second' });
  await eventually(async () => expect(await statuses(local.client)).toEqual({ second: 'available' }));
});
