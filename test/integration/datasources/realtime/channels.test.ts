import { describe, expect, it } from 'vitest';
import type { ChannelRequest } from '../../../../src/datasources/realtime/interfaces.js';
import type { ChannelDelivery } from '../../../../src/domain/realtime/delivery.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { listenTo } from '../../../helpers/valkey/listening.js';
import { realtimeOn } from '../../../helpers/valkey/realtime.js';
import { startValkey, startValkeyCluster, type TestValkey } from '../../../helpers/valkey/valkey.js';

const request = (channels: readonly (string | Buffer)[], more: Partial<ChannelRequest> = {}): ChannelRequest => ({
  cluster: 'orders',
  channels: channels.map((name) => Buffer.from(name)),
  patterns: [],
  sharded: false,
  overflow: 'DROP_OLDEST',
  ...more,
});
const payloads = (events: readonly ChannelDelivery[]) =>
  events.flatMap(({ messages }) => messages.map(({ payload }) => payload.toString()));
const hasSubscribers = (server: TestValkey, channel: string, count: number) =>
  eventually(async () => {
    expect(String(await server.command('PUBSUB', 'NUMSUB', channel))).toBe(`${channel},${count}`);
  });
const gapsOf = (events: readonly ChannelDelivery[]) => events.flatMap(({ gap }) => (gap ? [gap.reason] : []));

describe('Channels of a real Valkey', () => {
  it('are subscribed once for all subscribers, and unsubscribed immediately when the last one leaves a quiet channel', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    const all = Array.from({ length: 50 }, () => listenTo(realtime.channelMessages(request(['news']))));
    await hasSubscribers(server, 'news', 1);
    await server.command('PUBLISH', 'news', 'hello');
    await Promise.all(all.map((each) => each.until((events) => events.length === 1)));
    expect(new Set(all.map(({ events }) => events[0])).size).toBe(1);
    for (const { subscription } of all.slice(1)) subscription.close();
    await hasSubscribers(server, 'news', 1);
    all[0]!.subscription.close();
    await hasSubscribers(server, 'news', 0);
  });

  it('support patterns, and names and payloads of any bytes', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    const name = Buffer.from([0, 13, 10, 0xff, 0xfe]);
    const payload = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    using binary = listenTo(realtime.channelMessages(request([name])));
    using patterned = listenTo(realtime.channelMessages(request(['news.eu'], { patterns: [Buffer.from('news.*')] })));
    const commands = await realtime.connections.commands('orders');
    await eventually(async () => {
      const args = ['PUBSUB', 'NUMSUB', name, 'news.eu'] as const;
      expect(await commands.send({ args: [...args] })).toEqual([name, '1', Buffer.from('news.eu'), '1']);
      expect(await commands.send({ args: ['PUBSUB', 'NUMPAT'] })).toBe('1');
    });
    await commands.send({ args: ['PUBLISH', name, payload] });
    await commands.send({ args: ['PUBLISH', 'news.eu', 'both'] });
    const [delivery] = await binary.until((events) => events.length === 1);
    expect(delivery?.messages[0]).toMatchObject({ channel: name, payload, pattern: undefined });
    const heard = await patterned.until((events) => payloads(events).length === 2);
    const patterns = heard.flatMap(({ messages }) => messages.map(({ pattern }) => pattern?.toString()));
    expect(patterns).toEqual([undefined, 'news.*']);
  });

  it('continue after their connection was cut, and report the gap to every subscriber, even on quiet channels', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    using quiet = listenTo(realtime.channelMessages(request(['quiet'])));
    using busy = listenTo(realtime.channelMessages(request(['busy'], { patterns: [Buffer.from('b*')] })));
    await hasSubscribers(server, 'quiet', 1);
    await hasSubscribers(server, 'busy', 1);
    await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
    const gap = { reason: 'RECONNECTED', missed: null };
    await quiet.until((events) => events.some((event) => event.gap?.reason === gap.reason));
    await busy.until((events) => events.some((event) => event.gap?.reason === gap.reason));
    await server.command('PUBLISH', 'busy', 'again');
    expect(payloads(await busy.until((events) => payloads(events).length === 2))).toEqual(['again', 'again']);
    expect(quiet.events).toEqual([{ messages: [], gap }]);
  });

  it('of the events of keys do not show the keys of this API itself, unless they name their prefix', async () => {
    await using server = await startValkey({ args: ['--notify-keyspace-events', 'KEA'] });
    await using realtime = realtimeOn(server);
    const patterns = (...names: string[]) =>
      listenTo(realtime.channelMessages(request([], { patterns: names.map((name) => Buffer.from(name)) })));
    using wide = patterns('__key*');
    using spaces = patterns('__keyspace@0__:*', '__keyspace@0__:[c]achegraph:*');
    using event = listenTo(realtime.channelMessages(request(['__keyevent@0__:set'])));
    using own = patterns('__keyspace@0__:cachegraph:*');
    await eventually(async () => expect(await server.command('PUBSUB', 'NUMPAT')).toBe(4));
    await hasSubscribers(server, '__keyevent@0__:set', 1);
    await server.command('SET', 'cachegraph:secret', '1');
    await server.command('SET', 'open', '1');
    const heard = async (each: typeof wide, count: number) =>
      (await each.until((events) => payloads(events).length >= count)).flatMap(({ messages }) =>
        messages.map(({ channel, payload }) => `${channel.toString()} ${payload.toString()}`),
      );
    expect(await heard(spaces, 1)).toEqual(['__keyspace@0__:open set']);
    expect(await heard(event, 1)).toEqual(['__keyevent@0__:set open']);
    expect(await heard(own, 1)).toEqual(['__keyspace@0__:cachegraph:secret set']);
    const all = await heard(wide, 2);
    expect(all.filter((message) => message.includes('secret'))).toEqual([]);
    expect(all).toContain('__keyspace@0__:open set');
  });

  it('that the user may not read fail separately', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* +@all resetchannels &open.*' } });
    await using realtime = realtimeOn(server);
    using refused = listenTo(realtime.channelMessages(request(['open.a', 'secret'])));
    using allowed = listenTo(realtime.channelMessages(request(['open.a', 'open.b'])));
    expect(await refused.failure).toMatchObject({ code: 'PERMISSION_DENIED' });
    await hasSubscribers(server, 'open.b', 1);
    await server.command('PUBLISH', 'open.a', 'x');
    await allowed.until((events) => events.length === 1);
  });

  it('of a cluster that is unknown or unavailable fail immediately', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    using unknown = listenTo(realtime.channelMessages(request(['a'], { cluster: 'nowhere' })));
    expect(await unknown.failure).toMatchObject({ code: 'NOT_FOUND' });
    await server.kill();
    using away = listenTo(realtime.channelMessages(request(['a'])));
    expect(await away.failure).toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
  });

  it('work in cluster mode, sharded and not', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using realtime = realtimeOn(cluster);
    const names = ['a', 'b', 'c', 'd'];
    using plain = listenTo(realtime.channelMessages(request(names)));
    using sharded = listenTo(realtime.channelMessages(request(names, { sharded: true })));
    const commands = await realtime.connections.commands('orders');
    await eventually(async () => {
      for (const name of names) {
        await commands.send({ args: ['PUBLISH', name, name] });
        await commands.send({ args: ['SPUBLISH', name, name], key: Buffer.from(name) });
      }
      for (const { events } of [plain, sharded]) expect(new Set(payloads(events))).toEqual(new Set(names));
    });
  });

  it('are resubscribed by the thousands after the connection was cut, with one gap each, except one that is refused now', async () => {
    const rules = 'on nopass ~* +@all resetchannels &c-*';
    await using server = await startValkey({ users: { default: `${rules} &secret` } });
    await using realtime = realtimeOn(server);
    const listeners = Array.from({ length: 50 }, (_, list) => {
      const names = Array.from({ length: 100 }, (_, at) => `c-${list * 100 + at}`);
      return listenTo(realtime.channelMessages(request(names)));
    });
    using secret = listenTo(realtime.channelMessages(request(['secret'])));
    const count = async (): Promise<number> =>
      Number(/pubsub_channels:(\d+)/.exec(String(await server.command('INFO', 'stats')))?.[1]);
    await eventually(async () => expect(await count()).toBe(5001));
    for (let time = 1; time <= 2; time += 1) {
      // The server itself cuts the connection first, because the user may no longer read one of its channels.
      if (time === 1) await server.command('ACL', 'SETUSER', 'default', ...rules.split(' '));
      else await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await Promise.all(listeners.map((each) => each.until((events) => gapsOf(events).length === time)));
      expect(await count()).toBe(5000);
    }
    expect(await secret.failure).toMatchObject({ code: 'PERMISSION_DENIED' });
    for (let at = 0; at < 5000; at += 99) await server.command('PUBLISH', `c-${at}`, String(at));
    await Promise.all(listeners.map((each) => each.until((events) => payloads(events).length > 0)));
    for (const { events, subscription } of listeners) {
      expect(gapsOf(events)).toEqual(['RECONNECTED', 'RECONNECTED']);
      subscription.close();
    }
    await eventually(async () => expect(await count()).toBe(0));
  });

  it('that are sharded follow their slot to another shard with a gap, whether subscribed before or during the move', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using realtime = realtimeOn(cluster);
    const slot = String(await cluster.primaries[0]!.command('CLUSTER', 'KEYSLOT', 'a'));
    const [source, target] = Number(slot) < 8192 ? cluster.primaries : cluster.primaries.toReversed();
    const [sourceId, targetId] = await Promise.all(
      [source, target].map(async (node) => String(await node!.command('CLUSTER', 'MYID'))),
    );
    using before = listenTo(realtime.channelMessages(request(['a'], { sharded: true })));
    const isHeardBy = (node: TestValkey) =>
      eventually(async () => expect(String(await node.command('PUBSUB', 'SHARDNUMSUB', 'a'))).toBe('a,1'));
    await isHeardBy(source!);
    await target!.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', sourceId!);
    await source!.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', targetId!);
    using meanwhile = listenTo(realtime.channelMessages(request(['a'], { sharded: true, overflow: 'KEEP_LATEST' })));
    await source!.command('SPUBLISH', 'a', 'moving');
    for (const each of [before, meanwhile]) await each.until((events) => payloads(events).length === 1);
    for (const node of [target, source]) await node!.command('CLUSTER', 'SETSLOT', slot, 'NODE', targetId!);
    for (const each of [before, meanwhile]) await each.until((events) => gapsOf(events).length === 1);
    await isHeardBy(target!);
    await target!.command('SPUBLISH', 'a', 'moved');
    for (const each of [before, meanwhile]) {
      await each.until((events) => payloads(events).length === 2);
      expect(payloads(each.events)).toEqual(['moving', 'moved']);
      expect(gapsOf(each.events)).toEqual(['RECONNECTED']);
    }
  });
});
