import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { startChannelApi, type ChannelApi } from '../../helpers/apis/channel-api.js';
import { eventually } from '../../helpers/run/eventually.js';
import { connect, isOpen, subscribe } from '../../helpers/clients/graphql-client.js';
import { openRawWebSocket, type RawWebSocket } from '../../helpers/clients/raw-websocket.js';

const KiB = 1024;
const MiB = 1024 * KiB;
const query = `subscription ($channel: String!, $overflow: OverflowPolicy!) {
  channelMessages(cluster: "orders", channels: [$channel], overflow: $overflow) {
    messages { payload }
    gap { reason missed }
  }
}`;

/** A message of 64 KiB that begins with its number. */
const numbered = (n: number): Buffer => {
  const payload = Buffer.alloc(64 * KiB, 'x');
  payload.write(`${n} `);
  return payload;
};
/** Publishes messages with numbers from `from` on, each in a tick of its own. */
async function publish(api: ChannelApi, from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n += 1) await api.publish('news', numbered(n));
}

/** The deliveries of a subscription: numbers of messages in order, and how many were reported missing. */
function summarize(deliveries: readonly any[]): { numbers: number[]; missed: number; gaps: string[] } {
  const all: { messages: { payload: string }[]; gap: { reason: string; missed: number } | null }[] = deliveries.map(
    (delivery) => delivery.data.channelMessages,
  );
  return {
    numbers: all.flatMap(({ messages }) => messages.map(({ payload }) => Number(payload.split(' ', 1)[0]))),
    missed: all.reduce((sum, { gap }) => sum + (gap?.missed ?? 0), 0),
    gaps: all.flatMap(({ gap }) => gap?.reason ?? []),
  };
}
const deliveriesOf = (socket: RawWebSocket, id: string): unknown[] =>
  socket.messages.filter((message) => message.type === 'next' && message.id === id).map(({ payload }) => payload);

/** A socket that has subscribed and then stopped reading. */
async function openStuck(api: ChannelApi, overflow: string): Promise<RawWebSocket> {
  const stuck = await openRawWebSocket(api.port);
  stuck.subscribe('slow', query, { channel: 'news', overflow });
  await api.hasChannels('news');
  stuck.stopReading();
  return stuck;
}

describe('A socket that stops reading', () => {
  test.each(['DROP_OLDEST', 'KEEP_LATEST'])(
    'receives what fits and, when it reads again, the newest messages and the number of missed ones, by %s',
    async (overflow) => {
      await using api = await startChannelApi();
      await using stuck = await openStuck(api, overflow);
      await using client = connect(api.url);
      await using reading = subscribe(client, query, { channel: 'news', overflow: 'DISCONNECT' });
      await isOpen(client);
      const [its] = api.sockets;
      let mostWaiting = 0;
      for (let n = 0; n < 400; n += 1) {
        await api.publish('news', numbered(n));
        mostWaiting = Math.max(mostWaiting, its!.writableLength);
        await reading.next();
      }
      expect(mostWaiting).toBeLessThanOrEqual(MiB);
      expect(its!.writableLength).toBeGreaterThan(0);
      expect(summarize(reading.results)).toEqual({
        numbers: Array.from({ length: 400 }, (_, n) => n),
        missed: 0,
        gaps: [],
      });

      stuck.startReading();
      await eventually(() => expect(summarize(deliveriesOf(stuck, 'slow')).numbers.at(-1)).toBe(399));
      const { numbers, missed, gaps } = summarize(deliveriesOf(stuck, 'slow'));
      expect(numbers.length + missed).toBe(400);
      expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
      expect(new Set(gaps)).toEqual(new Set(['SLOW_SUBSCRIBER']));

      await publish(api, 400, 1);
      await eventually(() => expect(summarize(deliveriesOf(stuck, 'slow')).numbers.at(-1)).toBe(400));
      expect(summarize(deliveriesOf(stuck, 'slow')).missed).toBe(missed);
    },
  );

  test.each(['DROP_OLDEST', 'KEEP_LATEST'])(
    'receives no empty delivery if the connection to Valkey was cut meanwhile, by %s',
    async (overflow) => {
      await using api = await startChannelApi();
      await using stuck = await openStuck(api, overflow);
      // More than may wait for the socket: not even a gap fits after it.
      await api.publish('news', Buffer.concat([Buffer.from('0 '), Buffer.alloc(8 * MiB, 'x')]));
      for (let time = 0; time < 2; time += 1) await api.cut('news');
      stuck.startReading();
      await eventually(() => expect(summarize(deliveriesOf(stuck, 'slow')).gaps).toContain('RECONNECTED'));
      await publish(api, 1, 1);
      await eventually(() => expect(summarize(deliveriesOf(stuck, 'slow')).numbers.at(-1)).toBe(1));
      const deliveries = deliveriesOf(stuck, 'slow').map((delivery: any) => delivery.data.channelMessages);
      expect(deliveries.map(({ messages, gap }) => gap?.reason ?? messages.length)).toEqual([1, 'RECONNECTED', 1]);
    },
  );

  test('loses only the slow subscription by DISCONNECT, with a code that it can read', async () => {
    await using api = await startChannelApi();
    await using stuck = await openStuck(api, 'DISCONNECT');
    stuck.subscribe('other', query, { channel: 'quiet', overflow: 'DISCONNECT' });
    await api.hasChannels('news', 'quiet');
    let published = 0;
    while (api.subscribed().includes('news')) await api.publish('news', numbered(published++));

    stuck.startReading();
    const error = await eventually(() => {
      const found = stuck.messages.find(({ type }) => type === 'error');
      expect(found).toBeDefined();
      return found;
    });
    expect(error).toMatchObject({ id: 'slow', payload: [{ extensions: { code: 'SLOW_SUBSCRIBER' } }] });
    const { numbers } = summarize(deliveriesOf(stuck, 'slow'));
    expect(numbers).toEqual(numbers.map((_, at) => at));
    await api.publish('quiet', '7 still here');
    await eventually(() => expect(summarize(deliveriesOf(stuck, 'other')).numbers).toEqual([7]));
  });

  test.each(['DROP_OLDEST', 'KEEP_LATEST', 'DISCONNECT'])(
    'for too long is closed with 4430 by %s, and other sockets lose nothing',
    async (overflow) => {
      await using api = await startChannelApi({ stallTimeoutMs: 200 });
      await using stuck = await openStuck(api, overflow);
      stuck.subscribe('quiet', query, { channel: 'quiet', overflow });
      await api.hasChannels('news', 'quiet');
      await using client = connect(api.url);
      await using reading = subscribe(client, query, { channel: 'news', overflow: 'DISCONNECT' });
      await isOpen(client);
      let published = 0;
      while (api.subscribed().includes('quiet')) {
        await api.publish('news', numbered(published++));
        await reading.next();
      }
      expect(summarize(reading.results).numbers).toHaveLength(published);
      stuck.startReading();
      expect(await stuck.closeCode).toBe(4430);
    },
  );

  test('is not closed as long as it reads at all, however slowly', async () => {
    await using api = await startChannelApi({ stallTimeoutMs: 300 });
    await using slow = await openStuck(api, 'DISCONNECT');
    // One write of the process, and more than the kernel accepts at once: it ends long after the timeout.
    await api.publish('news', Buffer.concat([Buffer.from('0 '), Buffer.alloc(24 * MiB, 'x')]));
    slow.readSlowly(64 * KiB, 5);
    await eventually(() => expect(summarize(deliveriesOf(slow, 'slow')).numbers).toEqual([0]));
    await api.publish('news', numbered(1));
    await eventually(() =>
      expect(summarize(deliveriesOf(slow, 'slow'))).toEqual({ numbers: [0, 1], missed: 0, gaps: [] }),
    );
  });

  test('keeps at most maxBufferedBytes in memory, however much is published', async () => {
    const collectGarbage = exposeGarbageCollector();
    await using api = await startChannelApi();
    await using _stuck = await openStuck(api, 'DROP_OLDEST');
    const published: WeakRef<Buffer>[] = [];
    for (let n = 0; n < 10_000; n += 1) {
      const payload = numbered(n);
      published.push(new WeakRef(payload));
      await api.publish('news', payload);
    }
    collectGarbage();
    const kept = published.filter((payload) => payload.deref() !== undefined).length * 64 * KiB;
    expect(api.sockets[0]!.writableLength + kept).toBeLessThan(1.5 * MiB);
  });

  test('has one byte budget for all of its subscriptions', async () => {
    const collectGarbage = exposeGarbageCollector();
    await using api = await startChannelApi();
    await using stuck = await openStuck(api, 'DROP_OLDEST');
    const channels = Array.from({ length: 8 }, (_, at) => `c${at}`);
    for (const channel of channels) stuck.subscribe(channel, query, { channel, overflow: 'DROP_OLDEST' });
    await api.hasChannels('news', ...channels);
    const published: WeakRef<Buffer>[] = [];
    for (let n = 0; n < 1_000; n += 1) {
      const payload = numbered(n);
      published.push(new WeakRef(payload));
      await api.publish(channels[n % channels.length]!, payload);
    }
    collectGarbage();
    const kept = published.filter((payload) => payload.deref() !== undefined).length * 64 * KiB;
    expect(api.sockets[0]!.writableLength + kept).toBeLessThan(1.5 * MiB);
    stuck.startReading();
    for (const [at, channel] of channels.entries()) {
      await eventually(() => expect(summarize(deliveriesOf(stuck, channel)).numbers.at(-1)).toBe(992 + at));
      const { numbers, missed } = summarize(deliveriesOf(stuck, channel));
      expect(numbers.length + missed).toBe(125);
    }
  });

  test('is not read either, since its requests would only add to the waiting answers', async () => {
    await using api = await startChannelApi();
    await using flooding = await openRawWebSocket(api.port);
    flooding.stopReading();
    const count = 500;
    const introspection = '{ __schema { types { name description fields { name description } } } }';
    for (let id = 0; id < count; id += 1) flooding.subscribe(String(id), introspection);
    await eventually(() => expect(api.sockets[0]!.isPaused()).toBe(true));
    flooding.startReading();
    await eventually(() => expect(flooding.messages.filter(({ type }) => type === 'next')).toHaveLength(count));
  });
});

test('An event stream whose client stops reading is closed too, and releases its subscription', async () => {
  await using api = await startChannelApi({ stallTimeoutMs: 200 });
  const path = `/graphql?query=${encodeURIComponent(query)}&variables=${encodeURIComponent('{"channel":"news","overflow":"DROP_OLDEST"}')}`;
  const request = get({ port: api.port, path, headers: { accept: 'text/event-stream' }, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  await api.hasChannels('news');
  let published = 0;
  while (api.subscribed().includes('news')) await api.publish('news', numbered(published++));
  response.resume();
  await expect(once(response, 'end')).rejects.toThrow('aborted');
});

function exposeGarbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
