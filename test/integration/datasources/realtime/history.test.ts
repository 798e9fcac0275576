import { describe, expect, it } from 'vitest';
import type { ChannelRequest } from '../../../../src/datasources/realtime/interfaces.js';
import { publish } from '../../../../src/datasources/valkey/values/channels/channels.js';
import type { ChannelDelivery } from '../../../../src/domain/realtime/delivery.js';
import { createPayloadFilter, type PayloadFilter } from '../../../../src/domain/realtime/payload-filter.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { listenTo, type Listening } from '../../../helpers/valkey/listening.js';
import { realtimeOn, type TestRealtime } from '../../../helpers/valkey/realtime.js';
import { startValkey, startValkeyCluster, type TestValkey } from '../../../helpers/valkey/valkey.js';

const channelSettings = { history: [{ pattern: 'chat*', maxMessages: 100 }] };
const request = (more: Partial<ChannelRequest> = {}): ChannelRequest => ({
  cluster: 'orders',
  channels: [Buffer.from('chat')],
  patterns: [],
  sharded: false,
  overflow: 'DROP_OLDEST',
  history: { last: 10 },
  ...more,
});

async function say(realtime: TestRealtime, payload: string | Buffer, name: string | Buffer = 'chat', sharded = false) {
  const channel = Buffer.from(name);
  const commands = await realtime.connections.commands('orders');
  const history = realtime.history({ cluster: 'orders', channel, sharded });
  return await publish(commands, { channel, payload: Buffer.from(payload), sharded }, history);
}
const payloads = (events: readonly ChannelDelivery[]) =>
  events.flatMap(({ messages }) => messages.map(({ payload }) => payload.toString()));
const gaps = (events: readonly ChannelDelivery[]) => events.flatMap(({ gap }) => (gap ? [gap.reason] : []));
const has = (listening: Listening<ChannelDelivery>, ...expected: string[]) =>
  listening
    .until((events) => payloads(events).length >= expected.length)
    .then((events) => {
      expect(payloads(events)).toEqual(expected);
      return events;
    });

describe('The history of a channel', () => {
  it('starts with the last messages, byte for byte, and continues with live messages', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, {}, channelSettings);
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    for (const payload of ['1', '2', '3', bytes]) await say(realtime, payload);
    using listening = listenTo(realtime.channelMessages(request({ history: { last: 3 } })));
    await listening.until((events) => payloads(events).length === 3);
    const { cursor } = await say(realtime, '5');
    const events = await listening.until((all) => payloads(all).length === 4);
    expect(payloads(events)).toEqual(['2', '3', bytes.toString(), '5']);
    expect(events[0]?.messages[2]?.payload).toEqual(bytes);
    expect(events.at(-1)?.messages.at(-1)?.cursor).toBe(cursor);
    expect(gaps(events)).toEqual([]);
  });

  it('gives every message a valid time, whatever its ID in the history', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, {}, channelSettings);
    await server.command('XADD', 'cachegraph:history:{chat}', '18446744073709551615-1', 'payload', 'far');
    using listening = listenTo(realtime.channelMessages(request({ history: { last: 3 } })));
    const [event] = await has(listening, 'far');
    expect(event?.messages[0]?.receivedAt.toISOString()).toBe('9999-12-31T23:59:59.999Z');
  });

  it('resumes after a cursor, and reports a gap if the messages after it are gone', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, {}, { history: [{ pattern: 'chat', maxMessages: 3 }] });
    const first = await say(realtime, '1');
    await say(realtime, '2');
    using exact = listenTo(realtime.channelMessages(request({ history: { last: 0, after: first.cursor! } })));
    await has(exact, '2');
    for (const payload of ['3', '4', '5']) await say(realtime, payload);
    await has(exact, '2', '3', '4', '5');
    using late = listenTo(realtime.channelMessages(request({ history: { last: 0, after: first.cursor! } })));
    expect(gaps(await has(late, '3', '4', '5'))).toEqual(['TRIMMED']);
    await server.command('FLUSHALL');
    using lost = listenTo(realtime.channelMessages(request({ history: { last: 0, after: first.cursor! } })));
    expect(gaps(await lost.until((events) => events.length > 0))).toEqual(['TRIMMED']);
  });

  describe('reports a gap with a cursor after it, from which the gap is not repeated,', () => {
    const above = '99999999999999-0';
    const trim = (length: string) => (server: TestValkey) =>
      server.command('XTRIM', 'cachegraph:history:{chat}', 'MAXLEN', length);
    interface Case {
      readonly lose?: (server: TestValkey) => Promise<unknown>;
      readonly after?: string;
      readonly filter?: PayloadFilter;
      readonly users?: Record<string, string>;
    }

    it.each<[string, Case]>([
      ['if the history is gone', { lose: (server) => server.command('FLUSHALL') }],
      [
        'if the history is gone and the user may not read its last ID',
        { lose: (server) => server.command('FLUSHALL'), users: { default: 'on nopass ~* &* +@all -xinfo' } },
      ],
      ['if its last ID is below', { after: above }],
      ['if all that followed was trimmed', { lose: trim('0') }],
      [
        'if the messages after it do not match the filter',
        { lose: trim('1'), filter: createPayloadFilter([{ path: ['n'], expected: { oneOf: ['none'] } }]) },
      ],
    ])('%s', async (_, { lose, after, filter, users = {} }) => {
      await using server = await startValkey({ users });
      await using realtime = realtimeOn(server, {}, channelSettings);
      const first = await say(realtime, '1');
      for (const payload of ['2', '3']) await say(realtime, payload);
      await lose?.(server);
      for (const announce of [false, true]) {
        const source = realtime.channelMessages(
          request({ history: { last: 0, after: after ?? first.cursor! }, filter, announce }),
        );
        using resumed = listenTo(source);
        expect(gaps(await resumed.until((events) => gaps(events).length > 0))).toEqual(['TRIMMED']);
        const cursor = resumed.subscription.cursor!()!;
        using again = listenTo(source.resumeAfter!(cursor));
        using announced = listenTo(
          realtime.channelMessages(request({ history: { last: 0, after: cursor }, filter, announce: true })),
        );
        await announced.until((events) => events.some(({ started }) => started));
        const { cursor: last } = await say(realtime, '{"n":"none"}');
        for (const each of [again, announced]) {
          await each.until((events) => events.some(({ messages }) => messages.at(-1)?.cursor === last));
          expect(gaps(each.events)).toEqual([]);
        }
        await lose?.(server);
      }
    });
  });

  it('gives a subscription its cursor, from which another one continues', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, {}, channelSettings);
    await say(realtime, '1');
    const source = realtime.channelMessages(request());
    using listening = listenTo(source);
    await has(listening, '1');
    const cursor = listening.subscription.cursor!()!;
    await say(realtime, '2');
    await has(listening, '1', '2');
    using again = listenTo(source.resumeAfter!(cursor));
    await has(again, '2');
    using quiet = listenTo(realtime.channelMessages(request({ history: { last: 0 } })));
    await eventually(() => expect(quiet.subscription.cursor!()).toBe(listening.subscription.cursor!()));
    expect(quiet.events).toEqual([]);
  });

  it('is limited by number and age', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(
      server,
      {},
      { history: [{ pattern: 'chat', maxMessages: 5, maxAgeSeconds: 100 }] },
    );
    for (let at = 1; at <= 20; at += 1) await say(realtime, String(at));
    using listening = listenTo(realtime.channelMessages(request({ history: { last: 1000 } })));
    await has(listening, '16', '17', '18', '19', '20');
    const key = 'cachegraph:history:{chat}';
    expect(Number(await server.command('TTL', key))).toBeGreaterThan(90);
    // The next message removes those that are too old.
    await server.command('DEL', key);
    await server.command('XADD', key, '1-1', 'payload', 'old');
    await say(realtime, 'new');
    expect(Number(await server.command('XLEN', key))).toBe(1);
  });

  it('includes live messages that were published without this API, without a cursor', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, {}, channelSettings);
    await say(realtime, '1');
    using listening = listenTo(realtime.channelMessages(request()));
    await has(listening, '1');
    await server.command('PUBLISH', 'chat', '1');
    await say(realtime, '1');
    const events = await has(listening, '1', '1', '1');
    const [, foreign, own] = events.flatMap(({ messages }) => messages);
    expect(foreign?.cursor).toBeUndefined();
    expect(own?.cursor).toBeDefined();
  });

  it('is filtered like live messages, and the last messages are the last matching ones', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, {}, channelSettings);
    const filter = createPayloadFilter([{ path: ['room'], expected: { oneOf: [1] } }]);
    for (let at = 0; at < 90; at += 1) await say(realtime, JSON.stringify({ room: at % 30, at }));
    using listening = listenTo(realtime.channelMessages(request({ history: { last: 2 }, filter })));
    await listening.until((events) => payloads(events).length === 2);
    await say(realtime, '{"room":2}');
    await say(realtime, '{"room":1}');
    await has(listening, '{"room":1,"at":31}', '{"room":1,"at":61}', '{"room":1}');
  });

  it('is separate for each channel, merged by time', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, {}, channelSettings);
    for (const [channel, payload] of [
      ['chat.a', '1'],
      ['chat.b', '2'],
      ['chat.a', '3'],
      ['chat.a', '4'],
    ] as const) {
      await say(realtime, payload, channel);
      // Waits for the next millisecond.
      const before = Date.now();
      await eventually(() => expect(Date.now()).toBeGreaterThan(before));
    }
    const channels = ['chat.a', 'chat.b'].map((name) => Buffer.from(name));
    using listening = listenTo(realtime.channelMessages(request({ channels, history: { last: 2 } })));
    await listening.until((events) => payloads(events).length === 3);
    await say(realtime, '5', 'chat.b');
    await has(listening, '2', '3', '4', '5');
  });

  it('delivers the messages of an interruption, and reports that others may be missing', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, {}, channelSettings);
    const all = Array.from({ length: 5 }, () => listenTo(realtime.channelMessages(request())));
    await say(realtime, '0');
    await Promise.all(all.map((each) => each.until((events) => payloads(events).length === 1)));
    let at = 1;
    for (let cut = 0; cut < 3; cut += 1) {
      await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
      for (const end = at + 20; at < end; at += 1) await say(realtime, String(at));
      await Promise.all(all.map((each) => each.until((events) => gaps(events).length > cut)));
    }
    await say(realtime, String(at));
    const expected = Array.from({ length: at + 1 }, (_, index) => String(index));
    for (const each of all) {
      await has(each, ...expected);
      expect(new Set(gaps(each.events))).toEqual(new Set(['RECONNECTED']));
      each.subscription.close();
    }
  });

  it('waits for a paused subscriber, and holds messages only up to its limit', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, { maxQueuedBytes: 2000 }, channelSettings);
    for (let at = 0; at < 20; at += 1) await say(realtime, String(at));
    using listening = listenTo(realtime.channelMessages(request({ history: { last: 0, after: '0' } })));
    listening.subscription.pause();
    for (let at = 20; at < 80; at += 1) await say(realtime, String(at));
    expect(listening.events).toEqual([]);
    listening.subscription.resume();
    await has(listening, ...Array.from({ length: 80 }, (_, index) => String(index)));
    expect(gaps(listening.events)).toEqual([]);
  });

  it('does not send this API’s own announcements to subscribers of a wide pattern', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, {}, channelSettings);
    using chat = listenTo(realtime.channelMessages(request({ history: { last: 0 } })));
    const wide = { channels: [], patterns: [Buffer.from('*'), Buffer.from('c[a]*')], history: undefined };
    using all = listenTo(realtime.channelMessages(request(wide)));
    using own = listenTo(realtime.channelMessages(request({ ...wide, patterns: [Buffer.from('cachegraph:*')] })));
    await eventually(async () => expect(await server.command('PUBSUB', 'NUMPAT')).toBe(3));
    await say(realtime, 'one');
    await say(realtime, 'last', 'camera');
    await has(chat, 'one');
    await own.until((events) => payloads(events).length === 1);
    const heard = await all.until((events) => payloads(events).filter((each) => each === 'last').length === 2);
    expect(payloads(heard)).toEqual(['one', 'last', 'last']);
  });

  it('is refused for channels without one, for patterns and by the ACL, with the remedy', async () => {
    const users = {
      default: 'on nopass ~* &* +@all -eval',
      reader: 'on >canary-secret ~other:* &* +@all',
    };
    await using server = await startValkey({ users });
    await using realtime = realtimeOn(server, {}, channelSettings);
    using none = listenTo(realtime.channelMessages(request({ channels: [Buffer.from('news')] })));
    const refusal = await none.failure;
    expect(refusal).toMatchObject({ code: 'NOT_SUPPORTED', inputPath: ['history'] });
    expect(refusal.message).toContain('{"channels": {"history": [{"pattern": "…"}]}}');
    using pattern = listenTo(realtime.channelMessages(request({ patterns: [Buffer.from('chat*')] })));
    expect(await pattern.failure).toMatchObject({ code: 'INVALID_INPUT' });
    await expect(say(realtime, 'x')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await realtime.connections.connect('orders', { username: 'reader', password: 'canary-secret' });
    using unread = listenTo(realtime.channelMessages(request()));
    expect((await unread.failure).message).toMatch(/ of cachegraph:history:\*[.,] /);
  });

  it('names the announcement channel that the user may not subscribe to', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* +@all resetchannels &chat' } });
    await using realtime = realtimeOn(server, {}, channelSettings);
    using refused = listenTo(realtime.channelMessages(request()));
    const reason = await refused.failure;
    expect(reason).toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(reason.message).toMatch(/ of cachegraph:history:\*[.,] /);
    using plain = listenTo(realtime.channelMessages(request({ history: undefined })));
    await eventually(async () => {
      await server.command('PUBLISH', 'chat', 'x');
      expect(plain.events.length).toBeGreaterThan(0);
    });
  });

  it('counts the messages that a slow subscriber misses, like channels without history', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, { maxQueuedBytes: 1000 }, channelSettings);
    await say(realtime, 'first');
    using listening = listenTo(realtime.channelMessages(request()));
    await has(listening, 'first');
    // It is live now: the next message arrives without a read.
    await say(realtime, 'second');
    await has(listening, 'first', 'second');
    listening.subscription.pause();
    using other = listenTo(realtime.channelMessages(request({ history: { last: 0 } })));
    for (let at = 0; at < 50; at += 1) await say(realtime, String(at));
    await other.until((events) => payloads(events).at(-1) === '49');
    listening.subscription.resume();
    const events = await listening.until((all) => payloads(all).at(-1) === '49');
    const missed = events.reduce((sum, { gap }) => sum + (gap?.missed ?? 0), 0);
    expect(missed).toBeGreaterThan(0);
    expect(payloads(events).length + missed).toBe(52);
    expect(new Set(gaps(events))).toEqual(new Set(['SLOW_SUBSCRIBER']));
  });

  it('stores no message that the user may not publish', async () => {
    await using server = await startValkey({
      users: { default: 'on nopass ~* +@all resetchannels &cachegraph:*' },
    });
    await using realtime = realtimeOn(server, {}, channelSettings);
    await expect(say(realtime, 'x')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(String(await server.command('EXISTS', 'cachegraph:history:{chat}'))).toBe('0');
  });

  it('exists in cluster mode for ordinary and sharded channels, whatever braces their names have', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using publisher = realtimeOn(cluster, {}, channelSettings);
    await using realtime = realtimeOn(cluster, {}, channelSettings);
    for (const [name, sharded] of [
      ['chat', false],
      ['chat', true],
      ['chat{a}b', true],
      ['chat}{', true],
    ] as const) {
      await say(publisher, '1', name, sharded);
      using listening = listenTo(realtime.channelMessages(request({ channels: [Buffer.from(name)], sharded })));
      await has(listening, '1');
      await say(publisher, '2', name, sharded);
      await say(publisher, '2', name, sharded);
      const events = await has(listening, '1', '2', '2');
      expect(new Set(events.flatMap(({ messages }) => messages.map(({ cursor }) => cursor))).size).toBe(3);
    }
  });
});

describe.each(['without cluster mode', 'in cluster mode'])('Under load, %s,', (mode) => {
  it(
    '200 subscribers who join at any moment receive all messages without loss or repeat',
    { timeout: 60_000 },
    async () => {
      await using server = mode === 'in cluster mode' ? await startValkeyCluster({ shards: 2 }) : await startValkey();
      await using realtime = realtimeOn(server, {}, { history: [{ pattern: 'chat', maxMessages: 500 }] });
      await using other = realtimeOn(server, {}, { history: [{ pattern: 'chat', maxMessages: 500 }] });
      const published: string[] = [];
      let isOver = false;
      // Three writers. All subscribers receive the messages of each in the order of its replies from Valkey.
      const write = async (writer: TestRealtime, name: string): Promise<void> => {
        for (let at = 0; !isOver; at += 1) published.push((await say(writer, `${name}${at}`)).cursor!);
      };
      const writing = [write(realtime, 'a'), write(other, 'b'), write(other, 'c')];
      await eventually(() => expect(published.length).toBeGreaterThan(100));
      const joined: Listening<ChannelDelivery>[] = [];
      for (let at = 0; at < 200; at += 1) {
        const through = at % 2 === 0 ? realtime : other;
        joined.push(listenTo(through.channelMessages(request({ history: { last: 50 } }))));
        const goal = published.length + (at % 7);
        await eventually(() => expect(published.length).toBeGreaterThanOrEqual(goal));
      }
      isOver = true;
      await Promise.all(writing);
      const { cursor: last } = await say(realtime, 'end');
      published.push(last!);
      const order = published
        .map((id) => id.split('-').map(Number) as [number, number])
        .sort(([a, b], [c, d]) => a - c || b - d)
        .map((id) => id.join('-'));
      for (const each of joined) {
        const events = await each.until((all) => payloads(all).at(-1) === 'end');
        const cursors = events.flatMap(({ messages }) => messages.map(({ cursor }) => cursor));
        expect(cursors.length).toBeGreaterThan(50);
        expect(cursors).toEqual(order.slice(-cursors.length));
        expect(gaps(events)).toEqual([]);
        each.subscription.close();
      }
    },
  );
});
