import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { eventually } from '../../helpers/run/eventually.js';
import { connect, subscribe } from '../../helpers/clients/graphql-client.js';
import { startTestApi } from '../../helpers/apis/test-api.js';
import { transports } from '../../helpers/clients/transports.js';

const ticks = 'subscription { ticks { text } }';

/** Repeats a request until it is refused, which must happen before the attempts end. */
async function untilRefused<Outcome>(ask: () => Promise<Outcome>, isRefused: (outcome: Outcome) => boolean) {
  for (let count = 0; count < 200; count += 1) {
    const outcome = await ask();
    if (isRefused(outcome)) return outcome;
  }
  throw new Error('Nothing was refused.');
}

describe.each(Object.entries(transports))('over %s', (name, { run, carries }) => {
  const isHttp = name !== 'WebSocket';

  test.each(['maxOperationsPerSecond', 'maxCostPerMinute'] as const)(
    '%s refuses one client with the time of the next attempt, and no other client',
    async (limit) => {
      await using api = await startTestApi({ [limit]: 1 });
      const ask = (authorization: string) => run(api.url, { query: '{ hello }' }, { authorization });
      const { results, refused } = await untilRefused(
        () => ask('Ada'),
        (outcome) => outcome.results[0]?.errors !== undefined,
      );
      expect(results).toEqual([
        {
          errors: [
            expect.objectContaining({
              extensions: expect.objectContaining({
                code: 'RATE_LIMITED',
                limit,
                max: 1,
                retryAfterSeconds: expect.any(Number) as number,
              }) as object,
            }),
          ],
        },
      ]);
      expect(refused).toBe(isHttp ? 429 : undefined);
      expect(api.limitsHit).toContain(limit);
      expect(await ask('Bob')).toEqual({ results: [{ data: { hello: 'hello undefined' } }] });
    },
  );

  if (!carries.includes('subscription')) return;

  test('the subscriptions of a client are counted over all transports until they end', async () => {
    await using api = await startTestApi({ maxSubscriptionsPerClient: 2 });
    await using client = connect(api.url, { headers: { authorization: 'Ada' } });
    const first = subscribe(client, ticks);
    const second = subscribe(client, ticks);
    await api.ticks.hasOpen(2);
    const open = () => run(api.url, { query: ticks }, { authorization: 'Ada' });
    const { results, refused } = await open();
    expect(results[0]!.errors![0]!.extensions).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      limit: 'maxSubscriptionsPerClient',
      max: 2,
    });
    expect(refused).toBe(isHttp ? 429 : undefined);
    expect(api.limitsHit).toEqual(['maxSubscriptionsPerClient']);

    const other = run(api.url, { query: ticks }, { authorization: 'Bob' });
    await api.ticks.hasOpen(3);
    first.leave();
    await api.ticks.hasOpen(2);
    const third = open();
    await api.ticks.hasOpen(3);
    api.ticks.emit({ text: 'still here' });
    expect((await second.next()).data).toEqual({ ticks: { text: 'still here' } });
    api.ticks.complete();
    for (const outcome of [third, other]) {
      expect(await outcome).toEqual({ results: [{ data: { ticks: { text: 'still here' } } }] });
    }
  });

  test('subscriptions that were refused, completed or abandoned are not counted', async () => {
    await using api = await startTestApi({ maxSubscriptionsPerClient: 5 });
    for (let round = 0; round < 5; round += 1) {
      for (let count = 0; count < 6; count += 1) {
        const { results } = await run(api.url, { query: 'subscription { refused { text } }' });
        expect(results[0]!.errors![0]!.message).toBe('Not this channel.');
      }
      const all = Array.from({ length: 5 }, () => run(api.url, { query: ticks }));
      await api.ticks.hasOpen(5);
      api.ticks.complete();
      await Promise.all(all);
    }
    expect(api.limitsHit).toEqual([]);
  });
});

describe('A socket', () => {
  test('stays open when it exceeds its number of concurrent operations', async () => {
    await using api = await startTestApi({ maxOperationsPerSocket: 2 });
    await using client = connect(api.url);
    const first = subscribe(client, ticks);
    await api.ticks.hasOpen(1);
    const waiting = subscribe(client, '{ never }');
    await api.asked();
    for (const query of ['{ hello }', ticks]) {
      await expect(subscribe(client, query).ended).rejects.toThrow('maxOperationsPerSocket');
    }
    waiting.leave();
    api.ticks.emit({ text: 'still here' });
    expect((await first.next()).data).toEqual({ ticks: { text: 'still here' } });
    first.leave();
    await api.ticks.hasOpen(0);
    await using again = subscribe(client, '{ hello }');
    expect((await again.next()).data).toEqual({ hello: 'hello undefined' });
  });

  test('can run queries when it has its maximum number of subscriptions', async () => {
    await using api = await startTestApi({ maxSubscriptionsPerSocket: 1 });
    await using client = connect(api.url);
    const first = subscribe(client, ticks);
    await api.ticks.hasOpen(1);
    await expect(subscribe(client, ticks).ended).rejects.toThrow('maxSubscriptionsPerSocket');
    await using query = subscribe(client, '{ hello }');
    expect((await query.next()).data).toEqual({ hello: 'hello undefined' });
    first.leave();
    await api.ticks.hasOpen(0);
    const second = subscribe(client, ticks);
    await api.ticks.hasOpen(1);
    second.leave();
  });

  test('is limited by the rate of its client, and its subscriptions continue', async () => {
    await using api = await startTestApi({ maxOperationsPerSecond: 1 });
    await using client = connect(api.url);
    const alive = subscribe(client, ticks);
    await api.ticks.hasOpen(1);
    const refusal = await untilRefused(
      () => subscribe(client, '{ hello }').ended.catch((error: unknown) => error),
      (outcome) => outcome instanceof Error,
    );
    expect(String(refusal)).toContain('RATE_LIMITED');
    api.ticks.emit({ text: 'still here' });
    expect((await alive.next()).data).toEqual({ ticks: { text: 'still here' } });
    alive.leave();
  });

  test('that closes frees its subscriptions', async () => {
    await using api = await startTestApi({ maxSubscriptionsPerClient: 100, maxSocketsPerClient: 1 });
    for (let round = 0; round < 5; round += 1) {
      const client = connect(api.url);
      for (let count = 0; count < 100; count += 1) subscribe(client, ticks).ended.catch(() => undefined);
      await api.ticks.hasOpen(100);
      await client.dispose();
      await api.ticks.hasOpen(0);
    }
    expect(api.limitsHit).toEqual([]);
  });
});

test('10,000 dropped subscriptions leave room for as many new ones', { timeout: 60_000 }, async () => {
  await using api = await startTestApi({ maxSubscriptionsPerClient: 10_000, maxSocketsPerClient: 10 });
  for (let round = 0; round < 2; round += 1) {
    const clients = Array.from({ length: 10 }, () => connect(api.url));
    for (const client of clients) {
      for (let count = 0; count < 1_000; count += 1) subscribe(client, ticks).ended.catch(() => undefined);
    }
    await api.ticks.hasOpen(10_000);
    for (const client of clients) await client.dispose();
    await api.ticks.hasOpen(0);
  }
  expect(api.limitsHit).toEqual([]);
});

describe('Sockets', () => {
  const open = async (url: string, authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { headers });
    const failed = once(socket, 'error').then(([error]) => error as Error);
    const opened = once(socket, 'open').then(() => undefined);
    const error = await Promise.race([failed, opened]);
    failed.catch(() => undefined);
    return { socket, error };
  };
  const enter = async (socket: WebSocket): Promise<string | number> => {
    const answered = once(socket, 'message').then(([data]) => (JSON.parse(String(data)) as { type: string }).type);
    const closed = once(socket, 'close').then(([code]) => code as number);
    socket.send('{"type":"connection_init"}');
    return await Promise.race([answered, closed]);
  };

  test('of one client are limited, and one more is closed with a code that allows a later attempt', async () => {
    await using api = await startTestApi({ maxSocketsPerClient: 1 });
    const { socket: first } = await open(api.url, 'Ada');
    expect(await enter(first)).toBe('connection_ack');
    expect(await enter((await open(api.url, 'Ada')).socket)).toBe(1013);
    const { socket: other } = await open(api.url, 'Bob');
    expect(await enter(other)).toBe('connection_ack');
    expect(api.limitsHit).toEqual(['maxSocketsPerClient']);
    first.close();
    await eventually(async () => expect(await enter((await open(api.url, 'Ada')).socket)).toBe('connection_ack'));
    other.terminate();
  });

  test('of one address are limited even before connection_init', async () => {
    await using api = await startTestApi({ maxSocketsPerAddress: 2 });
    const all = [await open(api.url), await open(api.url)];
    const { error } = await open(api.url);
    expect(error?.message).toContain('429');
    expect(api.limitsHit).toEqual(['maxSocketsPerAddress']);
    all[0]!.socket.terminate();
    await eventually(async () => expect((await open(api.url)).error).toBeUndefined());
  });
});
