import { describe, expect, test } from 'vitest';
import { listen, type EventStream } from '../../helpers/clients/event-stream.js';
import { eventually } from '../../helpers/run/eventually.js';
import { connect, subscribe } from '../../helpers/clients/graphql-client.js';
import { serve } from '../../helpers/apis/served-api.js';
import { startTcpProxy, type TcpProxy } from '../../helpers/valkey/tcp-proxy.js';
import { startValkey, type TestValkey } from '../../helpers/valkey/valkey.js';

const query = (cluster: string, what: string) =>
  `subscription { channelMessages(cluster: "${cluster}", ${what}) { messages { payload } gap { reason missed } } }`;

interface Received {
  readonly messages: readonly { payload: string }[];
  readonly gap: { reason: string; missed: number | null } | null;
}

/** Collects the results of an event stream. */
function collect(stream: EventStream): Received[] {
  const received: Received[] = [];
  const read = async (): Promise<void> => {
    for (;;) received.push((await stream.next()).data!['channelMessages'] as Received);
  };
  read().catch(() => undefined);
  return received;
}

/** Subscribers over sockets and an event stream, of two channels and a pattern on `orders`, and one on `billing`. */
async function startListening(orders: TestValkey, network: TcpProxy) {
  const billing = await startValkey();
  const api = await serve({ orders: { host: network.host, port: network.port }, billing });
  const clients = [connect(api.url), connect(api.url)];
  const topics = ['channels: ["a"]', 'channels: ["a"]', 'channels: ["quiet", "a"]', 'patterns: ["a*"]'];
  const sockets = topics.map((what, at) => subscribe(clients[at % 2]!, query('orders', what)));
  const elsewhere = subscribe(clients[0]!, query('billing', 'channels: ["a"]'));
  const stream = await listen(`${api.url}?query=${encodeURIComponent(query('orders', 'channels: ["a"]'))}`);
  const streamed = collect(stream);
  const received = (): Received[][] => [
    ...sockets.map(({ results }) => results.map((result) => result.data!['channelMessages'] as Received)),
    streamed,
  ];
  const isConnected = async (): Promise<void> => {
    expect(String(await orders.command('PUBSUB', 'NUMSUB', 'a', 'quiet'))).toBe('a,1,quiet,1');
    expect(Number(await orders.command('PUBSUB', 'NUMPAT'))).toBe(1);
  };
  await eventually(isConnected);
  await eventually(async () => expect(String(await billing.command('PUBSUB', 'NUMSUB', 'a'))).toBe('a,1'));
  return {
    gaps: () => received().map((all) => all.flatMap(({ gap }) => gap ?? [])),
    payloads: () => received().map((all) => all.flatMap(({ messages }) => messages.map(({ payload }) => payload))),
    elsewhere,
    async [Symbol.asyncDispose]() {
      for (const each of [stream, ...clients, api, billing]) await each[Symbol.asyncDispose]();
    },
  };
}

const gap = [{ reason: 'RECONNECTED', missed: null }];

describe('Subscribers of channels whose upstream connection', () => {
  test.each<[string, (network: TcpProxy, server: TestValkey) => unknown]>([
    ['is cut by the network', (network) => network.cut()],
    ['is ended by the server', (_, server) => server.command('CLIENT', 'KILL', 'TYPE', 'pubsub')],
    ['is silently dropped', (network) => network.swallow()],
    ['ends with its server', (_, server) => server.restart()],
  ])('%s each receive one gap, and then all later messages', async (title, breakIt) => {
    await using orders = await startValkey();
    await using network = await startTcpProxy(orders);
    await using listening = await startListening(orders, network);
    await orders.command('PUBLISH', 'a', 'before');
    await eventually(() => expect(listening.payloads()).toEqual(Array(5).fill(['before'])));

    await breakIt(network, orders);
    if (title.includes('silently')) {
      // Detected by missing replies; messages published meanwhile are lost.
      await eventually(() => expect(network.waiting).toBeGreaterThan(0));
      network.mend();
    }
    await eventually(() => expect(listening.gaps()).toEqual(Array(5).fill(gap)));
    await orders.command('PUBLISH', 'a', 'after');
    await eventually(() => expect(listening.payloads()).toEqual(Array(5).fill(['before', 'after'])));
    expect(listening.gaps()).toEqual(Array(5).fill(gap));
    expect(listening.elsewhere.results).toEqual([]);
  });

  test('stays open receive all messages and no gap while command connections are cut', async () => {
    await using orders = await startValkey();
    await using network = await startTcpProxy(orders);
    await using listening = await startListening(orders, network);
    for (const n of ['1', '2', '3']) {
      await orders.command('CLIENT', 'KILL', 'TYPE', 'normal');
      await orders.command('PUBLISH', 'a', n);
    }
    await eventually(() => expect(listening.payloads()).toEqual(Array(5).fill(['1', '2', '3'])));
    expect(listening.gaps()).toEqual(Array(5).fill([]));
  });
});
