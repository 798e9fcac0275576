import { describe, expect, it } from 'vitest';
import type { StreamDelivery } from '../../../../src/domain/realtime/delivery.js';
import { publish } from '../../../../src/datasources/valkey/values/channels/channels.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { listenTo } from '../../../helpers/valkey/listening.js';
import { realtimeOn, type TestRealtime } from '../../../helpers/valkey/realtime.js';
import { startValkey, type TestValkey } from '../../../helpers/valkey/valkey.js';

const stream = Buffer.from('ord');
const tail = (realtime: TestRealtime, after: string) =>
  listenTo(realtime.streamEntries({ cluster: 'orders', stream, after }));
const ids = (events: readonly StreamDelivery[]) => events.flatMap(({ entries }) => entries.map(({ id }) => id));
const gaps = (events: readonly StreamDelivery[]) => events.flatMap(({ gap }) => gap ?? []);
const add = async (server: TestValkey, ...entryIds: readonly string[]): Promise<void> => {
  for (const id of entryIds) await server.command('XADD', 'ord', id, 'n', '1');
};
const trimmed = { reason: 'TRIMMED', missed: null };
/** A stream whose watch checks for recreation so rarely that only a read can detect it. */
const rarely = { blockMs: 60_000 };
const isWatched = (server: TestValkey) =>
  eventually(async () => expect(String(await server.command('CLIENT', 'LIST'))).toMatch(/flags=b.* cmd=xread/));

describe('A stream that was recreated with smaller IDs', () => {
  it('is read from its start, after a gap, by a tail that resumes above its last ID', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, rarely);
    await add(server, '2-1');
    using resumed = tail(realtime, '100-1');
    await resumed.until((events) => ids(events).length === 1);
    await isWatched(server);
    await add(server, '4-1');
    expect(ids(await resumed.until((events) => ids(events).length === 2))).toEqual(['2-1', '4-1']);
    expect(resumed.events[0]).toEqual({ entries: [], gap: trimmed });
    expect(gaps(resumed.events)).toHaveLength(1);
    expect(resumed.subscription.cursor?.()).toBe('4-1');
  });

  it('and deleted causes an immediate gap for a tail that resumes, which then waits for the first entry', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, rarely);
    const source = realtime.streamEntries({ cluster: 'orders', stream, after: '$' });
    using resumed = listenTo(source.resumeAfter!('100-1'));
    await resumed.until((events) => gaps(events).length === 1);
    expect(resumed.subscription.cursor?.()).toBe('0-0');
    await add(server, '1-1');
    await resumed.until((events) => ids(events).length === 1);
    expect(resumed.events).toMatchObject([
      { entries: [], gap: trimmed },
      { entries: [{ id: '1-1' }], gap: null },
    ]);
  });

  it('is distinguished from one whose last entries were deleted, or whose last ID was increased', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, rarely);
    await add(server, '1-1', '100-1');
    await server.command('XDEL', 'ord', '100-1');
    using afterDeleted = tail(realtime, '100-1');
    using fromStart = tail(realtime, '0');
    await fromStart.until((events) => ids(events).length === 1);
    await server.command('XSETID', 'ord', '200-0');
    using afterSet = tail(realtime, '150-0');
    await isWatched(server);
    await add(server, '201-0');
    for (const each of [afterDeleted, fromStart, afterSet]) {
      await each.until((events) => ids(events).includes('201-0'));
      expect(gaps(each.events)).toEqual([]);
    }
    expect(ids(afterDeleted.events)).toEqual(['201-0']);
    expect(ids(afterSet.events)).toEqual(['201-0']);
  });

  it('is delivered once to each tail, with a gap only to the one that read the old stream', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, { blockMs: 300 });
    await add(server, '100-1');
    using before = tail(realtime, '0');
    await before.until((events) => ids(events).length === 1);
    await isWatched(server);
    await server.command('DEL', 'ord');
    await add(server, '1-1', '2-1');
    using since = tail(realtime, '0');
    using resumed = tail(realtime, '1-1');
    using live = tail(realtime, '$');
    await Promise.all([
      before.until((events) => ids(events).length === 3),
      since.until((events) => ids(events).length === 2),
      resumed.until((events) => ids(events).length === 1),
    ]);
    // Long enough for a check by the watch.
    await waits(server, 3);
    await add(server, '3-1');
    for (const each of [before, since, resumed, live]) await each.until((events) => ids(events).includes('3-1'));
    expect(ids(before.events)).toEqual(['100-1', '1-1', '2-1', '3-1']);
    expect(gaps(before.events)).toEqual([trimmed]);
    expect([since, resumed, live].map(({ events }) => ids(events))).toEqual([
      ['1-1', '2-1', '3-1'],
      ['2-1', '3-1'],
      ['3-1'],
    ]);
    expect([since, resumed, live].flatMap(({ events }) => gaps(events))).toEqual([]);
  });

  it('is detected by the first read, even if it is longer than a page, and followed immediately from then on', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, { ...rarely, maxPageEntries: 3 });
    await add(server, '100-1');
    using before = tail(realtime, '0');
    await before.until((events) => ids(events).length === 1);
    using paused = tail(realtime, '0');
    await paused.until((events) => ids(events).length === 1);
    paused.subscription.pause();
    await isWatched(server);
    const entryIds = Array.from({ length: 10 }, (_, at) => `1-${at + 1}`);
    await server.command('DEL', 'ord');
    await add(server, ...entryIds);
    using since = tail(realtime, '0');
    await since.until((events) => ids(events).length === 10);
    await before.until((events) => ids(events).length === 11);
    await add(server, '2-1');
    paused.subscription.resume();
    for (const each of [before, since, paused]) await each.until((events) => ids(events).includes('2-1'));
    expect(ids(since.events)).toEqual([...entryIds, '2-1']);
    expect(gaps(since.events)).toEqual([]);
    for (const { events } of [before, paused]) {
      expect(ids(events)).toEqual(['100-1', ...entryIds, '2-1']);
      expect(gaps(events)).toEqual([trimmed]);
    }
  });

  it('causes a gap for a tail that had not read all of the former stream, whatever the IDs of the new one', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, { ...rarely, maxPageEntries: 1 });
    await add(server, '1-1');
    using slow = tail(realtime, '0');
    await slow.until((events) => ids(events).length === 1);
    slow.subscription.pause();
    await add(server, '5-1', '100-1');
    using quick = tail(realtime, '0');
    await quick.until((events) => ids(events).length === 3);
    await server.command('DEL', 'ord');
    await add(server, '1-1', '2-1');
    using since = tail(realtime, '0');
    await since.until((events) => ids(events).length === 2);
    slow.subscription.resume();
    await slow.until((events) => ids(events).length === 3);
    expect(ids(slow.events)).toEqual(['1-1', '1-1', '2-1']);
    expect(gaps(slow.events)).toEqual([trimmed]);
    expect(gaps(since.events)).toEqual([]);
  });
});

describe('A stream that was recreated with higher IDs between two reads', () => {
  /** Deletes the stream and adds these entries to a new one, atomically. */
  const remake = (server: TestValkey, ...entryIds: readonly string[]) =>
    server.command(
      'EVAL',
      "redis.call('DEL', KEYS[1]) for _, id in ipairs(ARGV) do redis.call('XADD', KEYS[1], id, 'n', '1') end",
      '1',
      'ord',
      ...entryIds,
    );

  it('causes one gap before its entries for each tail that has read the former stream, and repeats nothing', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, rarely);
    await add(server, '1-1', '5-1');
    using live = tail(realtime, '0');
    using alsoLive = tail(realtime, '$');
    await live.until((events) => ids(events).length === 2);
    await isWatched(server);
    await remake(server, '6-1', '7-1', '8-1', '9-1');
    for (const each of [live, alsoLive]) await each.until((events) => ids(events).includes('9-1'));
    await add(server, '10-1');
    for (const each of [live, alsoLive]) await each.until((events) => ids(events).includes('10-1'));
    expect(ids(live.events)).toEqual(['1-1', '5-1', '6-1', '7-1', '8-1', '9-1', '10-1']);
    expect(ids(alsoLive.events)).toEqual(['6-1', '7-1', '8-1', '9-1', '10-1']);
    for (const { events } of [live, alsoLive]) {
      expect(gaps(events)).toEqual([trimmed]);
      expect(events.find(({ gap }) => gap)?.entries[0]?.id).toBe('6-1');
    }
  });

  it('causes a gap even if it is longer than a page, or has entries below those that were read', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, { ...rarely, maxPageEntries: 2 });
    await add(server, '1-1', '2-1', '5-1');
    using live = tail(realtime, '0');
    await live.until((events) => ids(events).length === 3);
    await isWatched(server);
    await remake(server, '3-1', '6-1', '7-1', '8-1', '9-1', '10-1');
    await live.until((events) => ids(events).includes('10-1'));
    await server.command('XTRIM', 'ord', 'MAXLEN', '0');
    await add(server, '11-1');
    await live.until((events) => ids(events).includes('11-1'));
    expect(ids(live.events)).toEqual(['1-1', '2-1', '5-1', '6-1', '7-1', '8-1', '9-1', '10-1', '11-1']);
    expect(gaps(live.events)).toEqual([trimmed]);
  });

  it('is distinguished from one whose entries were deleted or trimmed after they were read', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, rarely);
    await add(server, '1-1', '2-1', '5-1');
    using live = tail(realtime, '0');
    await live.until((events) => ids(events).length === 3);
    await isWatched(server);
    await server.command('XDEL', 'ord', '5-1');
    await add(server, '6-1');
    await live.until((events) => ids(events).includes('6-1'));
    await server.command('XTRIM', 'ord', 'MAXLEN', '0');
    await add(server, '7-1');
    await live.until((events) => ids(events).includes('7-1'));
    expect(gaps(live.events)).toEqual([]);
  });
});

describe('A stream that was recreated, for a user who may not read its last ID,', () => {
  it('is detected by its new entries', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* +@all -xinfo' } });
    await using realtime = realtimeOn(server, { blockMs: 50 });
    await add(server, '100-1');
    using listening = tail(realtime, '0');
    await listening.until((events) => ids(events).length === 1);
    await isWatched(server);
    await server.command('DEL', 'ord');
    await add(server, '1-1');
    await waits(server, 3);
    await add(server, '2-1');
    expect(ids(await listening.until((events) => ids(events).length === 3))).toEqual(['100-1', '1-1', '2-1']);
    expect(gaps(listening.events)).toEqual([trimmed]);
  });
});

describe('A channel’s history that was recreated with smaller IDs', () => {
  const channel = Buffer.from('chat');

  it('is delivered from its start, after a gap, to a subscriber that resumes above its last ID', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, {}, { history: [{ pattern: 'chat', maxMessages: 100 }] });
    const commands = await realtime.connections.commands('orders');
    const history = realtime.history({ cluster: 'orders', channel, sharded: false });
    const say = (payload: string) =>
      publish(commands, { channel, payload: Buffer.from(payload), sharded: false }, history);
    const { cursor } = await say('old');
    const after = `${Number(cursor!.split('-')[0]) + 60_000}-0`;
    const common = { cluster: 'orders', channels: [channel], patterns: [], sharded: false } as const;
    using resumed = listenTo(
      realtime.channelMessages({ ...common, overflow: 'DROP_OLDEST', history: { last: 0, after } }),
    );
    const payloads = () => resumed.events.flatMap(({ messages }) => messages.map(({ payload }) => String(payload)));
    await resumed.until(() => payloads().length === 1);
    await say('new');
    await resumed.until(() => payloads().length === 2);
    expect(payloads()).toEqual(['old', 'new']);
    expect(resumed.events.flatMap(({ gap }) => gap ?? [])).toEqual([trimmed]);
  });
});

/** Resolves when the watch has started that many more blocking reads. */
async function waits(server: TestValkey, times: number): Promise<void> {
  await server.command('CONFIG', 'RESETSTAT');
  await eventually(async () => {
    const stats = String(await server.command('INFO', 'commandstats'));
    expect(Number(/cmdstat_xread:calls=(\d+)/.exec(stats)?.[1] ?? 0)).toBeGreaterThanOrEqual(times);
  });
}
