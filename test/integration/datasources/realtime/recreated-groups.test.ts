import { describe, expect, it } from 'vitest';
import type { GroupDelivery } from '../../../../src/domain/realtime/delivery.js';
import { commandsDuring } from '../../../helpers/apis/data-api.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { listenTo, type Listening } from '../../../helpers/valkey/listening.js';
import { realtimeOn, type TestRealtime } from '../../../helpers/valkey/realtime.js';
import { startValkey, startValkeyCluster, type TestValkey } from '../../../helpers/valkey/valkey.js';
import { replicatedTo } from '../../../helpers/valkey/replicated.js';

const name = { cluster: 'orders', stream: Buffer.from('jobs'), group: Buffer.from('workers') };
const read = (realtime: TestRealtime, consumer: string, maxInFlight = 64): Listening<GroupDelivery> =>
  listenTo(
    realtime.groupEntries({
      ...name,
      consumer: Buffer.from(consumer),
      ack: 'MANUAL',
      maxInFlight,
      claimIdleMs: 60_000,
    }),
  );
const ids = (events: readonly GroupDelivery[]) => events.flatMap(({ entries }) => entries.map(({ entry }) => entry.id));
const gaps = (events: readonly GroupDelivery[]) => events.flatMap(({ gap }) => (gap ? [gap.reason] : []));
type Send = (...args: [string, ...string[]]) => Promise<unknown>;
const sendTo =
  (server: TestValkey): Send =>
  (...args) =>
    server.command(...args);
const start = async (send: Send, count: number): Promise<void> => {
  await send('XGROUP', 'CREATE', 'jobs', 'workers', '0', 'MKSTREAM');
  for (let id = 1; id <= count; id += 1) await send('XADD', 'jobs', `${id}-0`, 'n', String(id));
};
const add = (send: Send, id: string) => send('XADD', 'jobs', id, 'n', id);
/** `<id> <consumer> <delivery count>` of each pending entry. */
const pending = async (server: TestValkey): Promise<string[]> => {
  const rows = (await server.command('XPENDING', 'jobs', 'workers', '-', '+', '100')) as unknown as unknown[][];
  return rows.map(([id, consumer, , count]) => [id, consumer, count].map(String).join(' '));
};
const remade = (reader: Listening<GroupDelivery>, times = 1) => reader.until((events) => gaps(events).length === times);
/** Each process reads the group's position from time to time. */
const hasAsked = async (server: TestValkey, times: number): Promise<void> => {
  await server.command('CONFIG', 'RESETSTAT');
  await eventually(async () => {
    const stats = String(await server.command('INFO', 'commandstats'));
    expect(Number(/cmdstat_xinfo\|groups:calls=(\d+)/.exec(stats)?.[1] ?? 0)).toBeGreaterThanOrEqual(times);
  });
};

describe('A consumer group that is destroyed under its consumers', () => {
  it('is recreated at its position, with a gap, and its unacknowledged entries stay pending', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    await start(sendTo(server), 3);
    await server.command('XREADGROUP', 'GROUP', 'workers', 'a', 'COUNT', '1', 'STREAMS', 'jobs', '>');
    using reader = read(realtime, 'a');
    await reader.until((events) => ids(events).length === 3);
    await server.command('XACK', 'jobs', 'workers', '2-0');
    realtime.acknowledged(name, ['2-0']);
    await server.command('XGROUP', 'DESTROY', 'jobs', 'workers');
    await add(sendTo(server), '4-0');
    await reader.until((events) => ids(events).length === 4);
    expect(ids(reader.events)).toEqual(['1-0', '2-0', '3-0', '4-0']);
    expect(gaps(reader.events)).toEqual(['GROUP_REMADE']);
    expect(await pending(server)).toEqual(['1-0 a 2', '3-0 a 1', '4-0 a 1']);
  });

  it('is recreated on a quiet stream too, at the position that consumers of other processes have reached', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    await start(sendTo(server), 0);
    using reader = read(realtime, 'a', 1);
    for (const id of ['1-0', '2-0', '3-0']) await add(sendTo(server), id);
    await reader.until((events) => ids(events).length === 1);
    await server.command('XREADGROUP', 'GROUP', 'workers', 'elsewhere', 'STREAMS', 'jobs', '>');
    await server.command('XACK', 'jobs', 'workers', '1-0', '2-0', '3-0');
    realtime.acknowledged(name, ['1-0']);
    await hasAsked(server, 1);
    await server.command('XGROUP', 'DESTROY', 'jobs', 'workers');
    await remade(reader);
    await add(sendTo(server), '4-0');
    await reader.until((events) => ids(events).length === 2);
    expect(ids(reader.events)).toEqual(['1-0', '4-0']);
  });

  it.each([
    ['DEL', 'jobs'],
    ['FLUSHALL', 'SYNC'],
  ])('with its stream (%s) starts at the beginning of the new stream, whatever its IDs', async (...command) => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    await start(sendTo(server), 2);
    using reader = read(realtime, 'a', 2);
    await reader.until((events) => ids(events).length === 2);
    await server.command(...command);
    await add(sendTo(server), '1-5');
    await reader.until((events) => ids(events).length === 3);
    expect(ids(reader.events)).toEqual(['1-0', '2-0', '1-5']);
    expect(await pending(server)).toEqual(['1-5 a 1']);
    await server.command(...command);
    await remade(reader, 2);
    expect(String(await server.command('XLEN', 'jobs'))).toBe('0');
  });

  it('with its stream starts at the beginning of the new stream even if the user may not read the stream’s last ID', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* +@all -xinfo' } });
    await using realtime = realtimeOn(server);
    await start(sendTo(server), 0);
    await add(sendTo(server), '100-1');
    using reader = read(realtime, 'a');
    await reader.until((events) => ids(events).length === 1);
    await server.command('DEL', 'jobs');
    await add(sendTo(server), '1-1');
    await reader.until((events) => ids(events).length === 2);
    await add(sendTo(server), '2-1');
    await reader.until((events) => ids(events).length === 3);
    expect(ids(reader.events)).toEqual(['100-1', '1-1', '2-1']);
    expect(gaps(reader.events)).toEqual(['GROUP_REMADE']);
  });

  it('is recreated by one of several processes, and all continue', async () => {
    await using server = await startValkey();
    await using here = realtimeOn(server);
    await using there = realtimeOn(server);
    await start(sendTo(server), 2);
    using one = read(here, 'one', 2);
    using two = read(there, 'two', 2);
    await eventually(() => expect(ids([...one.events, ...two.events])).toHaveLength(2));
    await hasAsked(server, 4);
    await server.command('XGROUP', 'DESTROY', 'jobs', 'workers');
    await add(sendTo(server), '3-0');
    await add(sendTo(server), '4-0');
    await eventually(() => {
      const all = [...one.events, ...two.events];
      expect(ids(all).toSorted()).toEqual(['1-0', '2-0', '3-0', '4-0']);
      expect(gaps(all)).toContain('GROUP_REMADE');
    });
  });

  it('again and again is recreated at most once a second', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    await start(sendTo(server), 1);
    using reader = read(realtime, 'a');
    await reader.until((events) => ids(events).length === 1);
    const counts = await commandsDuring([server], async () => {
      for (let time = 1; time <= 3; time += 1) {
        await server.command('XGROUP', 'DESTROY', 'jobs', 'workers');
        await add(sendTo(server), `${time + 1}-0`);
        await reader.until((events) => ids(events).length === time + 1);
      }
    });
    expect(ids(reader.events)).toEqual(['1-0', '2-0', '3-0', '4-0']);
    expect(counts['xgroup|create']).toBe(3);
    expect(counts['xreadgroup']).toBeLessThan(30);
    expect(counts['xpending']).toBeLessThan(60);
  });

  it('ends its subscriptions with a clear error if it cannot be recreated', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* +@all -xgroup' } });
    await using realtime = realtimeOn(server);
    await start(sendTo(server), 1);
    using refused = read(realtime, 'a');
    await refused.until((events) => ids(events).length === 1);
    await server.command('XGROUP', 'DESTROY', 'jobs', 'workers');
    await add(sendTo(server), '2-0');
    expect(await refused.failure).toMatchObject({ code: 'PERMISSION_DENIED', upstreamCode: 'NOPERM' });
    await server.command('XGROUP', 'CREATE', 'jobs', 'workers', '0');
    using replaced = read(realtime, 'b');
    await replaced.until((events) => ids(events).length === 2);
    await server.command('SET', 'jobs', 'text');
    expect(await replaced.failure).toMatchObject({ code: 'WRONG_TYPE' });
  });

  it('is recreated in cluster mode, also after a failover', async () => {
    await using valkeys = await startValkeyCluster({ shards: 2, replicas: 1 });
    await using realtime = realtimeOn(valkeys);
    const commands = await realtime.connections.commands('orders');
    const send: Send = (...args) => commands.send({ args, key: name.stream });
    await start(send, 1);
    using reader = read(realtime, 'a');
    await reader.until((events) => ids(events).length === 1);
    await send('XGROUP', 'DESTROY', 'jobs', 'workers');
    await add(send, '2-0');
    await reader.until((events) => ids(events).length === 2);

    const sizes = await Promise.all(valkeys.primaries.map((node) => node.command('DBSIZE')));
    const at = sizes.findIndex((size) => String(size) === '1');
    const replica = valkeys.replicas.find(({ follows }) => follows === at)!;
    // WAIT regards the writes of its own connection only.
    await valkeys.primaries[at]!.command('SET', '{jobs}', 'last');
    await replicatedTo(1, valkeys.primaries[at]!);
    await valkeys.primaries[at]!.kill();
    await replica.command('CLUSTER', 'FAILOVER', 'TAKEOVER');
    await eventually(() => replica.command('XGROUP', 'DESTROY', 'jobs', 'workers'));
    await eventually(() => add(send, '3-0'));
    await reader.until((events) => ids(events).length === 3);
    expect(ids(reader.events)).toEqual(['1-0', '2-0', '3-0']);
    expect(await pending(replica)).toEqual(['1-0 a 1', '2-0 a 1', '3-0 a 1']);
  });
});

describe('A consumer group whose position is above the last ID of its stream', () => {
  const ahead = (reader: Listening<GroupDelivery>, times: number) =>
    reader.until((events) => gaps(events).filter((reason) => reason === 'GROUP_AHEAD').length === times);

  it('reports skipped entries to each consumer, at the start and after each addition', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    await start(sendTo(server), 2);
    await server.command('XGROUP', 'SETID', 'jobs', 'workers', '100-1');
    using one = read(realtime, 'one');
    await ahead(one, 1);
    await add(sendTo(server), '4-1');
    await ahead(one, 2);
    using two = read(realtime, 'two');
    await ahead(two, 1);
    await server.command('XGROUP', 'SETID', 'jobs', 'workers', '4-1');
    await add(sendTo(server), '5-1');
    await eventually(() => expect(ids([...one.events, ...two.events])).toEqual(['5-1']));
    await add(sendTo(server), '6-1');
    await eventually(() => expect(ids([...one.events, ...two.events])).toHaveLength(2));
    expect(gaps(one.events)).toEqual(['GROUP_AHEAD', 'GROUP_AHEAD']);
    expect(gaps(two.events)).toEqual(['GROUP_AHEAD']);
  });

  it('is detected if it is set while consumers read', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    await start(sendTo(server), 1);
    using reader = read(realtime, 'a');
    await reader.until((events) => ids(events).length === 1);
    await server.command('XGROUP', 'SETID', 'jobs', 'workers', '100-1');
    await ahead(reader, 1);
    await add(sendTo(server), '101-1');
    await reader.until((events) => ids(events).length === 2);
    expect(gaps(reader.events)).toEqual(['GROUP_AHEAD']);
  });

  it('is distinguished from one whose delivered entries were deleted, for which no commands are sent', async () => {
    await using server = await startValkey();
    await start(sendTo(server), 3);
    await server.command('XREADGROUP', 'GROUP', 'workers', 'elsewhere', 'STREAMS', 'jobs', '>');
    await server.command('XACK', 'jobs', 'workers', '1-0', '2-0', '3-0');
    await server.command('XDEL', 'jobs', '2-0', '3-0');
    await using realtime = realtimeOn(server);
    using reader = read(realtime, 'a');
    await hasAsked(server, 3);
    const counts = await commandsDuring([server], () => hasAsked(server, 2));
    expect(counts['xinfo|stream']).toBeUndefined();
    await add(sendTo(server), '4-0');
    await reader.until((events) => ids(events).length === 1);
    expect(gaps(reader.events)).toEqual([]);
  });
});
