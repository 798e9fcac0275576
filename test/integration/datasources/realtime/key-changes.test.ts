import { describe, expect, it } from 'vitest';
import type { KeyChange } from '../../../../src/domain/realtime/key-watch.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { listenTo } from '../../../helpers/valkey/listening.js';
import { realtimeOn, type TestRealtime } from '../../../helpers/valkey/realtime.js';
import { beginToMove } from '../../../helpers/valkey/slots.js';
import { startValkey, startValkeyCluster, type TestValkey } from '../../../helpers/valkey/valkey.js';

const request = (key: string | Buffer, announce = false) => ({ cluster: 'orders', key: Buffer.from(key), announce });
const gaps = (changes: readonly KeyChange[]) => changes.flatMap(({ gap }) => (gap ? [gap.reason] : []));

/** Watches a key, and reads it after each change as the API does. */
function watch(realtime: TestRealtime, key: string | Buffer, announce = false) {
  const values: (string | null)[] = [];
  const read = async (): Promise<void> => {
    const commands = await realtime.connections.commands('orders');
    const value = await commands.send({ args: ['GET', Buffer.from(key)], key: Buffer.from(key) });
    values.push(Buffer.isBuffer(value) ? value.toString() : null);
  };
  const listening = listenTo(realtime.keyChanges(request(key, announce)), (change) => {
    const reading = read();
    change.reading(reading);
    reading.catch(() => undefined);
  });
  return { ...listening, values, [Symbol.dispose]: () => listening.subscription.close() };
}
const shows = (watching: { values: readonly (string | null)[] }, value: string | null) =>
  eventually(() => expect(watching.values.at(-1)).toBe(value));

/** The clients that track keys, as the servers list them. */
async function trackingOn(...servers: readonly TestValkey[]): Promise<string[]> {
  const lists = await Promise.all(servers.map((server) => server.command('CLIENT', 'LIST')));
  return lists.flatMap((list) => String(list).split('\n')).filter((line) => / flags=\S*t/.test(line));
}
const idOf = (line: string): string => /id=(\d+)/.exec(line)?.[1] ?? '';

/** Sends a command to the primary that serves the key. */
async function onServing(nodes: readonly TestValkey[], ...command: readonly string[]): Promise<void> {
  const attempts = nodes.map((node) => node.command(...command));
  await Promise.any(attempts);
  await Promise.allSettled(attempts);
}

describe('A watched key', () => {
  it('is delivered now and after every kind of change', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    await server.command('SET', 'k', '1');
    using watching = watch(realtime, 'k');
    await shows(watching, '1');
    await server.command('SET', 'k', '2');
    await shows(watching, '2');
    await server.command('APPEND', 'k', '0');
    await shows(watching, '20');
    await server.command('DEL', 'k');
    await shows(watching, null);
    await server.command('SET', 'k', '3', 'PX', '30');
    await shows(watching, null);
    await server.command('RENAME', 'k', 'other').catch(() => undefined);
    await server.command('SET', 'k', '4');
    await shows(watching, '4');
    const before = watching.events.length;
    await server.command('EXPIRE', 'k', '1000');
    await watching.until((changes) => changes.length > before);
    expect(gaps(watching.events)).toEqual([]);
  });

  it('may be missing, and have any name', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    const names = ['', 'a\r\nSET b 1\r\n', 'nul\0byte', '$5\r\n', '\u{1F600}', '*', 'invalidate'];
    const watching = names.map((name) => watch(realtime, name));
    for (const each of watching) await shows(each, null);
    for (const [at, name] of names.entries()) {
      await server.command('SET', name, String(at));
      await shows(watching[at]!, String(at));
    }
    const bytes = Buffer.from([0xff, 0x00, 0xfe, 0x0d, 0x0a]);
    using binary = watch(realtime, bytes);
    using alike = watch(realtime, Buffer.from([0xfe, 0x00, 0xfe, 0x0d, 0x0a]));
    await shows(binary, null);
    await shows(alike, null);
    const commands = await realtime.connections.commands('orders');
    await commands.send({ args: ['SET', bytes, 'x'], key: bytes });
    await shows(binary, 'x');
    expect(alike.events).toHaveLength(1);
    for (const each of watching) each.subscription.close();
  });

  it('is tracked once for all its subscribers, who share each change', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    const all = Array.from({ length: 100 }, () => listenTo(realtime.keyChanges(request('k'))));
    for (const each of all) await each.until((changes) => changes.length === 1);
    expect(new Set(all.map(({ events }) => events[0])).size).toBe(1);
    await server.command('CONFIG', 'RESETSTAT');
    await server.command('SET', 'k', '1');
    for (const each of all) await each.until((changes) => changes.length === 2);
    expect(new Set(all.map(({ events }) => events[1])).size).toBe(1);
    expect(String(await server.command('INFO', 'commandstats'))).toMatch(/cmdstat_type:calls=1,/);
    expect(await trackingOn(server)).toHaveLength(1);
    for (const each of all) each.subscription.close();
  });

  it('is delivered again only when the reads of its last change have ended, and then with the newest state', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    let finish: () => void = () => undefined;
    using listening = listenTo(realtime.keyChanges(request('k')), (change) => {
      change.reading(new Promise<void>((resolve) => (finish = resolve)));
    });
    await listening.until((changes) => changes.length === 1);
    for (let value = 0; value < 50; value += 1) await server.command('SET', 'k', String(value));
    await eventually(async () => {
      expect(String(await server.command('INFO', 'commandstats'))).toMatch(/cmdstat_type:calls=(?!1,)/);
    });
    expect(listening.events).toHaveLength(1);
    finish();
    await listening.until((changes) => changes.length === 2);
    finish();
    expect(listening.events).toHaveLength(2);
  });

  it('delivers the newest state to a subscriber that was paused, once', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    using paused = watch(realtime, 'k');
    using other = watch(realtime, 'k');
    await shows(paused, null);
    paused.subscription.pause();
    for (const value of ['1', '2', '3']) {
      await server.command('SET', 'k', value);
      await shows(other, value);
    }
    expect(paused.events).toHaveLength(1);
    paused.subscription.resume();
    await shows(paused, '3');
    expect(paused.events).toHaveLength(2);
  });

  it('announces its start in the first delivery', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    using announced = watch(realtime, 'k', true);
    using plain = watch(realtime, 'k');
    await announced.until((changes) => changes.length === 1);
    await server.command('SET', 'k', '1');
    await shows(announced, '1');
    await shows(plain, '1');
    expect(announced.events.map(({ started }) => started?.cursor)).toEqual([null, undefined]);
    expect(plain.events.some(({ started }) => started)).toBe(false);
  });

  it('is read again after its read has failed', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    const { Outage } = await import('../../../../src/domain/errors.js');
    let fails = 2;
    using listening = listenTo(realtime.keyChanges(request('k')), (change) => {
      const failure = fails > 0 ? Promise.reject(new Outage('TIMEOUT', 'no reply')) : Promise.resolve();
      fails -= 1;
      failure.catch(() => undefined);
      change.reading(failure);
    });
    await listening.until((changes) => changes.length === 3);
  });

  it('is read again when Valkey evicts it from its tracking table', async () => {
    await using server = await startValkey({ args: ['--tracking-table-max-keys', '2'] });
    await using realtime = realtimeOn(server);
    const names = ['a', 'b', 'c', 'd', 'e'];
    const watching = names.map((name) => watch(realtime, name));
    for (const each of watching) await shows(each, null);
    for (const [at, name] of names.entries()) {
      await server.command('SET', name, 'x');
      await shows(watching[at]!, 'x');
    }
    for (const each of watching) each.subscription.close();
  });

  it('frees everything when its last subscriber leaves', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, { idleConnectionMs: 20 });
    using first = watch(realtime, 'k');
    using second = watch(realtime, 'other');
    await shows(first, null);
    await shows(second, null);
    first.subscription.close();
    await server.command('SET', 'k', '1');
    await server.command('SET', 'other', '1');
    await shows(second, '1');
    expect(first.events).toHaveLength(1);
    second.subscription.close();
    await eventually(async () => expect(await trackingOn(server)).toEqual([]));
    using again = watch(realtime, 'k');
    await shows(again, '1');
  });

  it('is watched again by a new subscriber in the same tick in which the last one left', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    using first = watch(realtime, 'k');
    await shows(first, null);
    first.subscription.close();
    using second = watch(realtime, 'k');
    await shows(second, null);
    await server.command('SET', 'k', '1');
    await shows(second, '1');
  });
});

describe('A watched key is read again, with a gap,', () => {
  it('after its connection was killed', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    using watching = watch(realtime, 'k');
    await shows(watching, null);
    const [line = ''] = await trackingOn(server);
    await server.command('CLIENT', 'KILL', 'ID', idOf(line));
    await server.command('SET', 'k', 'meanwhile');
    await watching.until((changes) => gaps(changes).length === 1);
    await shows(watching, 'meanwhile');
    await server.command('SET', 'k', 'later');
    await shows(watching, 'later');
    expect(gaps(watching.events)).toEqual(['RECONNECTED']);
  });

  it('after its server was frozen or restarted', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    using watching = watch(realtime, 'k');
    await shows(watching, null);
    server.freeze();
    await eventually(() => expect(realtime.connections.dataAccess('orders').state).toBe('RECONNECTING'));
    server.thaw();
    await watching.until((changes) => gaps(changes).length === 1);
    await server.restart();
    await watching.until((changes) => gaps(changes).length === 2);
    await server.command('SET', 'k', '1');
    await shows(watching, '1');
  });

  it('after a flush', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    await server.command('SET', 'k', '1');
    using watching = watch(realtime, 'k');
    await shows(watching, '1');
    await server.command('FLUSHALL');
    await shows(watching, null);
    expect(gaps(watching.events)).toEqual(['RECONNECTED']);
    await server.command('SET', 'k', '2');
    await shows(watching, '2');
  });

  it('after other credentials were given, if the new user may read it', async () => {
    await using server = await startValkey({
      users: { ann: 'on >canary-ann ~* &* +@all', ben: 'on >canary-ben ~open* &* +@all' },
    });
    await using realtime = realtimeOn(server);
    using open = watch(realtime, 'open');
    using closed = watch(realtime, 'closed');
    for (const each of [open, closed]) await shows(each, null);
    await realtime.connections.connect('orders', { username: 'ann', password: 'canary-ann' });
    for (const each of [open, closed]) await each.until((changes) => gaps(changes).length === 1);
    expect((await trackingOn(server)).map((line) => / user=(\S+)/.exec(line)?.[1])).toEqual(['ann']);
    await realtime.connections.connect('orders', { username: 'ben', password: 'canary-ben' });
    expect(await closed.failure).toMatchObject({ code: 'PERMISSION_DENIED' });
    await open.until((changes) => gaps(changes).length === 2);
    await server.command('SET', 'open', '1');
    await shows(open, '1');
  });

  it('after a failover of its primary, and continues', async () => {
    await using cluster = await startValkeyCluster({ shards: 3, replicas: 1 });
    await using realtime = realtimeOn(cluster);
    const names = Array.from({ length: 12 }, (_, at) => `key-${at}`);
    const watching = new Map(names.map((name) => [name, watch(realtime, name)]));
    for (const each of watching.values()) await shows(each, null);
    const serving = cluster.primaries[1]!;
    const affected: string[] = [];
    for (const name of names)
      if (
        await serving.command('GET', name).then(
          () => true,
          () => false,
        )
      )
        affected.push(name);
    expect(affected.length).toBeGreaterThan(0);
    await serving.kill();
    for (const name of affected) await watching.get(name)!.until((changes) => gaps(changes).length === 1);
    const alive = cluster.nodes.filter((node) => node !== serving);
    for (const name of names) {
      await eventually(() => onServing(alive, 'SET', name, 'after'));
      await shows(watching.get(name)!, 'after');
    }
    for (const [name, each] of watching) {
      expect(gaps(each.events), name).toEqual(affected.includes(name) ? ['RECONNECTED'] : []);
      each.subscription.close();
    }
  });

  it('after a failover in which both nodes survive', async () => {
    await using cluster = await startValkeyCluster({ shards: 3, replicas: 1 });
    await using realtime = realtimeOn(cluster);
    using watching = watch(realtime, 'k');
    await shows(watching, null);
    let index = 0;
    for (const [at, node] of cluster.primaries.entries()) {
      if (
        await node.command('GET', 'k').then(
          () => true,
          () => false,
        )
      )
        index = at;
    }
    await cluster.replicas.find(({ follows }) => follows === index)!.command('CLUSTER', 'FAILOVER');
    await watching.until((changes) => gaps(changes).length === 1);
    await eventually(() => onServing(cluster.nodes, 'SET', 'k', 'after'));
    await shows(watching, 'after');
    await eventually(async () => expect(await trackingOn(...cluster.nodes)).toHaveLength(1));
  });

  it('after its slot has moved, whether it exists or not, and misses no change', async () => {
    await using cluster = await startValkeyCluster({ shards: 3 });
    await using realtime = realtimeOn(cluster);
    await onServing(cluster.primaries, 'SET', '{slot}existing', '1');
    using existing = watch(realtime, '{slot}existing');
    using missing = watch(realtime, '{slot}missing');
    await shows(existing, '1');
    await shows(missing, null);
    const moving = await beginToMove(cluster, '{slot}existing');
    await moving.move('{slot}existing');
    // By this API, which follows the redirection to the target.
    const commands = await realtime.connections.commands('orders');
    const set = (name: string, value: string) => commands.send({ args: ['SET', name, value], key: Buffer.from(name) });
    await set('{slot}existing', 'moving');
    await shows(existing, 'moving');
    await moving.finish();
    await set('{slot}existing', 'moved');
    await shows(existing, 'moved');
    await set('{slot}missing', 'moved');
    await shows(missing, 'moved');
    expect(gaps(missing.events)).toEqual(['RECONNECTED']);
  });

  it('after the move of its slot was cancelled', async () => {
    await using cluster = await startValkeyCluster({ shards: 3 });
    await using realtime = realtimeOn(cluster);
    await onServing(cluster.primaries, 'SET', '{slot}k', '1');
    using watching = watch(realtime, '{slot}k');
    await shows(watching, '1');
    const moving = await beginToMove(cluster, '{slot}k');
    await moving.move('{slot}k');
    await eventually(async () => expect(await trackingOn(moving.target)).toHaveLength(1));
    await moving.giveUp('{slot}k');
    await eventually(async () => expect(await trackingOn(moving.target)).toHaveLength(0));
    await moving.source.command('SET', '{slot}k', '2');
    await shows(watching, '2');
  });
});

describe('A key cannot be watched', () => {
  it('if Valkey refuses CLIENT TRACKING', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* &* +@all -client' } });
    await using realtime = realtimeOn(server);
    using refused = listenTo(realtime.keyChanges(request('k')));
    expect(await refused.failure).toMatchObject({ code: 'NOT_SUPPORTED' });
    expect((await refused.failure).message).toContain('CLIENT TRACKING');
  });

  it('if the Valkey user may not read it, while others can', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~open.* &* +@all' } });
    await using realtime = realtimeOn(server);
    using open = watch(realtime, 'open.k');
    using refused = listenTo(realtime.keyChanges(request('secret')));
    expect(await refused.failure).toMatchObject({ code: 'PERMISSION_DENIED' });
    await server.command('SET', 'open.k', '1');
    await shows(open, '1');
    await server.command('ACL', 'SETUSER', 'default', '-client|tracking');
    const [line = ''] = await trackingOn(server);
    await server.command('CLIENT', 'KILL', 'ID', idOf(line));
    expect(await open.failure).toMatchObject({ code: 'NOT_SUPPORTED' });
  });

  it('if its cluster cannot be reached or the connections are closed', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    using watching = watch(realtime, 'k');
    await shows(watching, null);
    await realtime.connections.disconnect('orders');
    expect(await watching.failure).toMatchObject({ code: 'NOT_CONNECTED' });
    await eventually(async () => expect(await trackingOn(server)).toEqual([]));
    using late = listenTo(realtime.keyChanges(request('k')));
    expect(await late.failure).toMatchObject({ code: 'NOT_CONNECTED' });
  });
});

describe('Many watched keys of one node', () => {
  const count = 1100;
  const commandsOf = async (server: TestValkey, name: string): Promise<number> =>
    Number(
      new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(String(await server.command('INFO', 'commandstats')))?.[1] ?? 0,
    );
  const watchMany = async (realtime: TestRealtime, nameOf: (at: number) => string) => {
    const all = Array.from({ length: count }, (_, at) => listenTo(realtime.keyChanges(request(nameOf(at)))));
    for (const each of all) await each.until((changes) => changes.length > 0);
    return all;
  };
  /** Changes each key once, and waits until each change is reported. */
  const setAll = async (
    server: TestValkey,
    all: Awaited<ReturnType<typeof watchMany>>,
    nameOf: (at: number) => string,
  ) => {
    const before = all.map(({ events }) => events.length);
    for (let at = 0; at < all.length; at += 1) await server.command('SET', nameOf(at), 'x');
    for (const [at, each] of all.entries()) await each.until((changes) => changes.length > before[at]!);
  };

  it('are reported by prefix, without a registration after each change, and one by one again when few are left', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    const nameOf = (at: number) => `${at % 2 === 0 ? 'user' : 'cart'}:${at}`;
    const all = await watchMany(realtime, nameOf);
    await eventually(async () => {
      expect((await trackingOn(server)).filter((line) => / flags=\S*B/.test(line))).toHaveLength(1);
    });
    await setAll(server, all, nameOf);
    await server.command('CONFIG', 'RESETSTAT');
    await setAll(server, all, nameOf);
    expect(await commandsOf(server, 'type')).toBe(0);
    expect(all.flatMap(({ events }) => gaps(events))).toEqual([]);

    const [first, ...others] = all;
    for (const each of others.splice(0, 700)) each.subscription.close();
    await eventually(async () => expect(await trackingOn(server)).toHaveLength(1));
    const before = first!.events.length;
    await server.command('SET', nameOf(0), 'y');
    await first!.until((changes) => changes.length > before);
    for (const each of all) each.subscription.close();
  });

  it('are read again with a gap after the connection for prefixes was killed', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    const nameOf = (at: number) => `user:${at}`;
    const all = await watchMany(realtime, nameOf);
    const broadcasting = () =>
      eventually(async () => {
        const [line] = (await trackingOn(server)).filter((each) => / flags=\S*B/.test(each));
        expect(line).toBeDefined();
        return idOf(line!);
      });
    const id = await broadcasting();
    await setAll(server, all, nameOf);
    await server.command('CLIENT', 'KILL', 'ID', id);
    for (const each of all) await each.until((changes) => gaps(changes).length === 1);
    expect(await broadcasting()).not.toBe(id);
    await setAll(server, all, nameOf);
    for (const each of all) each.subscription.close();
  });

  it('are registered one by one again if other keys of their prefixes change much more often', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    const nameOf = (at: number) => `user:${at}`;
    const all = await watchMany(realtime, nameOf);
    const isBroadcasting = async () => (await trackingOn(server)).some((line) => / flags=\S*B/.test(line));
    await eventually(async () => expect(await isBroadcasting()).toBe(true));
    await server.command('EVAL', "for i = 1, 30000 do redis.call('SET', 'user:1other' .. i, '') end", '0');
    await eventually(async () => expect(await isBroadcasting()).toBe(false));
    await setAll(server, all, nameOf);
    for (const each of all) each.subscription.close();
  });
});
