import { describe, expect, it } from 'vitest';
import type { ChannelKind, SubscriberListener } from '../../../../src/datasources/valkey/push-connections.js';
import { defaultLimits } from '../../../../src/datasources/valkey/connections/limits.js';
import { connectionsTo } from '../../../helpers/valkey/connections.js';
import { describeCluster, describeServer } from '../../../helpers/valkey/described-cluster.js';
import { blockThreeTimes } from '../../../helpers/run/block-event-loop.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { startValkey, startValkeyCluster } from '../../../helpers/valkey/valkey.js';

interface Heard extends SubscriberListener {
  readonly messages: { kind: ChannelKind; channel: Buffer; payload: Buffer; pattern: Buffer | undefined }[];
  readonly events: string[];
}

function hear(): Heard {
  const messages: Heard['messages'] = [];
  const events: string[] = [];
  return {
    messages,
    events,
    message: (kind, channel, payload, pattern) => void messages.push({ kind, channel, payload, pattern }),
    reconnected: () => void events.push('reconnected'),
    refused: (kind, channel) => void events.push(`refused ${kind} ${channel.toString()}`),
  };
}

const bytes = Buffer.from([0x00, 0xff, 0x0d, 0x0a, 0x80]);
const news = Buffer.from('news');

describe('the subscriber connection', () => {
  it('receives messages of channels and patterns with any bytes, and none after it has unsubscribed', async () => {
    await using server = await startValkey();
    await using connections = connectionsTo(describeServer(server));
    const commands = await connections.commands('orders');
    const heard = hear();
    await using subscriber = await connections.subscriber('orders', heard);
    const pattern = Buffer.concat([bytes, Buffer.from('*')]);

    await subscriber.subscribe('channel', [bytes]);
    await subscriber.subscribe('pattern', [pattern]);
    expect(await commands.send({ args: ['PUBLISH', bytes, bytes] })).toBe('2');
    await eventually(() => expect(heard.messages).toHaveLength(2));
    expect(heard.messages).toContainEqual({ kind: 'channel', channel: bytes, payload: bytes, pattern: undefined });
    expect(heard.messages).toContainEqual({ kind: 'pattern', channel: bytes, payload: bytes, pattern });

    await subscriber.unsubscribe('channel', [bytes]);
    await subscriber.unsubscribe('pattern', [pattern]);
    expect(await commands.send({ args: ['PUBLISH', bytes, 'unheard'] })).toBe('0');
  });

  it('reports a loss once all channels are subscribed again', async () => {
    await using server = await startValkey();
    await using connections = connectionsTo(describeServer(server));
    const heard = hear();
    await using subscriber = await connections.subscriber('orders', heard);
    await subscriber.subscribe('channel', [news, bytes]);

    await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await eventually(() => expect(heard.events).toEqual(['reconnected']));
    await server.restart();
    await eventually(() => expect(heard.events).toEqual(['reconnected', 'reconnected']));
    await server.command('PUBLISH', 'news', 'after');
    await eventually(() => expect(heard.messages).toMatchObject([{ channel: news, payload: Buffer.from('after') }]));
  });

  it('detects a frozen server, and receives messages again when it is back', async () => {
    await using server = await startValkey();
    await using connections = connectionsTo(describeServer(server), { limits: { replyMs: 300, heartbeatMs: 200 } });
    const heard = hear();
    const interrupted = () => void heard.events.push('interrupted');
    await using subscriber = await connections.subscriber('orders', { ...heard, interrupted });
    await subscriber.subscribe('channel', [news]);

    server.freeze();
    // A busy machine may have made the server seem frozen before.
    await eventually(() => expect(heard.events.at(-1)).toBe('interrupted'));
    server.thaw();
    await eventually(() => expect(heard.events.at(-1)).toBe('reconnected'));
    await server.command('PUBLISH', 'news', 'after');
    await eventually(() => expect(heard.messages).toHaveLength(1));
  });

  it('connects although its process handles no event for longer than a connection may take', async () => {
    await using server = await startValkey();
    await using connections = connectionsTo(describeServer(server), { limits: { connectMs: 200 } });
    await connections.commands('orders');
    await using subscriber = await connections.subscriber('orders', hear());
    const subscribing = subscriber.subscribe('channel', [news]);
    subscribing.catch(() => undefined);
    await blockThreeTimes(400);
    await subscribing;
  });

  it('reports a refused channel without an effect on the others', async () => {
    await using server = await startValkey({
      users: { default: 'off', bob: 'on >canary-secret-of-bob ~* resetchannels &news &old +@all' },
    });
    await using connections = connectionsTo(describeServer(server));
    await connections.connect('orders', { username: 'bob', password: 'canary-secret-of-bob' });
    const heard = hear();
    await using subscriber = await connections.subscriber('orders', heard);

    const refusal = subscriber.subscribe('channel', [news, Buffer.from('private'), Buffer.from('old')]);
    await expect(refusal).rejects.toMatchObject({ prefix: 'NOPERM' });
    await server.command('ACL', 'SETUSER', 'bob', 'resetchannels', '&news');
    await eventually(() => expect(heard.events).toEqual(['refused channel old', 'reconnected']));
    await server.command('PUBLISH', 'news', 'still heard');
    await eventually(() => expect(heard.messages).toMatchObject([{ payload: Buffer.from('still heard') }]));
  });

  it('survives a listener that throws', async () => {
    await using server = await startValkey();
    await using connections = connectionsTo(describeServer(server));
    const heard = hear();
    let calls = 0;
    await using subscriber = await connections.subscriber('orders', {
      ...heard,
      message() {
        calls += 1;
        throw new Error('a bug');
      },
    });
    await subscriber.subscribe('channel', [news]);
    await Promise.all([1, 2, 3].map(() => server.command('PUBLISH', 'news', 'x')));
    await eventually(() => expect(calls).toBe(3));
  });

  it.each([
    ['and keeps what it knew of the cluster', 3, false],
    ['and knows of no cluster any more', 3, true],
    ['of two shards, and keeps what it knew of the cluster', 2, false],
  ])('leaves a node that was removed from the cluster but still runs, %s', async (_, shards, isReset) => {
    await using cluster = await startValkeyCluster({ shards });
    await using connections = connectionsTo(describeCluster(cluster), { limits: { heartbeatMs: 200 } });
    const heard = hear();
    await using subscriber = await connections.subscriber('orders', {
      ...heard,
      interrupted: () => void heard.events.push('interrupted'),
    });
    await subscriber.subscribe('channel', [news]);
    await subscriber.subscribe('pattern', [Buffer.from('n*')]);
    const hears = await Promise.all(cluster.primaries.map((node) => node.command('PUBSUB', 'NUMPAT')));
    const removed = cluster.primaries[hears.findIndex((count) => String(count) === '1')]!;
    const [heir, ...others] = cluster.primaries.filter((node) => node !== removed);
    const id = String(await removed.command('CLUSTER', 'MYID'));
    const slots = (await removed.command('CLUSTER', 'SLOTS')) as unknown as [unknown, unknown, [unknown, unknown]][];
    const ranges = slots
      .filter(([, , [, port]]) => Number(port) === removed.port)
      .map(([from, to]) => [from, to].map(String));
    for (const node of [heir!, ...others]) await node.command('CLUSTER', 'FORGET', id);
    if (isReset) await removed.command('CLUSTER', 'RESET', 'SOFT');
    for (const range of ranges) await heir!.command('CLUSTER', 'ADDSLOTSRANGE', ...range);

    await eventually(() => expect(heard.events).toEqual(['interrupted', 'reconnected']));
    await heir!.command('PUBLISH', 'news', 'after');
    await eventually(() => expect(heard.messages).toHaveLength(2));
    expect(String(await removed.command('PUBSUB', 'NUMPAT'))).toBe('0');
  });

  it('receives messages of sharded channels of all shards, also after their slot has moved', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using connections = connectionsTo(describeCluster(cluster));
    const commands = await connections.commands('orders');
    const heard = hear();
    await using subscriber = await connections.subscriber('orders', heard);
    const channels = ['a', 'b', 'c', 'd'].map((name) => Buffer.from(name));
    await subscriber.subscribe('sharded', channels);
    await subscriber.subscribe('channel', [news]);

    const [moved] = channels;
    const [first, second] = cluster.primaries;
    const slot = String(await first!.command('CLUSTER', 'KEYSLOT', 'a'));
    const target = Number(slot) < 8192 ? second : first;
    const source = target === second ? first : second;
    const targetId = String(await target!.command('CLUSTER', 'MYID'));
    for (const node of [target, source]) await node!.command('CLUSTER', 'SETSLOT', slot, 'NODE', targetId);
    await eventually(() => expect(heard.events).toEqual(['reconnected']));
    for (const channel of channels) await commands.send({ args: ['SPUBLISH', channel, 'x'], key: channel });
    await commands.send({ args: ['PUBLISH', news, 'y'] });
    await eventually(() => expect(heard.messages).toHaveLength(5));
    expect(heard.messages.map(({ channel }) => channel)).toContainEqual(moved);
  });
});

describe('a blocking connection', () => {
  it('waits as long as requested, is ended by close, and never delays other commands', async () => {
    await using server = await startValkey();
    await using connections = connectionsTo(describeServer(server));
    const stream = Buffer.from('s');
    await using waiting = await connections.blocking('orders', stream);
    const commands = await connections.commands('orders');

    const longerThanReplies = String(defaultLimits.replyMs + 500);
    expect(await waiting.send(['XREAD', 'BLOCK', longerThanReplies, 'STREAMS', stream, '$'])).toBeNull();
    const read = waiting.send(['XREAD', 'BLOCK', '0', 'STREAMS', stream, '$']);
    await eventually(async () => expect(await server.command('INFO', 'clients')).toContain('blocked_clients:1'));
    await commands.send({ args: ['XADD', stream, '7-1', 'f', 'v'], key: stream });
    expect(await read).toEqual([stream, [[Buffer.from('7-1'), [Buffer.from('f'), Buffer.from('v')]]]]);

    const cut = expect(waiting.send(['XREAD', 'BLOCK', '0', 'STREAMS', stream, '$'])).rejects.toMatchObject({
      code: 'CLUSTER_UNAVAILABLE',
    });
    await waiting.close();
    await cut;
  });

  it('rejects when its server dies, and connects again with the next command', async () => {
    await using server = await startValkey();
    await using connections = connectionsTo(describeServer(server));
    const stream = Buffer.from('s');
    await using waiting = await connections.blocking('orders', stream);

    const read = expect(waiting.send(['XREAD', 'BLOCK', '0', 'STREAMS', stream, '$'])).rejects.toMatchObject({
      code: 'CLUSTER_UNAVAILABLE',
    });
    await server.restart();
    await read;
    expect(await eventually(() => waiting.send(['XREAD', 'BLOCK', '1', 'STREAMS', stream, '$']))).toBeNull();
  });
});
