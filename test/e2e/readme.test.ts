import { readFile } from 'node:fs/promises';
import { getOperationAST, parse, print } from 'graphql';
import { expect, test } from 'vitest';
import { startCachegraph } from '../helpers/cachegraph.js';
import { connect, data, subscribe, type Subscribed } from '../helpers/graphql-client.js';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');

/** The operations of the README's `graphql` blocks, in the order in which a newcomer pastes them. */
const operations = [...readme.matchAll(/^```graphql\n(.*?)^```/gms)].flatMap(([, block]) =>
  parse(block!).definitions.map((definition) => print(definition)),
);

test('every operation of the README works when pasted in order', { timeout: 120_000 }, async () => {
  await using cachegraph = await startCachegraph({ history: ['chat.*'], presence: ['chat.*'] });
  await using client = connect(cachegraph.url);
  const live = new Map<string, Subscribed>();
  expect(operations.length).toBeGreaterThan(15);

  for (const operation of operations) {
    const { name } = getOperationAST(parse(operation))!;
    if (operation.startsWith('subscription')) {
      const subscribed = subscribe(client, operation);
      live.set(name!.value, subscribed);
      if (name?.value === 'Changes') await allAvailable(subscribed);
      // What is published before Valkey has confirmed the subscription would be missed.
      else await subscribedUpstream(cachegraph.url, name!.value);
      continue;
    }
    // The IDs that a reader sees in the group's subscription.
    const variables = operation.includes('$entryIds') ? { entryIds: await entryIds(live.get('Work')!) } : {};
    expect(userErrors(await data(cachegraph.url, operation, variables)), operation).toEqual([]);
  }
  for (const [name, subscribed] of live) {
    expect(subscribed.results.length, `${name} received something`).toBeGreaterThan(0);
    expect(subscribed.results.flatMap(({ errors }) => errors ?? [])).toEqual([]);
    subscribed.leave();
  }
});

async function allAvailable(changes: Subscribed): Promise<void> {
  const status = new Map<string, string>();
  do {
    const { cluster } = (await changes.next()).data!['clusterChanges'];
    status.set(cluster.name, cluster.status);
  } while (![...status.values()].every((value) => value === 'AVAILABLE'));
}

async function subscribedUpstream(url: string, name: string): Promise<void> {
  if (name !== 'Listen') return;
  const query = '{ cluster(name: "tutorial") { channels { name } } }';
  while (!(await data(url, query)).cluster.channels?.some((channel: { name: string }) => channel.name === 'mychannel'));
}

async function entryIds(work: Subscribed): Promise<string[]> {
  const { entries } = (await work.next()).data!['groupEntries'];
  return entries.map(({ entry }: { entry: { entryId: string } }) => entry.entryId);
}

function userErrors(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'userErrors' ? (inner as unknown[]) : userErrors(inner),
  );
}
