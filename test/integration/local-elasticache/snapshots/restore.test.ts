import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RESP_TYPES, createClient, createCluster } from '@redis/client';
import type { ElastiCache } from '@aws-sdk/client-elasticache';
import { expect, it } from 'vitest';
import { startFleet } from '../../../helpers/elasticache/fleet.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../../helpers/elasticache/local-elasticache.js';
import { eventually } from '../../../helpers/run/eventually.js';

type Command = (key: string, ...args: (string | Buffer)[]) => Promise<unknown>;

interface Entered extends AsyncDisposable {
  /** Sends a command to the node that serves the key. */
  readonly command: Command;
}

async function enter(client: ElastiCache, id: string, ca?: string): Promise<Entered> {
  const { ReplicationGroups: [group] = [] } = await client.describeReplicationGroups({ ReplicationGroupId: id });
  const { Address, Port } = group!.ConfigurationEndpoint ?? group!.NodeGroups![0]!.PrimaryEndpoint!;
  const tls = ca === undefined ? {} : ({ tls: true, ca } as const);
  const socket = { host: Address!, port: Port!, ...tls };
  const types = { [RESP_TYPES.BLOB_STRING]: Buffer };
  if (group!.ClusterEnabled === true) {
    const cluster = createCluster({ rootNodes: [{ socket }], RESP: 2, defaults: { socket: tls } });
    await cluster.connect();
    const typed = cluster.withTypeMapping(types);
    return {
      command: (key, ...args) => typed.sendCommand(key, undefined, args),
      [Symbol.asyncDispose]: () => cluster.close(),
    };
  }
  const single = createClient({ RESP: 2, socket });
  await single.connect();
  const typed = single.withTypeMapping(types);
  return {
    command: (_key, ...args) => typed.sendCommand(args),
    [Symbol.asyncDispose]: () => single.close(),
  };
}

const binary = Buffer.from([0, 255, 13, 10, 128]);

/** Writes keys of all types, with and without times of expiry. @returns their names */
async function fill(command: Command): Promise<string[]> {
  const names: string[] = [];
  const until = String(Date.now() + 3_600_000);
  for (let number = 0; number < 40; number += 1) {
    const key = (type: string): string => {
      names.push(`${type}:${number}`);
      return `${type}:${number}`;
    };
    const writes: (readonly (string | Buffer)[])[] = [
      ['SET', key('string'), binary],
      ['SET', key('integer'), String(number), 'PXAT', until],
      ['HSET', key('hash'), 'a', binary, 'b', '2'],
      ['RPUSH', key('list'), 'x', binary, 'y'],
      ['SADD', key('set'), 'x', binary],
      ['SADD', key('intset'), '1', '2', '3'],
      ['ZADD', key('zset'), '1.5', 'x', '-inf', binary],
      ['XADD', key('stream'), '1-1', 'field', binary],
      ['PFADD', key('hyperloglog'), 'a', 'b'],
      ['SETRANGE', key('large'), '200000', 'end'],
    ];
    for (const write of writes) await command(String(write[1]), ...write);
    await command(`stream:${number}`, 'XGROUP', 'CREATE', `stream:${number}`, 'group', '0');
    await command(`stream:${number}`, 'XREADGROUP', 'GROUP', 'group', 'c', 'STREAMS', `stream:${number}`, '>');
    await command(`hash:${number}`, 'PEXPIREAT', `hash:${number}`, until);
  }
  return names;
}

/** The exact values and times of expiry. */
async function contents(command: Command, names: readonly string[]): Promise<Map<string, string>> {
  const entries = names.map(async (name) => {
    const dump = await command(name, 'DUMP', name);
    const value = Buffer.isBuffer(dump) ? dump.toString('hex') : 'missing';
    if (name.startsWith('stream:')) {
      // A replica notes its own time at which a consumer was seen, so that the rest is compared.
      const entries = await command(name, 'XRANGE', name, '-', '+');
      const pending = await command(name, 'XPENDING', name, 'group');
      return [name, JSON.stringify([entries, pending, await command(name, 'XINFO', 'GROUPS', name)])] as const;
    }
    return [name, `${value} ${String(await command(name, 'PEXPIRETIME', name))}`] as const;
  });
  return new Map(await Promise.all(entries));
}

async function snapshotBecomesAvailable(client: ElastiCache, name: string): Promise<void> {
  await eventually(async () => {
    const { Snapshots: [snapshot] = [] } = await client.describeSnapshots({ SnapshotName: name });
    expect(snapshot!.SnapshotStatus).toBe('available');
  }, 15_000);
}

const base = { ...smallGroup, AutomaticFailoverEnabled: true, ReplicasPerNodeGroup: 0 };

it('restores three shards into one, two, three and four with every key exact', { timeout: 120_000 }, async () => {
  await using fleet = await startFleet();
  await using local = await startElastiCache(fleet, fleet.dataDir);
  const { client } = local;
  await client.createReplicationGroup({ ...base, NumNodeGroups: 3, ReplicasPerNodeGroup: 1 });
  await groupStatusBecomes(client, 'orders', 'available');
  await using source = await enter(client, 'orders');
  const names = await fill(source.command);
  await source.command(
    'a',
    'FUNCTION',
    'LOAD',
    "#!lua name=lib\nredis.register_function('f', function() return 7 end)",
  );
  const before = await contents(source.command, names);
  expect([...before.values()].some((value) => value.startsWith('missing'))).toBe(false);

  await client.createSnapshot({ ReplicationGroupId: 'orders', SnapshotName: 'nightly' });
  await snapshotBecomesAvailable(client, 'nightly');
  await groupStatusBecomes(client, 'orders', 'available');
  // The snapshot does not follow later changes.
  await source.command('string:0', 'SET', 'string:0', 'changed');

  const folder = join(fleet.dataDir, 'snapshots', (await readdir(join(fleet.dataDir, 'snapshots')))[0]!);
  expect((await readdir(folder)).sort()).toEqual(['0001.rdb', '0002.rdb', '0003.rdb']);
  expect((await readFile(join(folder, '0001.rdb'))).subarray(0, 5).toString()).toBe('REDIS');

  for (const shards of [1, 2, 3, 4]) {
    const id = `restored-${shards}`;
    await client.createReplicationGroup({
      ...base,
      ReplicationGroupId: id,
      SnapshotName: 'nightly',
      NumNodeGroups: shards,
    });
    await groupStatusBecomes(client, id, 'available');
    await using restored = await enter(client, id);
    expect(await contents(restored.command, names)).toEqual(before);
    expect(String(await restored.command('string:1', 'FCALL', 'f', '1', 'string:1'))).toBe('7');
    await client.deleteReplicationGroup({ ReplicationGroupId: id });
  }
});

it(
  'restores over TLS, without cluster mode, with replicas, and keeps the data over a restart',
  { timeout: 60_000 },
  async () => {
    await using fleet = await startFleet();
    await using first = await startElastiCache(fleet, fleet.dataDir);
    const ca = await (await fetch(`${first.url}/ca.pem`)).text();
    await first.client.createReplicationGroup({ ...smallGroup, NumCacheClusters: 2, TransitEncryptionEnabled: true });
    await groupStatusBecomes(first.client, 'orders', 'available');
    let names: string[];
    let before: Map<string, string>;
    {
      await using source = await enter(first.client, 'orders', ca);
      names = await fill(source.command);
      before = await contents(source.command, names);
      // The snapshot may be that of the replica.
      await eventually(async () => expect(String(await source.command('', 'WAIT', '1', '1000'))).toBe('1'));
    }
    await first.client.deleteReplicationGroup({ ReplicationGroupId: 'orders', FinalSnapshotIdentifier: 'final' });
    await groupStatusBecomes(first.client, 'orders', undefined);

    const target = { ...smallGroup, SnapshotName: 'final', TransitEncryptionEnabled: true };
    await first.client.createReplicationGroup({ ...target, NumCacheClusters: 2 });
    await first.client.createReplicationGroup({ ...base, ...target, ReplicationGroupId: 'sharded', NumNodeGroups: 2 });
    for (const id of ['orders', 'sharded']) {
      await groupStatusBecomes(first.client, id, 'available');
      await using restored = await enter(first.client, id, ca);
      expect(await contents(restored.command, names)).toEqual(before);
    }
    await first.stop();

    await using second = await startElastiCache(fleet, fleet.dataDir);
    await groupStatusBecomes(second.client, 'orders', 'available');
    await using again = await enter(second.client, 'orders', ca);
    expect(await contents(again.command, names)).toEqual(before);
  },
);
