import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { getOperationAST, parse, print } from 'graphql';
import { expect, test } from 'vitest';
import { startCachegraph } from '../helpers/cachegraph.js';
import { eventually } from '../helpers/eventually.js';
import { connect, data, post, subscribe, type Subscribed } from '../helpers/graphql-client.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
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

/** Runs a program of the README, publishes until it prints what was published, and ends it. */
async function printsWhatIsPublished(url: string, command: string, args: readonly string[]): Promise<void> {
  const program = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(program, 'close');
  let output = '';
  for (const stream of [program.stdout, program.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  try {
    await eventually(async () => {
      await data(url, publishing);
      expect(output).toContain('said to programs');
    });
  } finally {
    program.kill();
    await ended;
  }
}

const publishing =
  'mutation { publish(input: { cluster: "demo", channel: "mychannel", payload: "said to programs" }) { receivers } }';
const local = (text: string, url: string) => text.replaceAll('127.0.0.1:4000', new URL(url).host);

test('the programs, commands and fragments of the README work as they are', { timeout: 120_000 }, async () => {
  await using cachegraph = await startCachegraph();
  const { url } = cachegraph;
  const [create] = operations;
  expect(userErrors(await data(url, create!))).toEqual([]);
  await eventually(async () =>
    expect(await data(url, '{ cluster(name: "demo") { status } }')).toEqual({ cluster: { status: 'AVAILABLE' } }),
  );

  const programs = [...readme.matchAll(/^```js\n(.*?)^```/gms)].map(([, block]) => local(block!, url));
  expect(programs).toHaveLength(1);
  // As Node.js 20 is, which has no WebSocket of its own.
  const withoutWebSocket = 'delete globalThis.WebSocket;\n';
  for (const program of programs) {
    await printsWhatIsPublished(url, process.execPath, ['--input-type=module', '-e', withoutWebSocket + program]);
  }

  const prose = readme.replace(/^```.*?^```/gms, '');
  const indented = [...prose.matchAll(/(?:^ {4}.*\n)+/gm)].map(([block]) => block.replace(/^ {4}/gm, ''));
  const curls = indented.filter((block) => block.startsWith('curl -N ')).map((block) => local(block, url));
  expect(curls).toHaveLength(2);
  // `exec`, so that the signal that ends the shell reaches what it runs.
  const curl = `curl() { exec '${process.execPath}' --import tsx test/helpers/curl-process.ts "$@"; }`;
  for (const command of curls) await printsWhatIsPublished(url, '/bin/sh', ['-c', `${curl}\n${command}`]);

  const stream = '{ cluster: "demo", stream: "mystream", group: "workers", ifNotExists: true }';
  await data(url, `mutation { createConsumerGroup(input: ${stream}) { created } }`);
  await using client = connect(url);
  const fragments = indented.filter((block) => /^(?:subscription \{|[a-z]\w+\()/i.test(block));
  expect(fragments.map((fragment) => /\w+(?=\()/.exec(fragment)![0])).toEqual([
    'channelMessages',
    'channelMessages',
    'extendEntries',
    'consumerGroupProgress',
    'streamEntries',
  ]);
  for (const fragment of fragments) {
    if (fragment.startsWith('extendEntries')) {
      const mutation = `mutation ($entryIds: [StreamId!]!) { ${fragment} }`;
      expect(await data(url, mutation, { entryIds: ['1-1'] })).toMatchObject({ extendEntries: { lost: ['1-1'] } });
      continue;
    }
    const subscribed = subscribe(
      client,
      fragment.startsWith('subscription') ? fragment : `subscription { ${fragment} }`,
    );
    const passes = '{ "order": { "status": "PAID", "items": [{ "sku": "A-17" }] } }';
    const order = `mutation ($payload: String!) { publish(input: { cluster: "demo", channel: "orders", payload: $payload }) { receivers } }`;
    await eventually(async () => {
      await data(url, order, { payload: passes });
      expect(subscribed.results.length).toBeGreaterThan(0);
    });
    expect(subscribed.results.flatMap(({ errors }) => errors ?? [])).toEqual([]);
    subscribed.leave();
  }
});

test('a cluster with the user group of the README admits nobody without a password', async () => {
  await using cachegraph = await startCachegraph();
  const named = (name: string) => operations.find((operation) => operation.startsWith(`mutation ${name} `))!;
  for (const name of ['CreateUsers', 'CreateShardedCluster']) {
    expect(userErrors(await data(cachegraph.url, named(name)))).toEqual([]);
  }
  const answers = '{ cluster(name: "sharded") { status dataAccess { state error } key(name: "a") { name } } }';
  await eventually(async () => {
    const { data: value, errors } = await post(cachegraph.url, answers);
    expect(value!['cluster']).toMatchObject({ status: 'AVAILABLE', key: null });
    expect(errors).toMatchObject([{ extensions: { code: 'NOT_CONNECTED' } }]);
  });
});

async function allAvailable(changes: Subscribed): Promise<void> {
  const status = new Map<string, string>();
  do {
    const { cluster } = (await changes.next()).data!['clusterChanges'];
    status.set(cluster.name, cluster.status);
  } while (!['demo', 'sharded'].every((name) => status.get(name) === 'AVAILABLE'));
}

async function subscribedUpstream(url: string, name: string): Promise<void> {
  if (name !== 'Listen') return;
  const query = '{ cluster(name: "demo") { channels { name } } }';
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
