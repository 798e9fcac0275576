import { describe, expect, it } from 'vitest';
import type { ChannelRequest } from '../../../../src/datasources/realtime/interfaces.js';
import type { ChannelDelivery } from '../../../../src/domain/realtime/delivery.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { listenTo } from '../../../helpers/valkey/listening.js';
import { realtimeOn } from '../../../helpers/valkey/realtime.js';
import { beginToMove } from '../../../helpers/valkey/slots.js';
import { startValkeyCluster, type TestCluster, type TestValkey } from '../../../helpers/valkey/valkey.js';

const request = (channels: readonly string[], patterns: readonly string[] = []): ChannelRequest => ({
  cluster: 'orders',
  channels: channels.map((name) => Buffer.from(name)),
  patterns: patterns.map((pattern) => Buffer.from(pattern)),
  sharded: false,
  overflow: 'DROP_OLDEST',
});
const notifying = ['--notify-keyspace-events', 'KEA'];
const keys = Array.from({ length: 12 }, (_, at) => `key-${at}`);

const payloads = (events: readonly ChannelDelivery[]) =>
  events.flatMap(({ messages }) => messages.map(({ payload }) => payload.toString()));
const gaps = (events: readonly ChannelDelivery[]) => events.flatMap(({ gap }) => (gap ? [gap.reason] : []));
/** `channel payload`, sorted, because the order between nodes is arbitrary. */
const heard = (events: readonly ChannelDelivery[]) =>
  events
    .flatMap(({ messages }) => messages.map(({ channel, payload }) => `${channel.toString()} ${payload.toString()}`))
    .sort();

/** Sets each key on the primary that serves it, without this API. */
async function setAll(nodes: readonly TestValkey[], names: readonly string[], value = 'x'): Promise<void> {
  for (const name of names) {
    const attempts = nodes.map((node) => node.command('SET', name, value));
    await Promise.any(attempts);
    await Promise.allSettled(attempts);
  }
}
const patternsOn = async (node: TestValkey): Promise<number> => Number(await node.command('PUBSUB', 'NUMPAT'));
const isHeardOn = (nodes: readonly TestValkey[], count = 1) =>
  eventually(async () => {
    expect(await Promise.all(nodes.map(patternsOn))).toEqual(nodes.map(() => count));
  });
/** The subscribed clients, as each node lists them. */
async function subscribersOf(cluster: TestCluster): Promise<string[]> {
  const lists = await Promise.all(cluster.nodes.map((node) => node.command('CLIENT', 'LIST', 'TYPE', 'pubsub')));
  return lists.flatMap((list) => String(list).split('\n')).filter((line) => / (?:sub|psub|ssub)=[1-9]/.test(line));
}

describe('Key events of a cluster with several shards', () => {
  it('arrive from every primary, by patterns and by channels, and are unsubscribed on all of them', async () => {
    await using cluster = await startValkeyCluster({ shards: 3, args: notifying });
    await using realtime = realtimeOn(cluster);
    using byPattern = listenTo(realtime.channelMessages(request([], ['__keyevent@0__:*'])));
    using byChannel = listenTo(realtime.channelMessages(request(['__keyevent@0__:set'])));
    using ofKeys = listenTo(realtime.channelMessages(request(keys.map((key) => `__keyspace@0__:${key}`))));
    await isHeardOn(cluster.primaries);
    const channels = ['__keyevent@0__:set', ...keys.map((key) => `__keyspace@0__:${key}`)];
    await eventually(async () => {
      for (const node of cluster.primaries) {
        const counts = (await node.command('PUBSUB', 'NUMSUB', ...channels)) as unknown as unknown[];
        expect(counts.filter((_, at) => at % 2 === 1).map(Number)).toEqual(channels.map(() => 1));
      }
    });
    await setAll(cluster.primaries, keys);
    expect(payloads(await byPattern.until((all) => payloads(all).includes('key-11'))).sort()).toEqual(keys.toSorted());
    for (const each of [byPattern, byChannel]) {
      await each.until((all) => payloads(all).length === 12);
      expect(payloads(each.events).sort()).toEqual(keys.toSorted());
    }
    await ofKeys.until((all) => payloads(all).length === 12);
    expect(heard(ofKeys.events)).toEqual(keys.map((key) => `__keyspace@0__:${key} set`).sort());

    for (const each of [byPattern, byChannel, ofKeys]) each.subscription.close();
    await eventually(async () => expect(await subscribersOf(cluster)).toEqual([]));
  });

  it('arrive by patterns that also match ordinary channels, each of whose messages arrives once', async () => {
    await using cluster = await startValkeyCluster({ shards: 3, args: notifying });
    await using realtime = realtimeOn(cluster);
    const patterns = ['*', '__key*', '_*', '?_keyevent*', '[_]_key*', '*set'];
    const ordinary = '__keyeventset';
    const all = patterns.map((pattern) => listenTo(realtime.channelMessages(request([], [pattern]))));
    await isHeardOn(cluster.primaries, patterns.length);
    // Published on each node: the other nodes forward messages to the one from which ordinary messages are accepted.
    for (const [at, node] of cluster.primaries.entries()) await node.command('PUBLISH', ordinary, String(at));
    await setAll(cluster.primaries, keys);
    for (const [at, node] of cluster.primaries.entries()) await node.command('PUBLISH', ordinary, String(at + 3));
    const matching = (events: readonly ChannelDelivery[]) =>
      heard(events).filter((line) => line.startsWith('__keyevent@0__:set') || line.startsWith(ordinary));
    const expected = [
      ...['0', '1', '2', '3', '4', '5'].map((payload) => `${ordinary} ${payload}`),
      ...keys.map((key) => `__keyevent@0__:set ${key}`),
    ].sort();
    for (const [at, listening] of all.entries()) {
      await listening.until((events) => matching(events).length >= expected.length);
      expect(matching(listening.events), patterns[at]).toEqual(expected);
      listening.subscription.close();
    }
    await eventually(async () => expect(await subscribersOf(cluster)).toEqual([]));
  });

  it('arrive from a promoted replica after a gap, which other channels do not receive', async () => {
    await using cluster = await startValkeyCluster({ shards: 3, replicas: 1, args: notifying });
    await using realtime = realtimeOn(cluster);
    // Opened first: its connection is to the first primary, which stays.
    using ordinary = listenTo(realtime.channelMessages(request(['news'])));
    await eventually(async () => {
      expect(String(await cluster.primaries[0]!.command('PUBSUB', 'NUMSUB', 'news'))).toBe('news,1');
    });
    using events = listenTo(realtime.channelMessages(request([], ['__keyevent@0__:*'])));
    using mixed = listenTo(realtime.channelMessages(request([], ['*'])));
    await isHeardOn(cluster.primaries, 2);
    await cluster.primaries[2]!.kill();
    for (const each of [events, mixed]) await each.until((all) => gaps(all).length === 1);
    const [first, second] = cluster.primaries;
    const promoted = cluster.replicas.find(({ follows }) => follows === 2)!;
    await isHeardOn([first!, second!, promoted], 2);
    const nodes = [first!, second!, promoted];
    await eventually(() => setAll(nodes, keys));
    await events.until((all) => new Set(payloads(all)).size === 12);
    await first!.command('PUBLISH', 'news', 'still one connection');
    await ordinary.until((all) => payloads(all).length === 1);
    // Immediately, and again after the failover.
    for (const each of [events, mixed]) await each.until((all) => gaps(all).length === 2);
    expect(gaps(ordinary.events)).toEqual([]);
  });

  it('of a primary that stays unavailable are missing, with an immediate gap and without an effect on other channels', async () => {
    await using cluster = await startValkeyCluster({
      shards: 3,
      args: [...notifying, '--cluster-require-full-coverage', 'no'],
    });
    await using realtime = realtimeOn(cluster);
    using ordinary = listenTo(realtime.channelMessages(request(['news'])));
    await eventually(async () => {
      expect(String(await cluster.primaries[0]!.command('PUBSUB', 'NUMSUB', 'news'))).toBe('news,1');
    });
    using events = listenTo(realtime.channelMessages(request([], ['__keyevent@0__:*'])));
    await isHeardOn(cluster.primaries);
    await cluster.primaries[2]!.kill();
    await events.until((all) => gaps(all).length === 1);

    using late = listenTo(realtime.channelMessages(request([], ['__keyevent@0__:*'])));
    await late.until((all) => gaps(all).length === 1);
    // In one tick. Only the first one needs the unavailable node.
    using refused = listenTo(realtime.channelMessages(request([], ['__keyevent@0__:d*'])));
    using plain = listenTo(realtime.channelMessages(request(['plain'], ['pl*'])));
    expect(await refused.failure).toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
    await eventually(async () => {
      await cluster.primaries[1]!.command('PUBLISH', 'plain', 'still here');
      expect(payloads(plain.events)).toContain('still here');
    });
    await plain.until((all) => payloads(all).length > 0);
    expect(gaps(ordinary.events)).toEqual([]);
  });

  it('arrive once each after a failover in which both nodes survive', async () => {
    await using cluster = await startValkeyCluster({ shards: 3, replicas: 1, args: notifying });
    await using realtime = realtimeOn(cluster);
    using events = listenTo(realtime.channelMessages(request([], ['__keyevent@0__:*'])));
    await isHeardOn(cluster.primaries);
    const promoted = cluster.replicas.find(({ follows }) => follows === 1)!;
    await promoted.command('CLUSTER', 'FAILOVER');
    await events.until((all) => gaps(all).length === 1);
    const [first, demoted, third] = cluster.primaries;
    await isHeardOn([first!, promoted, third!]);
    await eventually(async () => expect(await patternsOn(demoted!)).toBe(0));
    const before = payloads(events.events).length;
    await setAll([first!, promoted, third!], keys);
    await events.until((all) => payloads(all).length >= before + 12);
    expect(payloads(events.events).slice(before).sort()).toEqual(keys.toSorted());
    // Immediately, and again after the failover.
    await events.until((all) => gaps(all).length === 2);
  });

  it('arrive from an added shard, and no longer from one without slots', async () => {
    await using cluster = await startValkeyCluster({
      shards: 3,
      args: [...notifying, '--cluster-allow-replica-migration', 'no'],
    });
    const [first, second, third] = cluster.primaries;
    const slotsOf = await Promise.all(keys.map(async (key) => String(await first!.command('CLUSTER', 'KEYSLOT', key))));
    const [from, until] = [10_923, 16_383];
    const moving = slotsOf.filter((slot) => Number(slot) >= from && Number(slot) <= until);
    expect(moving.length).toBeGreaterThan(0);
    // The third shard has no slots yet, like one that has just been added.
    for (const node of cluster.primaries) await node.command('CLUSTER', 'DELSLOTSRANGE', String(from), String(until));
    await second!.command('CLUSTER', 'ADDSLOTSRANGE', String(from), String(until));
    await eventually(async () => {
      for (const node of cluster.primaries) {
        expect(String(await node.command('CLUSTER', 'INFO'))).toContain('cluster_state:ok');
        expect(await node.command('CLUSTER', 'SLOTS')).toHaveLength(2);
      }
    });
    const give = async (to: TestValkey): Promise<void> => {
      const id = String(await to.command('CLUSTER', 'MYID'));
      for (const slot of new Set(moving)) {
        for (const node of [to, ...cluster.primaries.filter((other) => other !== to)]) {
          await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', id);
        }
      }
    };
    await using realtime = realtimeOn(cluster);
    using events = listenTo(realtime.channelMessages(request([], ['__keyevent@0__:*'])));
    using ordinary = listenTo(realtime.channelMessages(request(['news'])));
    await isHeardOn([first!, second!]);
    expect(await patternsOn(third!)).toBe(0);
    await give(third!);
    await events.until((all) => gaps(all).length === 1);
    await isHeardOn(cluster.primaries);
    await setAll(cluster.primaries, keys);
    await events.until((all) => payloads(all).length >= 12);
    expect(payloads(events.events).sort()).toEqual(keys.toSorted());

    for (const key of keys) await Promise.allSettled(cluster.primaries.map((node) => node.command('DEL', key)));
    await events.until((all) => payloads(all).length >= 24);
    await give(second!);
    await isHeardOn([third!], 0);
    await setAll([first!, second!], keys);
    await events.until((all) => payloads(all).length >= 36);
    expect(payloads(events.events).slice(24).sort()).toEqual(keys.toSorted());
    expect(gaps(ordinary.events)).toEqual([]);
  });

  it('arrive from the primary that has the key while its slot moves', async () => {
    await using cluster = await startValkeyCluster({ shards: 3, args: notifying });
    await using realtime = realtimeOn(cluster);
    using events = listenTo(realtime.channelMessages(request([], ['__keyevent@0__:set'])));
    await isHeardOn(cluster.primaries);
    await setAll(cluster.primaries, ['moved']);
    const moving = await beginToMove(cluster, 'moved');
    await moving.source.command('SET', 'moved', 'still here');
    await moving.finish();
    await moving.target.command('SET', 'moved', 'there');
    await events.until((all) => payloads(all).length >= 3);
    expect(payloads(events.events)).toEqual(['moved', 'moved', 'moved']);
    expect(gaps(events.events)).toEqual([]);
  });

  it('fail if one primary refuses them, and are unsubscribed on the others', async () => {
    const rules = 'on nopass ~* +@all resetchannels';
    await using cluster = await startValkeyCluster({ shards: 3, users: { default: `${rules} &open` } });
    for (const node of cluster.primaries.slice(0, 2)) {
      await node.command('ACL', 'SETUSER', 'default', '&__keyevent@0__:*');
    }
    await using realtime = realtimeOn(cluster);
    using open = listenTo(realtime.channelMessages(request(['open'])));
    using refused = listenTo(realtime.channelMessages(request([], ['__keyevent@0__:*'])));
    expect(await refused.failure).toMatchObject({ code: 'PERMISSION_DENIED', upstreamCode: 'NOPERM' });
    await isHeardOn(cluster.primaries, 0);
    await eventually(async () => {
      await cluster.primaries[0]!.command('PUBLISH', 'open', 'x');
      expect(payloads(open.events).length).toBeGreaterThan(0);
    });
  });
});
