import { afterEach, beforeEach, describe, expect, test, vi, type MockInstance } from 'vitest';
import { connect, subscribe, type Subscribed } from '../../helpers/clients/graphql-client.js';
import { listen } from '../../helpers/clients/event-stream.js';
import { startTestApi, type TestApi } from '../../helpers/apis/test-api.js';

const plain = 'subscription ($mark: String) { ticks(mark: $mark) { text } }';
const own = 'subscription ($mark: String) { ticks(mark: $mark) { text viewer } }';

// Tests share the process with the server: objects with `data` are those that the server serialises.
let stringify: MockInstance<typeof JSON.stringify>;
beforeEach(() => {
  stringify = vi.spyOn(JSON, 'stringify');
});
afterEach(() => {
  stringify.mockRestore();
});
const serialisations = (): number =>
  stringify.mock.calls.filter(([value]) => typeof value === 'object' && value !== null && 'data' in value).length;

/** `count` equal subscriptions for each principal, spread over few sockets. */
async function subscribeAll(api: TestApi, principals: readonly string[], count: number, query: string) {
  const clients = principals.map((principal) => connect(api.url, { headers: { authorization: principal } }));
  const all = clients.map((client) => Array.from({ length: count }, () => subscribe(client, query, { mark: 'a' })));
  await api.ticks.hasOpen(principals.length * count);
  return {
    next: (): Promise<unknown[][]> =>
      Promise.all(all.map((alike) => Promise.all(alike.map(async (one: Subscribed) => (await one.next()).data)))),
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client.dispose();
    },
  };
}

const named = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index}`);

describe('5,000 equal subscriptions', () => {
  test('of one caller cost one execution and one serialisation per event', async () => {
    await using api = await startTestApi({ maxOperationsPerSocket: 5_000, maxSubscriptionsPerSocket: 5_000 });
    await using subscribers = await subscribeAll(api, ['Ada'], 5_000, plain);
    for (const text of ['one', 'two']) {
      api.ticks.emit({ text });
      const results = (await subscribers.next()).flat();
      expect(results).toEqual(Array(5_000).fill({ ticks: { text } }));
    }
    expect([api.executions(), serialisations()]).toEqual([2, 2]);
  });

  test('of fifty callers cost no more if all fields are caller-independent', async () => {
    await using api = await startTestApi();
    await using subscribers = await subscribeAll(api, named(50), 100, plain);
    api.ticks.emit({ text: 'one' });
    expect((await subscribers.next()).flat()).toEqual(Array(5_000).fill({ ticks: { text: 'one' } }));
    expect([api.executions(), serialisations()]).toEqual([1, 1]);
  });

  test('of fifty callers are split by caller if one field depends on the caller', async () => {
    await using api = await startTestApi();
    await using subscribers = await subscribeAll(api, named(50), 100, own);
    api.ticks.emit({ text: 'one' });
    const results = await subscribers.next();
    expect(results).toEqual(
      named(50).map((viewer) => Array(100).fill({ ticks: { text: 'one', viewer } }) as unknown[]),
    );
    expect([api.executions(), serialisations()]).toEqual([50, 50]);
  });
});

test('event streams and sockets share their executions', async () => {
  await using api = await startTestApi();
  await using subscribers = await subscribeAll(api, ['Ada', 'Bob'], 10, plain);
  const query = `${api.url}?query=${encodeURIComponent(plain)}&variables=${encodeURIComponent('{"mark":"a"}')}`;
  await using first = await listen(query, { authorization: 'Ada' });
  await using second = await listen(query, { authorization: 'Cleo' });
  await api.ticks.hasOpen(22);
  api.ticks.emit({ text: 'one' });
  await subscribers.next();
  expect([await first.next(), await second.next()]).toEqual(Array(2).fill({ data: { ticks: { text: 'one' } } }));
  expect([api.executions(), serialisations()]).toEqual([1, 1]);
});

test('event streams are split by caller too', async () => {
  await using api = await startTestApi();
  const query = `${api.url}?query=${encodeURIComponent(own)}`;
  await using first = await listen(query, { authorization: 'Ada' });
  await using second = await listen(query, { authorization: 'Bob' });
  await api.ticks.hasOpen(2);
  api.ticks.emit({ text: 'one' });
  expect(await first.next()).toEqual({ data: { ticks: { text: 'one', viewer: 'Ada' } } });
  expect(await second.next()).toEqual({ data: { ticks: { text: 'one', viewer: 'Bob' } } });
});

test('a field that is wrongly declared caller-independent fails instead of sending data to other callers', async () => {
  await using api = await startTestApi();
  await using client = connect(api.url, { headers: { authorization: 'Ada' } });
  await using subscribed = subscribe(client, 'subscription { ticks { text leaked } }');
  await api.ticks.hasOpen(1);
  api.ticks.emit({ text: 'one' });
  expect(await subscribed.next()).toMatchObject({
    data: { ticks: { text: 'one', leaked: null } },
    errors: [{ path: ['ticks', 'leaked'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
  });
});

test('a subscriber that leaves does not affect the others of its group', async () => {
  await using api = await startTestApi();
  await using client = connect(api.url);
  const gone = subscribe(client, plain);
  await using stays = subscribe(client, plain);
  await api.ticks.hasOpen(2);
  gone.leave();
  await api.ticks.hasOpen(1);
  api.ticks.emit({ text: 'one' });
  expect((await stays.next()).data).toEqual({ ticks: { text: 'one' } });
  expect(gone.results).toEqual([]);
});
