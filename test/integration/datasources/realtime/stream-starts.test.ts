import { describe, expect, it } from 'vitest';
import type { GroupRequest } from '../../../../src/datasources/realtime/interfaces.js';
import type { GroupDelivery, StreamDelivery } from '../../../../src/domain/realtime/delivery.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { listenTo } from '../../../helpers/valkey/listening.js';
import { realtimeOn, type TestRealtime } from '../../../helpers/valkey/realtime.js';
import { startValkey, type TestValkey } from '../../../helpers/valkey/valkey.js';

const stream = Buffer.from('log');
const sourceOf = (realtime: TestRealtime, after: string, announce = true) =>
  realtime.streamEntries({ cluster: 'orders', stream, after, announce });
const tail = (realtime: TestRealtime, after: string, announce = true) => listenTo(sourceOf(realtime, after, announce));
const add = async (server: TestValkey, ...entryIds: readonly string[]): Promise<void> => {
  for (const id of entryIds) await server.command('XADD', 'log', id, 'n', '1');
};
const ids = (events: readonly StreamDelivery[]) => events.flatMap(({ entries }) => entries.map(({ id }) => id));
/** The contents of each delivery, in order. */
const shape = (events: readonly (StreamDelivery | GroupDelivery)[]) =>
  events.flatMap(({ entries, gap, started }) => [
    ...(started ? [`started ${started.cursor ?? 'without a cursor'}`] : []),
    ...(gap ? [gap.reason] : []),
    ...entries.map((item) => ('entry' in item ? item.entry.id : item.id)),
  ]);

describe('A stream tail that announces its start', () => {
  it('first announces its position, and then delivers the entries after it', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    await add(server, '1-1', '2-1');
    using live = tail(realtime, '$');
    using all = tail(realtime, '0');
    using later = tail(realtime, '01-1');
    using above = tail(realtime, '100-1');
    using quiet = tail(realtime, '$', false);
    await Promise.all([live, all, later, above].map((each) => each.until((events) => events.length > 0)));
    await quiet.cursorChanged;
    await add(server, '3-1');
    for (const each of [live, all, later, above, quiet]) await each.until((events) => ids(events).includes('3-1'));
    expect(shape(live.events)).toEqual(['started 2-1', '3-1']);
    expect(shape(all.events)).toEqual(['started 0-0', '1-1', '2-1', '3-1']);
    expect(shape(later.events)).toEqual(['started 1-1', '2-1', '3-1']);
    expect(shape(above.events)).toEqual(['started 100-1', 'TRIMMED', '1-1', '2-1', '3-1']);
    expect(shape(quiet.events)).toEqual(['3-1']);
    expect(live.events[0]).toEqual({
      entries: [],
      gap: null,
      started: { at: expect.any(Date) as Date, cursor: '2-1' },
    });
  });

  it('can be cut before its first entry and resumed from its start without loss, with another announcement', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    await add(server, '1-1');
    using cut = tail(realtime, '$');
    const [{ started } = {}] = await cut.until((events) => events.length === 1);
    expect(cut.subscription.cursor?.()).toBe('1-1');
    cut.subscription.close();
    await add(server, '2-1');
    using resumed = listenTo(sourceOf(realtime, '$').resumeAfter!(started!.cursor!));
    await resumed.until((events) => ids(events).length === 1);
    expect(shape(resumed.events)).toEqual(['started 1-1', '2-1']);
    expect(cut.events).toHaveLength(1);
  });

  it('shares all deliveries with tails that start at the same time, and entries with all tails', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    const announced = Array.from({ length: 100 }, () => tail(realtime, '$'));
    const others = Array.from({ length: 100 }, () => tail(realtime, '$', false));
    await Promise.all(announced.map((each) => each.until((events) => events.length === 1)));
    await Promise.all(others.map(({ cursorChanged }) => cursorChanged));
    await add(server, '1-1');
    await Promise.all([...announced, ...others].map((each) => each.until((events) => ids(events).length === 1)));
    expect(new Set(announced.map(({ events }) => events[0])).size).toBe(1);
    expect(new Set([...announced, ...others].map(({ events }) => events.at(-1))).size).toBe(1);
    for (const { subscription } of [...announced, ...others]) subscription.close();
  });

  it('that is paused announces it first when it resumes, even if the stream was recreated meanwhile', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, { blockMs: 50 });
    await add(server, '100-1');
    using paused = tail(realtime, '0');
    using overtaken = tail(realtime, '0');
    for (const { subscription } of [paused, overtaken]) subscription.pause();
    using quick = tail(realtime, '0');
    await quick.until((events) => ids(events).length === 1);
    paused.subscription.resume();
    await paused.until((events) => ids(events).length === 1);
    await server.command('DEL', 'log');
    await quick.until((events) => events.at(-1)?.gap !== null);
    await add(server, '1-1');
    overtaken.subscription.resume();
    for (const each of [paused, overtaken]) await each.until((events) => ids(events).includes('1-1'));
    expect(shape(paused.events)).toEqual(['started 0-0', '100-1', 'TRIMMED', '1-1']);
    expect(overtaken.events[0]?.started).toBeDefined();
    expect(ids(overtaken.events)).toEqual(['1-1']);
  });

  it('announces nothing if the stream cannot be read', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    await server.command('SET', 'log', 'text');
    using wrong = tail(realtime, '0');
    expect(await wrong.failure).toMatchObject({ code: 'WRONG_TYPE' });
    await server.kill();
    using away = tail(realtime, '0');
    expect(await away.failure).toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
    expect([...wrong.events, ...away.events]).toEqual([]);
  });
});

describe('A consumer that announces its start', () => {
  const read = (realtime: TestRealtime, consumer: string, more: Partial<GroupRequest> = {}) =>
    listenTo(
      realtime.groupEntries({
        ...{ cluster: 'orders', stream, group: Buffer.from('workers'), consumer: Buffer.from(consumer) },
        ...{ ack: 'MANUAL', maxInFlight: 1, claimIdleMs: 60_000, announce: true },
        ...more,
      }),
    );
  const startGroup = async (server: TestValkey): Promise<void> => {
    await server.command('XGROUP', 'CREATE', 'log', 'workers', '0', 'MKSTREAM');
  };
  const pendingCount = async (server: TestValkey): Promise<string> =>
    String(((await server.command('XPENDING', 'log', 'workers')) as unknown[])[0]);

  it.each(['MANUAL', 'ON_SEND'] as const)(
    'announces it before any entry, and acknowledges nothing by it (%s)',
    async (ack) => {
      await using server = await startValkey();
      await using realtime = realtimeOn(server);
      await startGroup(server);
      await add(server, '1-1');
      await server.command('XREADGROUP', 'GROUP', 'workers', 'worker', 'STREAMS', 'log', '>');
      using reader = read(realtime, 'worker', { ack });
      await reader.until((events) => shape(events).includes('1-1'));
      expect(shape(reader.events)).toEqual(['started without a cursor', '1-1']);
      expect(reader.events[0]).toEqual({
        entries: [],
        gap: null,
        started: { at: expect.any(Date) as Date, cursor: null },
      });
      await server.command('XACK', 'log', 'workers', '1-1');
      await add(server, '2-1');
      await reader.until((events) => shape(events).includes('2-1'));
      expect(shape(reader.events).slice(1)).toEqual(['1-1', '2-1']);
      if (ack === 'MANUAL') expect(await pendingCount(server)).toBe('1');
      else await eventually(async () => expect(await pendingCount(server)).toBe('0'));
    },
  );

  it('of a quiet group announces it too, and receives the entries that are added after it', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    await startGroup(server);
    using reader = read(realtime, 'quiet');
    await reader.until((events) => events.length === 1);
    await add(server, '1-1');
    await reader.until((events) => events.length === 2);
    expect(shape(reader.events)).toEqual(['started without a cursor', '1-1']);
  });

  it('that is paused announces it when it resumes', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    await startGroup(server);
    using paused = read(realtime, 'paused');
    paused.subscription.pause();
    using other = read(realtime, 'other');
    await other.until((events) => events.length === 1);
    await add(server, '1-1');
    await other.until((events) => events.length === 2);
    expect(paused.events).toEqual([]);
    paused.subscription.resume();
    await paused.until((events) => events.length === 1);
    expect(shape(paused.events)).toEqual(['started without a cursor']);
  });

  it('of a group that was destroyed under others announces it first, and without a group fails without it', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    using none = read(realtime, 'none');
    expect(await none.failure).toMatchObject({ code: 'NOT_FOUND' });
    expect(none.events).toEqual([]);
    await startGroup(server);
    await add(server, '1-1');
    using existing = read(realtime, 'existing');
    await existing.until((events) => shape(events).includes('1-1'));
    await server.command('XGROUP', 'DESTROY', 'log', 'workers');
    using late = read(realtime, 'late');
    await late.until((events) => events.length > 0);
    expect(shape(late.events)[0]).toBe('started without a cursor');
    await add(server, '2-1');
    await late.until((events) => shape(events).includes('2-1'));
  });
});
