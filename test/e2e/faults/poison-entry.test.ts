import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createClient } from 'graphql-ws';
import { eventually } from '../../helpers/run/eventually.js';
import { data } from '../../helpers/clients/graphql-client.js';
import { serve } from '../../helpers/apis/served-api.js';
import { startValkey } from '../../helpers/valkey/valkey.js';

const query = `subscription ($consumer: String!) {
  groupEntries(
    cluster: "orders", stream: "jobs", group: "workers", consumer: $consumer, claimIdleSeconds: 1
    maxDeliveries: 3, deadLetterStream: "dead"
  ) { entries { entry { entryId } deliveryCount claimed } }
}`;

interface Given {
  readonly entry: { readonly entryId: string };
  readonly deliveryCount: number;
}

/** A worker that is killed by an entry: its socket closes without a frame. Resolves to its deliveries. */
function dieOf(url: string, consumer: string): Promise<readonly Given[]> {
  return new Promise((resolve, reject) => {
    let socket: WebSocket | undefined;
    const client = createClient({
      url: url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      on: { opened: (opened) => (socket = opened as WebSocket) },
    });
    client.subscribe<{ groupEntries: { entries: readonly Given[] } }>(
      { query, variables: { consumer } },
      {
        next({ data: given }) {
          socket?.terminate();
          resolve(given!.groupEntries.entries);
        },
        error: reject,
        complete: () => undefined,
      },
    );
  });
}

test('an entry that kills its workers is claimed by one after another, and then moved to the dead-letter stream with its deliveries', async () => {
  await using valkey = await startValkey();
  await using one = await serve({ orders: valkey });
  await using two = await serve({ orders: valkey });
  const group = { cluster: 'orders', stream: 'jobs', group: 'workers' };
  await data(
    one.url,
    'mutation ($input: CreateConsumerGroupInput!) { createConsumerGroup(input: $input) { created } }',
    { input: { ...group, startAt: '0' } },
  );
  const id = String(await valkey.command('XADD', 'jobs', '*', 'n', '1'));

  for (const [at, url] of [one.url, two.url, one.url].entries()) {
    const given = await dieOf(url, `worker-${at}`);
    expect(given).toMatchObject([{ entry: { entryId: id }, deliveryCount: at + 1, claimed: at > 0 }]);
  }
  // The fourth is given what is good.
  const last = dieOf(two.url, 'worker-3');
  await eventually(async () => expect(Number(await valkey.command('XLEN', 'dead'))).toBe(1));
  const good = String(await valkey.command('XADD', 'jobs', '*', 'n', '2'));
  expect(await last).toMatchObject([{ entry: { entryId: good }, deliveryCount: 1 }]);
  const dashboard = `{ cluster(name: "orders") { stream(name: "dead") { entries(first: 1) { nodes { fields { name value } } } } } }`;
  const [letter] = (await data(one.url, dashboard)).cluster.stream.entries.nodes;
  const facts = Object.fromEntries(letter.fields.map(({ name, value }: Record<string, string>) => [name, value]));
  expect(facts).toMatchObject({ n: '1', 'dead-letter-entry-id': id, 'dead-letter-group': 'workers' });
  expect(Object.values(facts).join(' ')).toContain('worker-2');
  // The group has no consumer without entries.
  await eventually(async () => {
    const { groups } = (
      await data(one.url, '{ cluster(name: "orders") { stream(name: "jobs") { groups { pending } } } }')
    ).cluster.stream;
    expect(groups).toEqual([{ pending: 1 }]);
    const consumers = String(await valkey.command('XINFO', 'CONSUMERS', 'jobs', 'workers'));
    expect(consumers).not.toMatch(/worker-[012]/);
  });
});
