import { describe, expect, it } from 'vitest';
import type { StreamDelivery } from '../../../../src/domain/realtime/delivery.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { listenTo, type Listening } from '../../../helpers/valkey/listening.js';
import { realtimeOn, type TestRealtime } from '../../../helpers/valkey/realtime.js';
import { startValkey, startValkeyCluster, type TestValkey } from '../../../helpers/valkey/valkey.js';

const stream = Buffer.from('log');
const tail = (realtime: TestRealtime, after: string) =>
  listenTo(realtime.streamEntries({ cluster: 'orders', stream, after }));
const ids = (events: readonly StreamDelivery[]) => events.flatMap(({ entries }) => entries.map(({ id }) => id));
const gaps = (events: readonly StreamDelivery[]) => events.flatMap(({ gap }) => gap ?? []);
const add = async (server: TestValkey, count: number, id = (_at: number) => '*'): Promise<string[]> => {
  const added = Array.from({ length: count }, (_, at) => server.command('XADD', 'log', id(at), 'n', String(at)));
  return (await Promise.all(added)).map(String);
};
const blockedReaders = async (server: TestValkey): Promise<number> =>
  String(await server.command('CLIENT', 'LIST'))
    .split('\n')
    .filter((client) => client.includes('cmd=xread')).length;

describe('A stream tail', () => {
  it('starts with the existing entries, after an ID or with new entries, and continues with new entries', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    const old = await add(server, 3);
    using all = tail(realtime, '0');
    using later = tail(realtime, old[1]!);
    using live = tail(realtime, '$');
    await all.until((events) => ids(events).length === 3);
    await later.until((events) => ids(events).length === 1);
    await eventually(async () => expect(await blockedReaders(server)).toBe(1));
    const added = await add(server, 2);
    expect(ids(await all.until((events) => ids(events).length === 5))).toEqual([...old, ...added]);
    expect(ids(await later.until((events) => ids(events).length === 3))).toEqual([old[2], ...added]);
    expect(ids(await live.until((events) => ids(events).length === 2))).toEqual(added);
    expect(gaps([...all.events, ...later.events, ...live.events])).toEqual([]);
  });

  it('needs one blocking reader and one delivery object for a thousand subscribers', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    const all = Array.from({ length: 1000 }, () => tail(realtime, '$'));
    await eventually(async () => expect(await blockedReaders(server)).toBe(1));
    const [id] = await add(server, 1);
    await Promise.all(all.map((each) => each.until((events) => ids(events).length === 1)));
    expect(new Set(all.map(({ events }) => events[0])).size).toBe(1);
    expect(ids(all[0]!.events)).toEqual([id]);
    for (const { subscription } of all) subscription.close();
    await eventually(async () => expect(await blockedReaders(server)).toBe(0));
  });

  it('loses and repeats nothing for subscribers that pause, leave and resume while entries are added', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, { maxPageEntries: 7 });
    const seen = Array.from({ length: 10 }, (): string[] => []);
    let writing = true;
    const follow = async (mine: string[], at: number): Promise<void> => {
      while (writing || mine.length < 3000) {
        let count = 0;
        using counted = listenTo(
          realtime.streamEntries({ cluster: 'orders', stream, after: mine.at(-1) ?? '0' }),
          ({ entries }: StreamDelivery): void => {
            mine.push(...entries.map(({ id }) => id));
            count += 1;
            if (count % (at + 2) !== 0) return;
            counted.subscription.pause();
            setImmediate(() => counted.subscription.resume());
          },
        );
        await counted.until((events) => events.length > 20 || mine.length === 3000);
      }
    };
    const following = seen.map(follow);
    const added: string[] = [];
    for (let batch = 0; batch < 30; batch += 1) added.push(...(await add(server, 100)));
    writing = false;
    await Promise.all(following);
    for (const mine of seen) expect(mine).toEqual(added);
  });

  it('leaves new entries in the stream while its subscriber is paused', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    using slow = tail(realtime, '0');
    const first = await add(server, 1);
    await slow.until((events) => ids(events).length === 1);
    slow.subscription.pause();
    using quick = tail(realtime, '0');
    const rest = await add(server, 1500);
    await quick.until((events) => ids(events).length === 1501);
    expect(ids(slow.events)).toEqual(first);
    slow.subscription.resume();
    expect(ids(await slow.until((events) => ids(events).length === 1501))).toEqual([...first, ...rest]);
  });

  it('loses nothing if connections are cut or the server restarts', async () => {
    await using server = await startValkey({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    await using realtime = realtimeOn(server);
    using listening = tail(realtime, '0');
    const added = await add(server, 5);
    await listening.until((events) => ids(events).length === 5);
    await server.command('CLIENT', 'KILL', 'TYPE', 'normal');
    added.push(...(await add(server, 5)));
    await listening.until((events) => ids(events).length === 10);
    await server.restart();
    await eventually(() => server.command('EXISTS', 'log'));
    added.push(...(await add(server, 5)));
    expect(ids(await listening.until((events) => ids(events).length === 15))).toEqual(added);
    expect(gaps(listening.events)).toEqual([]);
  });

  it('reports a gap if and only if entries after its position were trimmed', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    const old = await add(server, 10);
    await server.command('XTRIM', 'log', 'MAXLEN', '3');
    using cut = tail(realtime, old[2]!);
    using whole = tail(realtime, old[7]!);
    using fromStart = tail(realtime, '0');
    const gap = { reason: 'TRIMMED', missed: null };
    expect(await cut.until((events) => ids(events).length === 3)).toMatchObject([{ gap }]);
    await whole.until((events) => ids(events).length === 2);
    await fromStart.until((events) => ids(events).length === 3);
    await server.command('XTRIM', 'log', 'MAXLEN', '0');
    using empty = tail(realtime, old[7]!);
    expect(await empty.until((events) => events.length === 1)).toEqual([{ entries: [], gap }]);
    using atEnd = tail(realtime, old[9]!);
    const [id] = await add(server, 1);
    for (const listening of [cut, whole, fromStart, empty, atEnd]) {
      await listening.until((events) => ids(events).includes(id!));
    }
    expect([whole, fromStart, atEnd].flatMap(({ events }) => gaps(events))).toEqual([]);
    expect([cut, empty].map(({ events }) => gaps(events))).toEqual([[gap], [gap]]);
  });

  it('counts entries that were trimmed before they were read, and reports nothing if it kept up', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    const addShort = (length: string) => server.command('XADD', 'log', 'MAXLEN', length, '*', 'f', 'v');
    using slow = tail(realtime, '0');
    using quick = tail(realtime, '0');
    for (let count = 1; count <= 5; count += 1) {
      await addShort('1');
      await Promise.all([slow, quick].map((each) => each.until((events) => ids(events).length === count)));
    }
    expect(gaps([...slow.events, ...quick.events])).toEqual([]);
    slow.subscription.pause();
    await Promise.all(Array.from({ length: 100 }, () => addShort('10')));
    slow.subscription.resume();
    await slow.until((events) => ids(events).length > 5);
    expect(gaps(slow.events)).toEqual([{ reason: 'TRIMMED', missed: 105 - ids(slow.events).length }]);
  });

  it('reports no gap if a worker deletes entries after reading them', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    using listening = tail(realtime, '$');
    await eventually(async () => expect(await blockedReaders(server)).toBe(1));
    for (let count = 1; count <= 5; count += 1) {
      const [id] = await add(server, 1);
      await listening.until((events) => ids(events).length === count);
      await server.command('XDEL', 'log', id!);
    }
    expect(gaps(listening.events)).toEqual([]);
  });

  it('restarts in a stream that was recreated with smaller IDs', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, { blockMs: 50 });
    using listening = tail(realtime, '0');
    await add(server, 2, (at) => `100-${at}`);
    await listening.until((events) => ids(events).length === 2);
    await server.command('DEL', 'log');
    await listening.until((events) => gaps(events).length === 1);
    await add(server, 2, (at) => `5-${at}`);
    expect(ids(await listening.until((events) => ids(events).length === 4)).slice(2)).toEqual(['5-0', '5-1']);
  });

  it('has a cursor even before the first entry, and its source resumes from there', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, { blockMs: 50 });
    const [, last] = await add(server, 2, (at) => `100-${at}`);
    const cursors: unknown[] = [];
    using live: Listening<StreamDelivery> = listenTo(
      realtime.streamEntries({ cluster: 'orders', stream, after: '$' }),
      () => cursors.push(live.subscription.cursor?.()),
    );
    await live.cursorChanged;
    expect(live.subscription.cursor?.()).toBe(last);
    await add(server, 1, () => '100-7');
    await live.until((events) => ids(events).length === 1);
    const source = realtime.streamEntries({ cluster: 'orders', stream, after: '$' });
    using resumed = listenTo(source.resumeAfter!(last!));
    expect(ids(await resumed.until((events) => events.length === 1))).toEqual(['100-7']);
    await server.command('DEL', 'log');
    await live.until((events) => gaps(events).length === 1);
    await add(server, 1, () => '5-1');
    await live.until((events) => ids(events).length === 2);
    expect(cursors).toEqual(['100-7', '0-0', '5-1']);
    for (const wrong of ['$', '1-x', '', '-1']) expect(() => source.resumeAfter!(wrong)).toThrow('entry ID');
  });

  it('fails with a clear error if the key is not a stream or the cluster is unavailable', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server, { maxStreams: 1 });
    await server.command('SET', 'log', 'text');
    using wrong = tail(realtime, '0');
    expect(await wrong.failure).toMatchObject({ code: 'WRONG_TYPE' });
    await server.command('DEL', 'log');
    using one = tail(realtime, '0');
    using tooMany = listenTo(realtime.streamEntries({ cluster: 'orders', stream: Buffer.from('other'), after: '0' }));
    expect(await tooMany.failure).toMatchObject({ code: 'QUOTA_EXCEEDED' });
    one.subscription.close();
    await server.kill();
    using away = tail(realtime, '0');
    expect(await away.failure).toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
  });

  it('works in cluster mode', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using realtime = realtimeOn(cluster);
    const commands = await realtime.connections.commands('orders');
    const names = ['a', 'b', 'c', 'd'].map((name) => Buffer.from(name));
    for (const name of names) {
      using listening = listenTo(realtime.streamEntries({ cluster: 'orders', stream: name, after: '0' }));
      const id = await commands.send({ args: ['XADD', name, '*', 'f', 'v'], key: name });
      expect(ids(await listening.until((events) => events.length === 1))).toEqual([String(id)]);
    }
  });
});
