import { describe, expect, it } from 'vitest';
import type { KeyEventsRequest } from '../../../../src/datasources/realtime/interfaces.js';
import type { KeyEventDelivery } from '../../../../src/domain/realtime/key-watch.js';
import { createRealtime } from '../../../../src/datasources/realtime/realtime.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { testLog } from '../../../helpers/run/test-log.js';
import { connectionsTo } from '../../../helpers/valkey/connections.js';
import { describeServer } from '../../../helpers/valkey/described-cluster.js';
import { listenTo } from '../../../helpers/valkey/listening.js';
import { realtimeOn } from '../../../helpers/valkey/realtime.js';
import { beginToMove } from '../../../helpers/valkey/slots.js';
import { startValkey, startValkeyCluster, type TestValkey } from '../../../helpers/valkey/valkey.js';

const request = (match = '*', differing: Partial<KeyEventsRequest> = {}): KeyEventsRequest => ({
  cluster: 'orders',
  match: Buffer.from(match),
  announce: true,
  holdPatterns: () => () => undefined,
  ...differing,
});
const notifying = { args: ['--notify-keyspace-events', 'KA'] };
const hasStarted = (deliveries: readonly KeyEventDelivery[]) => deliveries.some(({ started }) => started);
const heard = (deliveries: readonly KeyEventDelivery[]) =>
  deliveries.flatMap(({ events }) => events.map(({ key, event }) => `${event} ${key.toString('latin1')}`));
const gaps = (deliveries: readonly KeyEventDelivery[]) => deliveries.flatMap(({ gap }) => (gap ? [gap.reason] : []));
const keys = Array.from({ length: 12 }, (_, at) => `key-${at}`);
async function setAll(nodes: readonly TestValkey[], names: readonly string[]): Promise<void> {
  for (const name of names) {
    const attempts = nodes.map((node) => node.command('SET', name, 'x'));
    await Promise.any(attempts);
    await Promise.allSettled(attempts);
  }
}
const patternsOn = async (node: TestValkey): Promise<number> => Number(await node.command('PUBSUB', 'NUMPAT'));
async function subscribersOf(...servers: readonly TestValkey[]): Promise<string[]> {
  const lists = await Promise.all(servers.map((server) => server.command('CLIENT', 'LIST', 'TYPE', 'pubsub')));
  return lists.flatMap((list) => String(list).split('\n')).filter((line) => / psub=[1-9]/.test(line));
}

describe('Key events', () => {
  it('arrive from every primary with the address of the node, and share one upstream subscription', async () => {
    await using cluster = await startValkeyCluster({ shards: 3, ...notifying });
    await using realtime = realtimeOn(cluster);
    using one = listenTo(realtime.keyEvents(request('key-*')));
    using two = listenTo(realtime.keyEvents(request('key-*')));
    for (const each of [one, two]) await each.until(hasStarted);
    await setAll(cluster.primaries, [...keys, 'unmatched']);
    for (const each of [one, two]) {
      await each.until((all) => heard(all).length === 12);
      expect(heard(each.events).sort()).toEqual(keys.map((key) => `set ${key}`).sort());
    }
    expect(one.events.at(-1)).toBe(two.events.at(-1));
    const nodes = new Set(one.events.flatMap(({ events }) => events.map(({ node }) => node)));
    expect(nodes).toEqual(new Set(cluster.primaries.map(({ host, port }) => `${host}:${port}`)));
    expect(await Promise.all(cluster.primaries.map(patternsOn))).toEqual([1, 1, 1]);
    for (const each of [one, two]) each.subscription.close();
    await eventually(async () => expect(await subscribersOf(...cluster.primaries)).toEqual([]));
  });

  it('are selected by their names, and by hostile patterns and names of keys', async () => {
    await using server = await startValkey(notifying);
    await using realtime = realtimeOn(server);
    using some = listenTo(realtime.keyEvents(request('*', { events: ['del', 'expire'] })));
    using odd = listenTo(realtime.keyEvents(request('__:\r\n*')));
    using all = listenTo(realtime.keyEvents(request()));
    for (const each of [some, odd, all]) await each.until(hasStarted);
    await server.command('SET', '__:\r\n\0', '1');
    await server.command('EXPIRE', '__:\r\n\0', '1000');
    await server.command('DEL', '__:\r\n\0');
    const bytes = Buffer.from([0xff, 0x0a, 0x00]);
    const commands = await realtime.connections.commands('orders');
    await commands.send({ args: ['SET', bytes, ''], key: bytes });
    await all.until((events) => heard(events).length === 4);
    expect(heard(all.events)).toEqual([
      'set __:\r\n\0',
      'expire __:\r\n\0',
      'del __:\r\n\0',
      `set ${bytes.toString('latin1')}`,
    ]);
    expect(heard(odd.events)).toEqual(heard(all.events).slice(0, 3));
    expect(heard(some.events)).toEqual(heard(all.events).slice(1, 3));
  });

  it('of keys of this API itself are hidden, unless the pattern names their prefix', async () => {
    await using server = await startValkey(notifying);
    await using realtime = realtimeOn(server);
    using all = listenTo(realtime.keyEvents(request()));
    using wide = listenTo(realtime.keyEvents(request('[c]achegraph:*')));
    using own = listenTo(realtime.keyEvents(request('cachegraph:*')));
    for (const each of [all, wide, own]) await each.until(hasStarted);
    await server.command('SET', 'cachegraph:secret', '1');
    await server.command('SET', 'open', '1');
    await all.until((events) => heard(events).length > 0);
    await own.until((events) => heard(events).length > 0);
    expect([heard(all.events), heard(wide.events), heard(own.events)]).toEqual([
      ['set open'],
      [],
      ['set cachegraph:secret'],
    ]);
  });

  it('are those of the database of the cluster', async () => {
    await using server = await startValkey(notifying);
    const connections = connectionsTo({ ...describeServer(server), database: 3 });
    await using realtime = createRealtime({ connections, log: testLog() });
    using events = listenTo(realtime.keyEvents(request('k*')));
    using changes = listenTo(realtime.keyChanges({ cluster: 'orders', key: Buffer.from('k3') }));
    await events.until(hasStarted);
    await changes.until((all) => all.length === 1);
    await server.command(
      'EVAL',
      "redis.call('SELECT', 0) redis.call('SET', 'k0', '') redis.call('SELECT', 3) redis.call('SET', 'k3', '')",
      '0',
    );
    await events.until((all) => heard(all).length > 0);
    await changes.until((all) => all.length === 2);
    expect(heard(events.events)).toEqual(['set k3']);
    await connections.close();
  });

  it('continue after a failover with gaps, and while a slot moves without one', async () => {
    await using cluster = await startValkeyCluster({ shards: 3, replicas: 1, ...notifying });
    await using realtime = realtimeOn(cluster);
    using events = listenTo(realtime.keyEvents(request('*', { events: ['set'] })));
    await events.until(hasStarted);
    await setAll(cluster.primaries, ['moved']);
    const moving = await beginToMove(cluster, 'moved');
    await moving.finish();
    await moving.target.command('SET', 'moved', 'there');
    await events.until((all) => heard(all).length >= 2);
    expect(gaps(events.events)).toEqual([]);
    const before = heard(events.events).length;
    await cluster.primaries[2]!.kill();
    // Immediately, and again after the failover.
    await events.until((all) => gaps(all).length === 2);
    const alive = cluster.nodes.filter((node) => node !== cluster.primaries[2]);
    await eventually(() => setAll(alive, keys));
    await events.until((all) => new Set(heard(all).slice(before)).size === 12);
  });

  it('continue with a gap after their connection was killed', async () => {
    await using server = await startValkey(notifying);
    await using realtime = realtimeOn(server);
    using events = listenTo(realtime.keyEvents(request()));
    await events.until(hasStarted);
    await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await events.until((all) => gaps(all).length === 2);
    await server.command('SET', 'k', '1');
    await events.until((all) => heard(all).length === 1);
  });
});

describe('Key events that the nodes do not send', () => {
  const failure = async (server: TestValkey, events?: readonly string[]) => {
    await using realtime = realtimeOn(server);
    using listening = listenTo(realtime.keyEvents(request('*', { events, announce: false })));
    return await listening.failure;
  };

  it('fail before they begin, with the flags that are missing', async () => {
    await using server = await startValkey();
    expect(await failure(server)).toMatchObject({
      code: 'NOT_SUPPORTED',
      message:
        'The cluster does not send these keyspace notifications: notify-keyspace-events lacks K and a class of events such as A. ' +
        'Set it on every primary of the cluster, for example to KA.',
    });
    await server.command('CONFIG', 'SET', 'notify-keyspace-events', 'EA');
    expect((await failure(server)).message).toContain('notify-keyspace-events lacks K.');
    await server.command('CONFIG', 'SET', 'notify-keyspace-events', 'K$');
    expect((await failure(server, ['set', 'expired', 'del'])).message).toContain('lacks x and g.');
    expect(await patternsOn(server)).toBe(0);
  });

  it('fail if only one primary does not send them', async () => {
    await using cluster = await startValkeyCluster({ shards: 3, ...notifying });
    await cluster.primaries[1]!.command('CONFIG', 'SET', 'notify-keyspace-events', '');
    await using realtime = realtimeOn(cluster);
    using listening = listenTo(realtime.keyEvents(request()));
    expect(await listening.failure).toMatchObject({ code: 'NOT_SUPPORTED' });
  });

  it('end when they were switched off while the connection was lost', async () => {
    await using server = await startValkey(notifying);
    await using realtime = realtimeOn(server);
    using events = listenTo(realtime.keyEvents(request()));
    await events.until(hasStarted);
    await server.command('CONFIG', 'SET', 'notify-keyspace-events', '');
    await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
    expect(await events.failure).toMatchObject({ code: 'NOT_SUPPORTED' });
    await eventually(async () => expect(await patternsOn(server)).toBe(0));
  });

  it('begin if the user may not run CONFIG and there is no parameter group', async () => {
    await using server = await startValkey({ ...notifying, users: { default: 'on nopass ~* &* +@all -config' } });
    await using realtime = realtimeOn(server);
    using events = listenTo(realtime.keyEvents(request()));
    await events.until(hasStarted);
    await server.command('SET', 'k', '1');
    await events.until((all) => heard(all).length === 1);
  });

  it('fail if Valkey refuses their channels', async () => {
    await using server = await startValkey({
      ...notifying,
      users: { default: 'on nopass ~* +@all resetchannels &open' },
    });
    expect(await failure(server)).toMatchObject({ code: 'PERMISSION_DENIED', upstreamCode: 'NOPERM' });
  });
});
