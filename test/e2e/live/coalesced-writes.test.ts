import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { listen } from '../../helpers/clients/event-stream.js';
import { connect, subscribe } from '../../helpers/clients/graphql-client.js';
import { countWrites } from '../../helpers/clients/socket-writes.js';
import { startTestApi } from '../../helpers/apis/test-api.js';

const query = 'subscription { ticks { text } }';

/** On a busy machine a test may take longer than pings are apart. */
const withoutPings = { keepAliveMs: 600_000 };

/** Resolves after a read, as the handling of data from Valkey begins. */
const afterRead = (): Promise<unknown> => readFile(new URL(import.meta.url));
/** Calls `look` at the end of this tick of the event loop. */
const atEndOfTick = <Value>(look: () => Value): Promise<Value> =>
  new Promise((resolve) => setImmediate(() => resolve(look())));

test('all frames of a tick leave each socket in one write, whatever their number', async () => {
  await using api = await startTestApi(withoutPings);
  const clients = Array.from({ length: 20 }, () => connect(api.url));
  const subscribers = clients.flatMap((client) => Array.from({ length: 10 }, () => subscribe(client, query)));
  await api.ticks.hasOpen(200);
  using writes = countWrites(api.port);
  for (let round = 0; round < 3; round += 1) {
    for (const text of ['one', 'two', 'three']) api.ticks.emit({ text });
    const received = await Promise.all(
      subscribers.map(async (each) =>
        [await each.next(), await each.next(), await each.next()].map(({ data }) => data),
      ),
    );
    expect(received).toEqual(Array(200).fill(['one', 'two', 'three'].map((text) => ({ ticks: { text } }))));
    expect(writes.taken()).toEqual(Array(20).fill(1));
  }
  for (const client of clients) await client.dispose();
});

test.each(['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0'])(
  'results of a tick leave in one write as %s too',
  async (accept) => {
    await using api = await startTestApi(withoutPings);
    await using stream = await listen(`${api.url}?query=${encodeURIComponent(query)}`, { accept });
    await api.ticks.hasOpen(1);
    using writes = countWrites(api.port);
    for (const text of ['one', 'two', 'three']) api.ticks.emit({ text });
    for (const text of ['one', 'two', 'three']) expect(await stream.next()).toEqual({ data: { ticks: { text } } });
    expect(writes.taken()).toEqual([1]);
  },
);

test('a single frame leaves in the tick in which its event was read', async () => {
  await using api = await startTestApi(withoutPings);
  await using client = connect(api.url);
  await using subscribed = subscribe(client, query);
  await api.ticks.hasOpen(1);
  await afterRead();
  using writes = countWrites(api.port);
  api.ticks.emit({ text: 'one' });
  expect(await atEndOfTick(() => writes.taken())).toEqual([1]);
  expect((await subscribed.next()).data).toEqual({ ticks: { text: 'one' } });
});
