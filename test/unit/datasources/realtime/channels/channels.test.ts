import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ValkeyConnections } from '../../../../../src/datasources/valkey/interfaces.js';
import type { ChannelRequest } from '../../../../../src/datasources/realtime/interfaces.js';
import { createRealtime } from '../../../../../src/datasources/realtime/realtime.js';
import { ExpectedFailure } from '../../../../../src/domain/errors.js';
import type { ChannelDelivery } from '../../../../../src/domain/realtime/delivery.js';
import { fakeSubscribers } from '../../../../helpers/valkey/fake-subscriber.js';
import { listenTo, type Listening } from '../../../../helpers/valkey/listening.js';
import { testLog } from '../../../../helpers/run/test-log.js';

const request = (channels: string[], more: Partial<ChannelRequest> = {}): ChannelRequest => ({
  cluster: 'orders',
  channels: channels.map((name) => Buffer.from(name)),
  patterns: [],
  sharded: false,
  overflow: 'DROP_OLDEST',
  ...more,
});
const setUp = (refuse: readonly string[] = [], maxQueuedBytes = 10_000) => {
  const upstream = fakeSubscribers(refuse);
  const realtime = createRealtime({
    connections: upstream.connections,
    log: testLog(),
    limits: { maxQueuedBytes },
  });
  const listen = (asked: ChannelRequest) => listenTo(realtime.channelMessages(asked));
  return { upstream, realtime, listen, [Symbol.asyncDispose]: () => realtime.close() };
};
const texts = (events: readonly ChannelDelivery[]) =>
  events.map(({ messages }) => messages.map(({ payload }) => payload.toString()));
/** A subscription takes effect at the end of a tick, and its consequences at the end of the next one. */
const settled = async (): Promise<void> => {
  for (let turns = 0; turns < 4; turns += 1) await turn();
};

describe('Channels', () => {
  it('need one connection, and one command for all subscriptions of one tick', async () => {
    await using test = setUp();
    using _one = test.listen(request(['a', 'b']));
    using _two = test.listen(request(['b', 'c']));
    using _three = test.listen(request(['a', 'b'], { patterns: [Buffer.from('n.*')] }));
    await settled();
    expect(test.upstream.opened).toBe(1);
    expect(test.upstream.commands).toEqual(['subscribe channel a b c', 'subscribe pattern n.*']);
  });

  it('are unsubscribed immediately when the last subscriber leaves, even if they are quiet', async () => {
    await using test = setUp();
    const one = test.listen(request(['a', 'b']));
    const two = test.listen(request(['b']));
    await settled();
    one.subscription.close();
    one.subscription.close();
    await settled();
    expect(test.upstream.commands.slice(1)).toEqual(['unsubscribe channel a']);
    two.subscription.close();
    await settled();
    expect(test.upstream.commands.slice(2)).toEqual(['unsubscribe channel b']);
  });

  it('use another connection if a subscriber opens again as soon as the cluster has failed', async () => {
    const upstream = fakeSubscribers();
    let failCluster: Parameters<ValkeyConnections['onClosed']>[0] = () => undefined;
    const onClosed: ValkeyConnections['onClosed'] = (listener) => {
      failCluster = listener;
      return () => undefined;
    };
    await using realtime = createRealtime({ connections: { ...upstream.connections, onClosed }, log: testLog() });
    const source = realtime.channelMessages(request(['a']));
    const again: Listening<ChannelDelivery>[] = [];
    source.open({
      next: () => undefined,
      error: () => void again.push(listenTo(source)),
      complete: () => undefined,
    });
    await settled();
    failCluster('orders', new ExpectedFailure('NOT_FOUND', 'The cluster was removed.'));
    await settled();
    expect([upstream.opened, upstream.closed]).toEqual([2, 1]);
    upstream.publish('a', 'text');
    await settled();
    expect(again.map(({ events }) => texts(events))).toEqual([[['text']]]);
  });

  it('stay subscribed if one subscriber leaves and another comes in the same tick', async () => {
    await using test = setUp();
    const one = test.listen(request(['a']));
    await settled();
    one.subscription.close();
    using _two = test.listen(request(['a']));
    await settled();
    expect(test.upstream.commands).toEqual(['subscribe channel a']);
  });

  it('deliver all messages of a tick together, as one object for equal subscribers, whatever the order of their channels', async () => {
    await using test = setUp();
    using one = test.listen(request(['a', 'b']));
    using two = test.listen(request(['b', 'a', 'b']));
    using other = test.listen(request(['b']));
    await settled();
    test.upstream.publish('a', '1');
    test.upstream.publish('b', '2');
    test.upstream.publish('a', '3');
    await turn();
    expect(texts(one.events)).toEqual([['1', '2', '3']]);
    expect(two.events[0]).toBe(one.events[0]);
    expect(texts(other.events)).toEqual([['2']]);
  });

  it('distinguish names that differ only in bytes', async () => {
    await using test = setUp();
    const [low, high] = [Buffer.from([0xfe]), Buffer.from([0xff])];
    using one = test.listen(request([], { channels: [low] }));
    using two = test.listen(request([], { channels: [high] }));
    await settled();
    test.upstream.listener().message('channel', high, Buffer.from('x'), undefined, 'node:6379');
    await turn();
    expect([one.events.length, two.events.length]).toEqual([0, 1]);
  });

  it('that are refused fail only their own subscribers', async () => {
    await using test = setUp(['secret']);
    using one = test.listen(request(['a', 'secret']));
    using two = test.listen(request(['a', 'b']));
    expect(await one.failure).toMatchObject({ code: 'PERMISSION_DENIED', upstreamCode: 'NOPERM' });
    await settled();
    test.upstream.publish('a', 'still here');
    await two.until((events) => events.length === 1);
  });

  it('that are refused later fail their subscribers', async () => {
    await using test = setUp();
    using one = test.listen(request(['a']));
    using two = test.listen(request(['b']));
    await settled();
    test.upstream.listener().refused('channel', Buffer.from('a'), new Error('gone'));
    expect(await one.failure).toMatchObject({ message: 'gone' });
    test.upstream.publish('b', '1');
    await two.until((events) => events.length === 1);
  });

  it('report a reconnection immediately, even if they are quiet, after all earlier messages', async () => {
    await using test = setUp();
    using one = test.listen(request(['a']));
    using quiet = test.listen(request(['b']));
    await settled();
    test.upstream.publish('a', 'before');
    test.upstream
      .listener()
      .reconnected(
        ['a', 'b'].map((name) => ({ kind: 'channel', channel: Buffer.from(name), needsEveryPrimary: false })),
      );
    test.upstream.publish('a', 'after');
    await turn();
    expect(one.events).toMatchObject([
      { gap: null, messages: [{}] },
      { gap: { reason: 'RECONNECTED', missed: null }, messages: [{}] },
    ]);
    expect(quiet.events).toEqual([{ messages: [], gap: { reason: 'RECONNECTED', missed: null } }]);
  });

  it('announce no start before the cluster is connected and has confirmed all of them', async () => {
    const upstream = fakeSubscribers();
    let connect: () => void = () => undefined;
    const connected = new Promise<void>((resolve) => (connect = resolve));
    let confirm: () => void = () => undefined;
    const confirmed = new Promise<void>((resolve) => (confirm = resolve));
    const connections = {
      ...upstream.connections,
      async subscriber(...args: Parameters<typeof upstream.connections.subscriber>) {
        await connected;
        const subscriber = await upstream.connections.subscriber(...args);
        return {
          ...subscriber,
          async subscribe(...topics: Parameters<typeof subscriber.subscribe>) {
            await subscriber.subscribe(...topics);
            if (topics[0] === 'pattern') await confirmed;
          },
        };
      },
    };
    await using realtime = createRealtime({ connections, log: testLog() });
    using announced = listenTo(
      realtime.channelMessages(request(['a'], { patterns: [Buffer.from('n.*')], announce: true })),
    );
    using other = listenTo(realtime.channelMessages(request(['a'], { announce: true })));
    await settled();
    expect([announced.events, other.events]).toEqual([[], []]);
    connect();
    await other.until((events) => events.length === 1);
    upstream.publish('a', 'early');
    await settled();
    expect(announced.events).toEqual([]);
    confirm();
    await announced.until((events) => events.length === 1);
    upstream.publish('a', 'late');
    await settled();
    expect(announced.events[0]).toMatchObject({ messages: [], gap: null, started: { cursor: null } });
    expect(texts(announced.events)).toEqual([[], ['late']]);
    expect(texts(other.events)).toEqual([[], ['early'], ['late']]);
  });

  it('announce the start first to a paused subscriber, whatever else is dropped', async () => {
    await using test = setUp([], 1000);
    using slow = test.listen(request(['a'], { announce: true, overflow: 'KEEP_LATEST' }));
    slow.subscription.pause();
    await settled();
    for (const payload of ['1', '2', '3']) {
      test.upstream.publish('a', payload + 'x'.repeat(600));
      await turn();
    }
    slow.subscription.resume();
    expect(slow.events).toMatchObject([
      { messages: [], gap: null, started: { cursor: null } },
      { messages: [{}], gap: { reason: 'SLOW_SUBSCRIBER', missed: 2 } },
    ]);
  });

  it('keep the order for a paused subscriber, without effect on the others', async () => {
    await using test = setUp();
    using slow = test.listen(request(['a']));
    using quick = test.listen(request(['a']));
    await settled();
    slow.subscription.pause();
    for (const payload of ['1', '2']) {
      test.upstream.publish('a', payload);
      await turn();
    }
    expect([slow.events.length, quick.events.length]).toEqual([0, 2]);
    slow.subscription.resume();
    expect(slow.events).toEqual(quick.events);
  });

  it('disconnect only the slow subscriber under DISCONNECT', async () => {
    await using test = setUp([], 1000);
    using slow = test.listen(request(['a'], { overflow: 'DISCONNECT' }));
    using quick = test.listen(request(['a']));
    await settled();
    slow.subscription.pause();
    for (let count = 0; count < 3; count += 1) {
      test.upstream.publish('a', 'x'.repeat(500));
      await turn();
    }
    expect(await slow.failure).toMatchObject({ code: 'SLOW_SUBSCRIBER' });
    expect(quick.events).toHaveLength(3);
  });

  it('are refused if one subscription has more than the limit', async () => {
    await using test = setUp();
    using listening = test.listen(request(Array.from({ length: 1001 }, (_, at) => `c${at}`)));
    expect(await listening.failure).toMatchObject({ code: 'INVALID_INPUT' });
    expect(test.upstream.opened).toBe(0);
  });

  it('close with the realtime service, which closes its connection', async () => {
    const test = setUp();
    using listening = test.listen(request(['a']));
    await settled();
    await test.realtime.close();
    expect(await listening.failure).toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
    expect(test.upstream.closed).toBe(1);
  });
});
