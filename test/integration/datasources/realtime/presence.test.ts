import { describe, expect, it } from 'vitest';
import { publish } from '../../../../src/datasources/valkey/values/channels/channels.js';
import type { ChannelRequest } from '../../../../src/datasources/realtime/interfaces.js';
import type { PresenceChange } from '../../../../src/domain/realtime/presence.js';
import { readPage } from '../../../helpers/run/documentation.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { listenTo, type Listening } from '../../../helpers/valkey/listening.js';
import { realtimeOn, type TestRealtime } from '../../../helpers/valkey/realtime.js';
import { startTcpProxy } from '../../../helpers/valkey/tcp-proxy.js';
import { startValkey, startValkeyCluster } from '../../../helpers/valkey/valkey.js';

const channelSettings = { presence: [{ pattern: 'room*' }] };
const channel = Buffer.from('room');
const of = { cluster: 'orders', channel, sharded: false };
const request = (member?: string, data: unknown = null, more: Partial<ChannelRequest> = {}): ChannelRequest => ({
  cluster: 'orders',
  channels: [channel],
  patterns: [],
  sharded: false,
  overflow: 'DROP_OLDEST',
  presence: member === undefined ? undefined : { member, data },
  ...more,
});
const join = (realtime: TestRealtime, ...args: Parameters<typeof request>) =>
  listenTo(realtime.channelMessages(request(...args)));
const names = (members: readonly { member: string }[]) => members.map(({ member }) => member);
const sees = (watch: Listening<PresenceChange>, subscribers: number, ...members: string[]) =>
  watch.until((events) => {
    const presence = events.at(-1)?.presence;
    return presence?.subscribers === subscribers && String(names(presence.members)) === String(members);
  });
const holds = (realtime: TestRealtime, subscribers: number) =>
  eventually(async () => expect((await realtime.channelPresence(of)).subscribers).toBe(subscribers));

describe.each(['without cluster mode', 'in cluster mode'])('The presence of a channel, %s,', (mode) => {
  it('is counted over all processes, reported live, and ends with the subscription', async () => {
    await using server = mode === 'in cluster mode' ? await startValkeyCluster({ shards: 2 }) : await startValkey();
    await using one = realtimeOn(server, {}, channelSettings);
    await using two = realtimeOn(server, {}, channelSettings);
    using watch = listenTo(two.presenceChanges(of));
    await sees(watch, 0);
    using unnamed = join(one);
    await sees(watch, 1);
    using ada = join(one, 'ada', { color: 'red' });
    await sees(watch, 2, 'ada');
    using alsoAda = join(two, 'ada', { color: 'blue' });
    using bob = join(two, 'bob');
    await sees(watch, 4, 'ada', 'bob');
    const { members } = await one.channelPresence(of);
    expect(members).toMatchObject([
      { member: 'ada', data: { color: 'blue' }, subscriptions: 2 },
      { member: 'bob', data: null, subscriptions: 1 },
    ]);
    using late = listenTo(one.presenceChanges(of));
    await sees(late, 4, 'ada', 'bob');
    expect(names(late.events[0]!.joined)).toEqual(['ada', 'bob']);
    alsoAda.subscription.close();
    await sees(watch, 3, 'ada', 'bob');
    expect(watch.events.at(-1)).toMatchObject({ joined: [], left: [], updated: [{ data: { color: 'red' } }] });
    ada.subscription.close();
    await sees(watch, 2, 'bob');
    expect(names(watch.events.at(-1)!.left)).toEqual(['ada']);
    // However the changes arrived, the sum of joined and left members is the same.
    const folded = new Set<string>();
    for (const { joined, left } of watch.events) {
      for (const { member } of joined) folded.add(member);
      for (const { member } of left) folded.delete(member);
    }
    expect([...folded]).toEqual(['bob']);
    unnamed.subscription.close();
    bob.subscription.close();
    await sees(watch, 0);
  });
});

describe('The presence of a channel', () => {
  it('of a thousand subscribers needs only a few writes', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, {}, channelSettings);
    await server.command('CONFIG', 'RESETSTAT');
    const all = Array.from({ length: 1000 }, (_, at) => join(realtime, at % 2 === 0 ? `m${at}` : undefined));
    await holds(realtime, 1000);
    expect((await realtime.channelPresence(of)).members).toHaveLength(500);
    const stats = String(await server.command('INFO', 'commandstats'));
    expect(Number(/cmdstat_hset:calls=(\d+)/.exec(stats)?.[1])).toBeLessThan(5);
    for (const { subscription } of all) subscription.close();
    await holds(realtime, 0);
    expect(await server.command('KEYS', '*')).toEqual([]);
  });

  it('ends immediately when a process closes', async () => {
    await using server = await startValkey();
    await using watcher = realtimeOn(server, {}, channelSettings);
    using watch = listenTo(watcher.presenceChanges(of));
    {
      await using leaver = realtimeOn(server, {}, channelSettings);
      join(leaver, 'ada');
      await sees(watch, 1, 'ada');
    }
    expect(await watcher.channelPresence(of)).toMatchObject({ subscribers: 0, members: [] });
    await sees(watch, 0);
  });

  it('is written again if it was lost, and continues after the connection was cut', async () => {
    await using server = await startValkey();
    await using proxy = await startTcpProxy(server);
    await using realtime = realtimeOn(proxy, {}, { ...channelSettings, presenceTimeoutSeconds: 1 });
    await using watcher = realtimeOn(server, {}, { ...channelSettings, presenceTimeoutSeconds: 1 });
    using watch = listenTo(watcher.presenceChanges(of));
    using ada = join(realtime, 'ada');
    await sees(watch, 1, 'ada');
    // It cannot write its presence again before the watcher has seen the loss.
    proxy.swallow();
    await server.command('FLUSHALL');
    await sees(watch, 0);
    proxy.mend();
    await sees(watch, 1, 'ada');
    await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await server.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    using bob = join(realtime, 'bob');
    await sees(watch, 2, 'ada', 'bob');
    ada.subscription.close();
    await sees(watch, 1, 'bob');
    bob.subscription.close();
    await sees(watch, 0);
  });

  it('forgets a process without heartbeats, and includes it again when it returns', async () => {
    await using server = await startValkey();
    await using proxy = await startTcpProxy(server);
    await using silent = realtimeOn(proxy, {}, { ...channelSettings, presenceTimeoutSeconds: 1 });
    await using watcher = realtimeOn(server, {}, { ...channelSettings, presenceTimeoutSeconds: 1 });
    using watch = listenTo(watcher.presenceChanges(of));
    using ada = join(silent, 'ada');
    await sees(watch, 1, 'ada');
    // Like a stopped process: its keys are neither renewed nor removed.
    proxy.swallow();
    await sees(watch, 0);
    expect(names(watch.events.at(-1)!.left)).toEqual(['ada']);
    proxy.mend();
    await sees(watch, 1, 'ada');
    ada.subscription.close();
    await sees(watch, 0);
  });

  it('reports all changes at once to a subscriber that was paused', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, {}, channelSettings);
    using watch = listenTo(realtime.presenceChanges(of));
    await sees(watch, 0);
    watch.subscription.pause();
    using paused = join(realtime, 'ada');
    await holds(realtime, 1);
    using bob = join(realtime, 'bob');
    await holds(realtime, 2);
    using other = listenTo(realtime.presenceChanges(of));
    await sees(other, 2, 'ada', 'bob');
    expect(watch.events).toHaveLength(1);
    watch.subscription.resume();
    await sees(watch, 2, 'ada', 'bob');
    expect(watch.events).toHaveLength(2);
    expect(names(watch.events[1]!.joined)).toEqual(['ada', 'bob']);
    paused.subscription.close();
    bob.subscription.close();
  });

  it('is refused for channels without presence and by the ACL, without an effect on unnamed subscribers', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* &* +@all -hset' } });
    await using realtime = realtimeOn(server, {}, channelSettings);
    const elsewhere = { ...of, channel: Buffer.from('news') };
    await expect(realtime.channelPresence(elsewhere)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    using watch = listenTo(realtime.presenceChanges(elsewhere));
    expect((await watch.failure).message).toContain('{"channels": {"presence": [{"pattern": "…"}]}}');
    using named = join(realtime, 'ada', null, { channels: [elsewhere.channel] });
    expect(await named.failure).toMatchObject({ code: 'NOT_SUPPORTED', inputPath: ['presence'] });
    using unnamed = join(realtime);
    using ada = join(realtime, 'ada');
    const refusal = await ada.failure;
    expect(refusal).toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(refusal.message).toContain('keys of cachegraph:presence:*.');
    expect(refusal.message).toContain('+hset');
    await eventually(async () => {
      await server.command('PUBLISH', 'room', 'hello');
      expect(unnamed.events.length).toBeGreaterThan(0);
    });
  });

  it('requires only the documented permissions beside those for connecting, like a history', async () => {
    const page = readPage('docs/history-and-presence.md');
    const named = page.slice(page.indexOf("A cluster's user needs"), page.indexOf('If a right is missing'));
    const rights = [...named.matchAll(/`([^`]*)`/g)].map(([, text]) => text).join(' ');
    const connecting = '-@all +@connection +info +role +unsubscribe +cluster';
    await using server = await startValkey({
      users: { default: `on nopass resetchannels &room ${connecting} ${rights}` },
    });
    await using realtime = realtimeOn(
      server,
      {},
      { ...channelSettings, history: [{ pattern: 'room', maxMessages: 5 }] },
    );
    using watch = listenTo(realtime.presenceChanges(of));
    using ada = join(realtime, 'ada', null, { history: { last: 5 } });
    await sees(watch, 1, 'ada');
    const commands = await realtime.connections.commands('orders');
    const message = { channel, payload: Buffer.from('hello'), sharded: false };
    const { cursor } = await publish(commands, message, realtime.history(of));
    await ada.until((events) => events.some(({ messages }) => messages.some((each) => each.cursor === cursor)));
    await commands.send({ args: ['XTRIM', 'cachegraph:history:{room}', 'MAXLEN', '0'] });
    using late = listenTo(realtime.channelMessages(request('bob', null, { history: { last: 0, after: '1-1' } })));
    await late.until((events) => events.some(({ gap }) => gap?.reason === 'TRIMMED'));
    ada.subscription.close();
    await sees(watch, 1, 'bob');
  });
});
