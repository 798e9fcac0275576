import { describe, expect, it } from 'vitest';
import type { ChannelRequest } from '../../../../src/datasources/realtime/interfaces.js';
import { publish } from '../../../../src/datasources/valkey/values/channels/channels.js';
import type { ChannelDelivery } from '../../../../src/domain/realtime/delivery.js';
import { createPayloadFilter } from '../../../../src/domain/realtime/payload-filter.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { listenTo } from '../../../helpers/valkey/listening.js';
import { realtimeOn, type TestRealtime } from '../../../helpers/valkey/realtime.js';
import { startValkey, startValkeyCluster } from '../../../helpers/valkey/valkey.js';

const request = (channels: readonly string[], more: Partial<ChannelRequest> = {}): ChannelRequest => ({
  cluster: 'orders',
  channels: channels.map((name) => Buffer.from(name)),
  patterns: [],
  sharded: false,
  overflow: 'DROP_OLDEST',
  announce: true,
  ...more,
});
const payloads = (events: readonly ChannelDelivery[]) =>
  events.flatMap(({ messages }) => messages.map(({ payload }) => payload.toString()));
const hasStarted = ([first]: readonly ChannelDelivery[]) => first?.started !== undefined;
const starts = (events: readonly ChannelDelivery[]) => events.flatMap(({ started }) => started ?? []);
async function say(realtime: TestRealtime, name: string, payload: string, sharded = false) {
  const channel = Buffer.from(name);
  const commands = await realtime.connections.commands('orders');
  const history = realtime.history({ cluster: 'orders', channel, sharded });
  return await publish(commands, { channel, payload: Buffer.from(payload), sharded }, history);
}

describe('The announced start of a subscription', () => {
  it.each([false, true])('precedes all messages that are published right after it, sharded: %s', async (sharded) => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using realtime = realtimeOn(cluster);
    const names = Array.from({ length: 200 }, (_, at) => `c-${at}`);
    const all = await Promise.all(
      names.map(async (name) => {
        const listening = listenTo(realtime.channelMessages(request([name], { sharded })));
        await listening.until(hasStarted);
        await say(realtime, name, name, sharded);
        return listening;
      }),
    );
    for (const [at, listening] of all.entries()) {
      await listening.until((events) => payloads(events).length > 0);
      expect(payloads(listening.events)).toEqual([names[at]]);
      expect(listening.events[0]).toMatchObject({ messages: [], gap: null, started: { cursor: null } });
      expect(starts(listening.events)).toHaveLength(1);
      listening.subscription.close();
    }
  });

  it('arrives once key events are subscribed on every primary', async () => {
    await using cluster = await startValkeyCluster({ shards: 3, args: ['--notify-keyspace-events', 'KEA'] });
    for (let time = 0; time < 5; time += 1) {
      await using realtime = realtimeOn(cluster);
      using listening = listenTo(
        realtime.channelMessages(request([], { patterns: [Buffer.from('__keyevent@0__:*')] })),
      );
      await listening.until(hasStarted);
      const commands = await realtime.connections.commands('orders');
      const keys = Array.from({ length: 12 }, (_, at) => `${time}-${at}`);
      await Promise.all(keys.map((key) => commands.send({ args: ['SET', key, ''], key: Buffer.from(key) })));
      await listening.until((events) => payloads(events).length === 12);
      expect(payloads(listening.events).sort()).toEqual(keys.toSorted());
    }
  });

  it('arrives immediately if the channel is already subscribed, and only for subscribers that request it', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    using first = listenTo(realtime.channelMessages(request(['news'])));
    using silent = listenTo(realtime.channelMessages(request(['news'], { announce: false })));
    await first.until(hasStarted);
    using second = listenTo(realtime.channelMessages(request(['news'])));
    expect(second.events).toEqual([]);
    await second.until(hasStarted);
    await server.command('PUBLISH', 'news', 'x');
    for (const each of [first, second, silent]) await each.until((events) => payloads(events).length === 1);
    expect(silent.events).toHaveLength(1);
    // All subscribers share the object that follows.
    expect(first.events[1]).toBe(silent.events[0]);
    expect(second.events[1]).toBe(silent.events[0]);
    expect(starts(second.events)[0]!.at.getTime()).toBeGreaterThanOrEqual(starts(first.events)[0]!.at.getTime());
  });

  it('does not arrive for a refused channel', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* +@all resetchannels &open.*' } });
    await using realtime = realtimeOn(server);
    using refused = listenTo(realtime.channelMessages(request(['open.a', 'secret'])));
    using allowed = listenTo(realtime.channelMessages(request(['open.a'])));
    expect(await refused.failure).toMatchObject({ code: 'PERMISSION_DENIED' });
    await allowed.until(hasStarted);
    expect(refused.events).toEqual([]);
  });

  it('is not filtered', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    const filter = createPayloadFilter([{ path: ['a'], expected: { exists: true } }]);
    using listening = listenTo(realtime.channelMessages(request(['news'], { filter })));
    await listening.until(hasStarted);
    for (const payload of ['{"b":1}', '{"a":1}']) await server.command('PUBLISH', 'news', payload);
    await listening.until((events) => payloads(events).length === 1);
    expect(payloads(listening.events)).toEqual(['{"a":1}']);
  });

  it('waits while the shared subscription is interrupted, and is not repeated after a gap', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    using before = listenTo(realtime.channelMessages(request(['news'])));
    await before.until(hasStarted);
    await server.kill();
    await eventually(() => expect(realtime.connections.dataAccess('orders').state).toBe('RECONNECTING'));
    using meanwhile = listenTo(realtime.channelMessages(request(['news'])));
    await server.restart();
    await meanwhile.until(hasStarted);
    await server.command('PUBLISH', 'news', 'x');
    for (const each of [before, meanwhile]) await each.until((events) => payloads(events).length === 1);
    expect(before.events.map(({ gap, started }) => gap?.reason ?? (started ? 'started' : 'message'))).toEqual([
      'started',
      'RECONNECTED',
      'message',
    ]);
    expect(meanwhile.events.map(({ gap, started }) => gap?.reason ?? (started ? 'started' : 'message'))).toEqual([
      'started',
      'message',
    ]);
  });
});

describe('The announced start of a subscription with history', () => {
  const channelSettings = { history: [{ pattern: 'chat*', maxMessages: 100 }], presence: [{ pattern: 'chat*' }] };

  it('precedes the backlog, and its cursor is the position before it', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, {}, channelSettings);
    for (const payload of ['1', '2', '3']) await say(realtime, 'chat', payload);
    using listening = listenTo(
      realtime.channelMessages(request(['chat'], { history: { last: 2 }, presence: { member: 'ann', data: null } })),
    );
    await listening.until((events) => payloads(events).length === 2);
    const [first, second] = listening.events;
    expect(first).toMatchObject({ messages: [], gap: null });
    const { cursor } = first!.started!;
    expect(second?.started).toBeUndefined();
    expect(payloads(listening.events)).toEqual(['2', '3']);
    // A client that is cut before the backlog resumes here and loses nothing.
    using resumed = listenTo(
      realtime.channelMessages(request(['chat'], { history: { last: 2 } })).resumeAfter!(cursor!),
    );
    await resumed.until((events) => payloads(events).length === 2);
    expect(payloads(resumed.events)).toEqual(['2', '3']);
    expect(starts(resumed.events)).toEqual([{ at: expect.any(Date), cursor }]);
  });

  it('has the end of the history as its cursor if no earlier messages are requested, or the resumed position', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, {}, channelSettings);
    const { cursor } = await say(realtime, 'chat', '1');
    await say(realtime, 'chat', '2');
    const newest = (await say(realtime, 'chat', '3')).cursor;
    const started = async (channels: string[], history: { last: number; after?: string }) => {
      using listening = listenTo(realtime.channelMessages(request(channels, { history })));
      return (await listening.until(hasStarted))[0]!.started!.cursor;
    };
    expect(await started(['chat'], { last: 0 })).toBe(newest);
    expect(await started(['chat'], { last: 0, after: cursor! })).toBe(cursor);
    expect(await started(['chat-empty'], { last: 5 })).toBe('0-0');
    expect(await started(['chat', 'chat-empty'], { last: 5 })).toBeNull();
  });

  it('is shared by subscribers that start together, and loses no message that is published immediately', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, {}, channelSettings);
    const all = Array.from({ length: 50 }, () =>
      listenTo(realtime.channelMessages(request(['chat'], { history: { last: 5 } }))),
    );
    for (const each of all) await each.until(hasStarted);
    await say(realtime, 'chat', 'x');
    for (const each of all) {
      await each.until((events) => payloads(events).length === 1);
      each.subscription.close();
    }
    expect(new Set(all.map(({ events }) => events[0])).size).toBe(1);
    expect(new Set(all.map(({ events }) => events[1])).size).toBe(1);
  });
});
