import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { getOperationAST, Kind, parse, print } from 'graphql';
import { expect, test } from 'vitest';
import { startCachegraph } from '../../helpers/apis/cachegraph.js';
import { builtScript } from '../../helpers/run/built-programs.js';
import { runnable } from '../../helpers/run/documentation.js';
import { eventually } from '../../helpers/run/eventually.js';
import { connect, data, post, subscribe, type Subscribed } from '../../helpers/clients/graphql-client.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** An operation of a page, under a name that no other page has. */
interface Operation {
  readonly page: string;
  readonly name: string;
  readonly kind: string;
  readonly text: string;
}

/** The operations of all pages, in the order in which a newcomer pastes them. */
const operations: readonly Operation[] = runnable('graphql').flatMap(({ page, code }) =>
  parse(code).definitions.map((definition) => {
    const { name, operation } = getOperationAST({ kind: Kind.DOCUMENT, definitions: [definition] })!;
    return { page, name: name!.value, kind: operation, text: print(definition) };
  }),
);
const find = (page: string, name: string) =>
  operations.find((operation) => operation.page === page && operation.name === name)!.text;

test('every operation of the documentation works when pasted in order', { timeout: 120_000 }, async () => {
  await using cachegraph = await startCachegraph({ history: ['chat.*'], presence: ['chat.*'] });
  await using client = connect(cachegraph.url);
  const live = new Map<string, Subscribed>();
  expect(operations.length).toBeGreaterThan(30);

  for (const { page, name, kind, text } of operations) {
    if (kind === 'subscription') {
      const subscribed = subscribe(client, text);
      live.set(`${page}: ${name}`, subscribed);
      if (name === 'Changes') await allAvailable(subscribed);
      // Messages published before Valkey has confirmed the subscription would be missed.
      else await subscribedUpstream(cachegraph.url, text);
      continue;
    }
    // The IDs that a reader sees in the group's subscription, and in a list of nodes.
    const variables = {
      ...(text.includes('$entryIds') && { entryIds: await entryIds(live.get(`${page}: Work`)!) }),
      ...(text.includes('$nodeId') && { nodeId: await idOfNode(cachegraph.url) }),
    };
    expect(userErrors(await data(cachegraph.url, text, variables)), `${page}: ${name}`).toEqual([]);
  }
  for (const [name, subscribed] of live) {
    await eventually(() => expect(subscribed.results.length, `${name} received something`).toBeGreaterThan(0));
    expect(subscribed.results.flatMap(({ errors }) => errors ?? [])).toEqual([]);
    subscribed.leave();
  }
});

/** Runs a program of a page, publishes until it prints what was published, and ends it. */
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

test('the programs and commands of the documentation print what is published', { timeout: 120_000 }, async () => {
  await using cachegraph = await startCachegraph();
  const { url } = cachegraph;
  expect(userErrors(await data(url, find('README.md', 'Start')))).toEqual([]);

  const programs = runnable('js').map(({ code }) => local(code, url));
  expect(programs).toHaveLength(1);
  // As Node.js 20 is, which has no WebSocket of its own.
  const withoutWebSocket = 'delete globalThis.WebSocket;\n';
  for (const program of programs) {
    await printsWhatIsPublished(url, process.execPath, ['--input-type=module', '-e', withoutWebSocket + program]);
  }

  const commands = runnable('sh').map(({ code }) => local(code, url));
  expect(commands).toHaveLength(2);
  // `exec`, so that the signal that ends the shell reaches what it runs.
  const curl = `curl() { exec '${process.execPath}' '${builtScript('clients/curl-process')}' "$@"; }`;
  for (const command of commands) await printsWhatIsPublished(url, '/bin/sh', ['-c', `${curl}\n${command}`]);
});

test('a cluster with the user group of the documentation requires a password', async () => {
  await using cachegraph = await startCachegraph();
  for (const name of ['CreateUsers', 'CreateShardedCluster']) {
    expect(userErrors(await data(cachegraph.url, find('docs/getting-started.md', name)))).toEqual([]);
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

/** Waits for Valkey to name the channel of a subscription to `channelMessages`. */
async function subscribedUpstream(url: string, subscription: string): Promise<void> {
  const [, channel] = /channelMessages\([^)]*channels: \["([^"]+)"\]/.exec(subscription) ?? [];
  if (channel === undefined) return;
  const query = '{ cluster(name: "demo") { channels { name } } }';
  await eventually(async () => expect((await data(url, query)).cluster.channels).toContainEqual({ name: channel }));
}

async function entryIds(work: Subscribed): Promise<string[]> {
  return eventually(() => {
    const { entries } = work.results[0]!.data!['groupEntries'];
    return entries.map(({ entry }: { entry: { entryId: string } }) => entry.entryId);
  });
}

async function idOfNode(url: string): Promise<string> {
  return (await data(url, '{ cluster(name: "demo") { nodes { id } } }')).cluster.nodes[0].id as string;
}

function userErrors(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'userErrors' ? (inner as unknown[]) : userErrors(inner),
  );
}
