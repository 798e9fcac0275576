import { describe, expect, it } from 'vitest';
import type { GroupRequest } from '../../../../src/datasources/realtime/interfaces.js';
import type { GroupDelivery } from '../../../../src/domain/realtime/delivery.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { listenTo, type Listening } from '../../../helpers/valkey/listening.js';
import { realtimeOn, type TestRealtime } from '../../../helpers/valkey/realtime.js';
import { startValkey, type TestValkey } from '../../../helpers/valkey/valkey.js';

const name = { cluster: 'orders', stream: Buffer.from('jobs'), group: Buffer.from('workers') };
const read = (
  realtime: TestRealtime,
  consumer: string,
  more: Partial<GroupRequest> = {},
  each?: (event: GroupDelivery) => void,
): Listening<GroupDelivery> => {
  const source = realtime.groupEntries({
    ...name,
    consumer: Buffer.from(consumer),
    ack: 'MANUAL',
    maxInFlight: 64,
    claimIdleMs: 60_000,
    ...more,
  });
  return listenTo(source, each);
};
const entriesOf = (events: readonly GroupDelivery[]) => events.flatMap(({ entries }) => entries);
const ids = (events: readonly GroupDelivery[]) => entriesOf(events).map(({ entry }) => entry.id);
const add = async (server: TestValkey, count: number): Promise<string[]> => {
  const added = Array.from({ length: count }, (_, at) => server.command('XADD', 'jobs', '*', 'n', String(at)));
  return (await Promise.all(added)).map(String);
};
const startGroup = async (): Promise<TestValkey> => {
  const server = await startValkey();
  await server.command('XGROUP', 'CREATE', 'jobs', 'workers', '0', 'MKSTREAM');
  return server;
};
const acknowledge = (server: TestValkey, entryIds: readonly string[]) =>
  server.command('XACK', 'jobs', 'workers', ...entryIds);
/** Number of pending entries by consumer. */
const pendingByConsumer = async (server: TestValkey): Promise<Record<string, number>> => {
  const [, , , consumers] = (await server.command('XPENDING', 'jobs', 'workers')) as unknown as [
    unknown,
    unknown,
    unknown,
    [unknown, unknown][] | null,
  ];
  return Object.fromEntries((consumers ?? []).map(([consumer, count]) => [String(consumer), Number(String(count))]));
};
const consumersOf = async (server: TestValkey): Promise<string[]> => {
  const text = JSON.stringify(await server.command('XINFO', 'CONSUMERS', 'jobs', 'workers'), (_key, value: unknown) =>
    value instanceof Object && 'type' in value && value.type === 'Buffer'
      ? Buffer.from((value as unknown as { data: number[] }).data).toString()
      : value,
  );
  return [...text.matchAll(/"name","([^"]+)"/g)].map(([, found]) => found!);
};

describe('A consumer group', () => {
  it('delivers the entries of five writers to ten readers, each once, and leaves none pending', async () => {
    await using server = await startGroup();
    await using realtime = realtimeOn(server);
    const seen: string[] = [];
    const acknowledging: Promise<unknown>[] = [];
    const readers = Array.from({ length: 10 }, (_, at) =>
      read(realtime, `reader-${at}`, { maxInFlight: 16 }, ({ entries }) => {
        const mine = entries.map(({ entry }) => entry.id);
        seen.push(...mine);
        acknowledging.push(acknowledge(server, mine).then(() => realtime.acknowledged(name, mine)));
      }),
    );
    const written = (await Promise.all(Array.from({ length: 5 }, () => add(server, 400)))).flat();
    await eventually(() => expect(seen).toHaveLength(2000));
    await Promise.all(acknowledging);
    expect(new Set(seen)).toEqual(new Set(written));
    expect(await pendingByConsumer(server)).toEqual({});
    expect(readers.every(({ events }) => events.length > 0)).toBe(true);
    for (const { subscription } of readers) subscription.close();
    await eventually(async () => expect(await consumersOf(server)).toEqual([]));
  });

  it('sends no more than maxInFlight until entries are acknowledged, here or elsewhere', async () => {
    await using server = await startGroup();
    await using realtime = realtimeOn(server);
    const added = await add(server, 6);
    using reader = read(realtime, 'a', { maxInFlight: 2 });
    await reader.until((events) => ids(events).length === 2);
    await acknowledge(server, added.slice(0, 1));
    realtime.acknowledged(name, added.slice(0, 1));
    await reader.until((events) => ids(events).length === 3);
    await acknowledge(server, added.slice(1, 3));
    expect(ids(await reader.until((events) => ids(events).length === 5))).toEqual(added.slice(0, 5));
    expect(await pendingByConsumer(server)).toEqual({ a: 2 });
  });

  it('delivers a consumer’s own pending entries first, with their delivery count, then new ones', async () => {
    await using server = await startGroup();
    await using realtime = realtimeOn(server);
    const added = await add(server, 5);
    await server.command('XREADGROUP', 'GROUP', 'workers', 'a', 'COUNT', '3', 'STREAMS', 'jobs', '>');
    using reader = read(realtime, 'a', { maxInFlight: 2 });
    const first = entriesOf(await reader.until((events) => ids(events).length === 2));
    expect(first).toMatchObject(added.slice(0, 2).map((id) => ({ entry: { id }, deliveryCount: 2, claimed: false })));
    await acknowledge(server, added.slice(0, 2));
    realtime.acknowledged(name, added.slice(0, 2));
    const rest = entriesOf(await reader.until((events) => ids(events).length === 4)).slice(2);
    expect(rest).toMatchObject([
      { entry: { id: added[2] }, deliveryCount: 2 },
      { entry: { id: added[3] }, deliveryCount: 1 },
    ]);
  });

  it('delivers the idle entries of a dead consumer to another one, and removes the dead consumer', async () => {
    await using server = await startGroup();
    await using realtime = realtimeOn(server);
    const added = await add(server, 3);
    await server.command('XREADGROUP', 'GROUP', 'workers', 'dead', 'STREAMS', 'jobs', '>');
    using reader = read(realtime, 'alive', { claimIdleMs: 100 });
    const entries = entriesOf(await reader.until((events) => ids(events).length === 3));
    expect(entries).toMatchObject(added.map((id) => ({ entry: { id }, deliveryCount: 2, claimed: true })));
    await eventually(async () => expect(await consumersOf(server)).toEqual(['alive']));
  });

  it('removes dead consumers without pending entries, and keeps live ones', async () => {
    await using server = await startGroup();
    await using here = realtimeOn(server, { silentConsumerMs: 600 });
    await using there = realtimeOn(server, { silentConsumerMs: 600 });
    using _one = read(here, 'one');
    using _two = read(there, 'two');
    await eventually(async () => {
      // It reads as long as the others have not begun: otherwise they might remove it before.
      await server.command('XREADGROUP', 'GROUP', 'workers', 'dead', 'STREAMS', 'jobs', '>');
      expect(await consumersOf(server)).toEqual(['dead', 'one', 'two']);
    });
    await eventually(async () => expect(await consumersOf(server)).toEqual(['one', 'two']));
    // As if the other process had regarded it as dead.
    await server.command('XGROUP', 'DELCONSUMER', 'jobs', 'workers', 'two');
    await eventually(async () => expect(await consumersOf(server)).toEqual(['one', 'two']));
  });

  it('delivers the unacknowledged entries of a departing subscriber to the others immediately', async () => {
    await using server = await startGroup();
    await using realtime = realtimeOn(server);
    const added = await add(server, 3);
    const leaving = read(realtime, 'leaving');
    await leaving.until((events) => ids(events).length === 3);
    using staying = read(realtime, 'staying');
    await acknowledge(server, added.slice(0, 1));
    leaving.subscription.close();
    const entries = entriesOf(await staying.until((events) => ids(events).length === 2));
    expect(entries).toMatchObject(added.slice(1).map((id) => ({ entry: { id }, deliveryCount: 2, claimed: true })));
    await eventually(async () => expect(await consumersOf(server)).toEqual(['staying']));
  });

  it('removes a subscriber that acknowledges after it has left', async () => {
    await using server = await startGroup();
    await using realtime = realtimeOn(server);
    const added = await add(server, 2);
    const leaving = read(realtime, 'leaving');
    await leaving.until((events) => ids(events).length === 2);
    leaving.subscription.close();
    // Its entries were offered with a large idle time.
    await eventually(async () => {
      const [[, , idleMs]] = (await server.command('XPENDING', 'jobs', 'workers', '-', '+', '1')) as unknown as [
        unknown[],
      ];
      expect(Number(String(idleMs))).toBeGreaterThan(100_000);
    });
    await acknowledge(server, added);
    realtime.acknowledged(name, added);
    await eventually(async () => expect(await consumersOf(server)).toEqual([]));
  });

  it('is left when the process closes, and unacknowledged entries are offered to other processes', async () => {
    await using server = await startGroup();
    await using there = realtimeOn(server);
    const added = await add(server, 2);
    await using here = realtimeOn(server);
    using busy = read(here, 'busy', { maxInFlight: 2 });
    await busy.until((events) => ids(events).length === 2);
    using idle = read(here, 'idle');
    await here.close();
    expect(await busy.failure).toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
    expect(await idle.failure).toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
    expect(await consumersOf(server)).toEqual(['busy']);
    using other = read(there, 'other');
    expect(ids(await other.until((events) => ids(events).length === 2))).toEqual(added);
    await eventually(async () => expect(await consumersOf(server)).toEqual(['other']));
  });

  it('works over several processes: the entries of a departing subscriber go to another process', async () => {
    await using server = await startGroup();
    await using here = realtimeOn(server);
    await using there = realtimeOn(server);
    const added = await add(server, 4);
    const leaving = read(here, 'here');
    await leaving.until((events) => ids(events).length === 4);
    using staying = read(there, 'there');
    leaving.subscription.close();
    expect(ids(await staying.until((events) => ids(events).length === 4))).toEqual(added);
  });

  it('acknowledges before delivery under ON_SEND, but no entries that wait for a paused subscriber', async () => {
    await using server = await startGroup();
    await using realtime = realtimeOn(server);
    const pending: Promise<Record<string, number>>[] = [];
    using reader = read(realtime, 'a', { ack: 'ON_SEND' }, () => pending.push(pendingByConsumer(server)));
    await add(server, 1);
    await reader.until((events) => ids(events).length === 1);
    reader.subscription.pause();
    await add(server, 3);
    reader.subscription.resume();
    const seen = ids(await reader.until((events) => ids(events).length === 4));
    expect(reader.subscription.cursor?.()).toBe(seen.at(-1));
    for (const each of await Promise.all(pending)) expect(each).toEqual({});
  });

  it('leaves entries for others while a subscriber is paused', async () => {
    await using server = await startGroup();
    await using realtime = realtimeOn(server);
    using paused = read(realtime, 'paused');
    using other = read(realtime, 'other');
    paused.subscription.pause();
    const added = await add(server, 20);
    await other.until((events) => ids(events).length === added.length);
    expect(paused.events).toEqual([]);
  });

  it('loses nothing if connections are cut while it reads', async () => {
    await using server = await startGroup();
    await using realtime = realtimeOn(server);
    const seen = new Set<string>();
    const take = ({ entries }: GroupDelivery): void => {
      const mine = entries.map(({ entry }) => entry.id);
      for (const id of mine) seen.add(id);
      void acknowledge(server, mine).then(() => realtime.acknowledged(name, mine));
    };
    using _one = read(realtime, 'one', { maxInFlight: 5 }, take);
    using _two = read(realtime, 'two', { maxInFlight: 5 }, take);
    const written = await add(server, 50);
    await eventually(() => expect(seen.size).toBe(50));
    for (let round = 0; round < 10; round += 1) {
      written.push(...(await add(server, 50)));
      await server.command('CLIENT', 'KILL', 'TYPE', 'normal');
    }
    await eventually(() => expect(seen.size).toBe(550));
    await eventually(async () => expect(await pendingByConsumer(server)).toEqual({}));
    expect(seen).toEqual(new Set(written));
  });

  it('moves an entry that was delivered too often to the dead-letter stream, with its delivery facts', async () => {
    await using server = await startGroup();
    await using realtime = realtimeOn(server);
    const [id] = await add(server, 1);
    for (let count = 0; count < 2; count += 1) {
      await server.command('XCLAIM', 'jobs', 'workers', 'dead', '0', id!);
      await server.command('XREADGROUP', 'GROUP', 'workers', 'dead', 'STREAMS', 'jobs', count === 0 ? '>' : '0');
    }
    const deadLetters = { stream: Buffer.from('dead-jobs'), maxDeliveries: 2 };
    using reader = read(realtime, 'a', { claimIdleMs: 100, deadLetters });
    await eventually(async () => expect(String(await server.command('XLEN', 'dead-jobs'))).toBe('1'));
    await eventually(async () => expect(await pendingByConsumer(server)).toEqual({}));
    const letter = String(await server.command('XRANGE', 'dead-jobs', '-', '+'));
    expect(letter).toContain(`dead-letter-stream,jobs,dead-letter-group,workers,dead-letter-consumer,dead`);
    expect(letter).toContain(`dead-letter-entry-id,${id}`);
    expect(reader.events).toEqual([]);
  });

  it('refuses a second consumer of the same name, until the first has left', async () => {
    await using server = await startGroup();
    await using realtime = realtimeOn(server);
    const one = read(realtime, 'a');
    using two = read(realtime, 'a');
    expect(await two.failure).toMatchObject({ code: 'INVALID_STATE' });
    one.subscription.close();
    using three = read(realtime, 'a');
    const added = await add(server, 1);
    expect(ids(await three.until((events) => events.length === 1))).toEqual(added);
  });

  it('that does not exist ends its subscriptions with a clear error', async () => {
    await using server = await startGroup();
    await using realtime = realtimeOn(server);
    using missing = read(realtime, 'a', { group: Buffer.from('nobody') });
    expect(await missing.failure).toMatchObject({ code: 'NOT_FOUND', upstreamCode: 'NOGROUP' });
  });
});
