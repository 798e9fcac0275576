import { describe, expect, test } from 'vitest';
import { makeApiKey, writeAccessFile } from '../../helpers/access/access.js';
import { commandsDuring } from '../../helpers/apis/data-api.js';
import { serve } from '../../helpers/apis/served-api.js';
import { connect, subscribe, type Subscribed } from '../../helpers/clients/graphql-client.js';
import { eventually } from '../../helpers/run/eventually.js';
import { startValkey, startValkeyCluster } from '../../helpers/valkey/valkey.js';

const notifying = { args: ['--notify-keyspace-events', 'KA'] };
const value = '... on StringKey { value }';
const watching = (name = 'k', selection = `key { name type ${value} }`) =>
  `subscription { keyChanges(cluster: "orders", name: "${name}") { ${selection} gap { reason } } }`;
const hasResults = (subscribed: Subscribed, count: number) =>
  eventually(() => expect(subscribed.results.length).toBe(count));
const last = (subscribed: Subscribed): any => subscribed.results.at(-1)?.data;
/** The code with which a subscription was refused: as its only result, or as an error once it was opened. */
const errorCode = async (subscribed: Subscribed): Promise<unknown> => {
  const failure: any = await subscribed.ended.catch((error: unknown) => error);
  const [error] = failure?.reason ?? subscribed.results[0]?.errors ?? [];
  return error?.extensions.code;
};

describe('keyChanges', () => {
  test('shows the key now and after each change, and null once it is gone', async () => {
    await using server = await startValkey();
    await using api = await serve({ orders: server });
    await using client = connect(api.url);
    await server.command('SET', 'k', '1');
    await using changes = subscribe(client, watching());
    expect((await changes.next()).data).toEqual({
      keyChanges: { key: { name: 'k', type: 'STRING', value: '1' }, gap: null },
    });
    await server.command('SET', 'k', '2');
    expect((await changes.next()).data).toMatchObject({ keyChanges: { key: { value: '2' } } });
    await server.command('DEL', 'k');
    expect((await changes.next()).data).toEqual({ keyChanges: { key: null, gap: null } });
    await server.command('HSET', 'k', 'f', 'x');
    expect((await changes.next()).data).toMatchObject({ keyChanges: { key: { name: 'k', type: 'HASH' } } });
  });

  test('of 100 subscribers costs one read and one registration per change, whoever they are', async () => {
    const callers = Array.from({ length: 4 }, (_, at) => makeApiKey(`caller-${at}`, ['role']));
    await using access = await writeAccessFile({
      roles: { role: { grants: [{ operations: ['keys:read'], clusters: ['*'], keys: ['*'] }] } },
      apiKeys: callers.map(({ entry }) => entry),
    });
    await using server = await startValkey();
    await using api = await serve({ orders: server }, { accessFile: access.path });
    const clients = callers.map(({ bearer }) => connect(api.url, { connectionParams: { authorization: bearer } }));
    const all = clients.flatMap((client) => Array.from({ length: 25 }, () => subscribe(client, watching())));
    for (const each of all) await hasResults(each, 1);
    const counts = await commandsDuring([server], async () => {
      for (const next of ['1', '2', '3']) {
        await server.command('SET', 'k', next);
        for (const each of all) await eventually(() => expect(last(each).keyChanges.key.value).toBe(next));
      }
    });
    expect(counts).toEqual({ set: 3, get: 3, type: 3 });
    for (const each of all) expect(each.results).toHaveLength(4);
    for (const client of clients) await client.dispose();
  });

  test('selects streams and their entries only with streams:read', async () => {
    const reader = makeApiKey('reader', ['reader']);
    await using access = await writeAccessFile({
      roles: { reader: { grants: [{ operations: ['keys:read'], clusters: ['*'], keys: ['open:*'] }] } },
      apiKeys: [reader.entry],
    });
    await using server = await startValkey(notifying);
    await server.command('XADD', 'open:s', '1-1', 'f', 'x');
    await using api = await serve({ orders: server }, { accessFile: access.path });
    await using client = connect(api.url, { connectionParams: { authorization: reader.bearer } });
    await using stream = subscribe(client, watching('open:s', 'key { type ... on StreamKey { length } }'));
    expect((await stream.next()).data).toMatchObject({ keyChanges: { key: { type: 'STREAM', length: 1 } } });
    const entries = subscribe(
      client,
      watching('open:s', 'key { ... on StreamKey { entries(first: 1) { nodes { entryId } } } }'),
    );
    const result = await entries.next();
    expect(result.errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
    expect(JSON.stringify(result.data)).not.toContain('1-1');
    entries.leave();
    for (const refused of [
      watching('secret'),
      'subscription { keyEvents(cluster: "orders") { events { key } } }',
      'subscription { keyEvents(cluster: "orders", match: "o*") { events { key } } }',
    ]) {
      expect(await errorCode(subscribe(client, refused))).toBe('FORBIDDEN');
    }
  });

  test('leaves nothing behind', async () => {
    await using server = await startValkey(notifying);
    await using api = await serve({ orders: server });
    await using client = connect(api.url);
    const changes = subscribe(client, watching());
    const events = subscribe(
      client,
      'subscription { keyEvents(cluster: "orders", announce: true) { started { at } } }',
    );
    for (const each of [changes, events]) await each.next();
    for (const each of [changes, events]) each.leave();
    await eventually(async () => {
      const clients = String(await server.command('CLIENT', 'LIST')).split('\n');
      expect(clients.filter((line) => / flags=\S*[tP]/.test(line) && !/ psub=0 .* flags=P/.test(line))).toEqual([]);
    });
  });
});

describe('keyEvents', () => {
  const events = (args: string, selection: string) =>
    `subscription { keyEvents(cluster: "orders", announce: true${args}) { events { ${selection} } gap { reason } started { at } } }`;

  test('shows events with the keys as they are, read in one pipeline', async () => {
    await using cluster = await startValkeyCluster({ shards: 3, ...notifying });
    await using api = await serve({ orders: cluster });
    await using client = connect(api.url);
    await using sets = subscribe(
      client,
      events(', match: "{a}*", events: ["set", "del"]', `key event node current { name ${value} }`),
    );
    expect((await sets.next()).data).toMatchObject({ keyEvents: { events: [], gap: null } });
    const post = async (query: string) => {
      const response = await fetch(api.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      return (await response.json()) as unknown;
    };
    await post(
      `mutation { a: setString(input: { cluster: "orders", key: "{a}1", value: "x" }) { userErrors { code } }
                  b: setString(input: { cluster: "orders", key: "{a}2", value: "y" }) { userErrors { code } } }`,
    );
    const seen = () => sets.results.flatMap(({ data }) => data!['keyEvents'].events as any[]);
    await eventually(() => expect(seen()).toHaveLength(2));
    const node = expect.stringMatching(/^127\.0\.0\.1:\d+$/) as unknown;
    expect(seen()).toEqual([
      { key: '{a}1', event: 'set', node, current: { name: '{a}1', value: 'x' } },
      { key: '{a}2', event: 'set', node, current: { name: '{a}2', value: 'y' } },
    ]);
    await post('mutation { deleteKeys(input: { cluster: "orders", keys: ["{a}1"] }) { deleted } }');
    await eventually(() => expect(seen()).toHaveLength(3));
    expect(seen().at(-1)).toEqual({ key: '{a}1', event: 'del', node, current: null });
  });

  test('reads each key of a delivery once', async () => {
    await using server = await startValkey(notifying);
    await using api = await serve({ orders: server });
    await using client = connect(api.url);
    const all = Array.from({ length: 20 }, () => subscribe(client, events('', `key current { ${value} }`)));
    for (const each of all) await each.next();
    const counts = await commandsDuring([server], async () => {
      await server.command('MSET', 'a', '1', 'b', '2', 'c', '3');
      for (const each of all) {
        await eventually(() =>
          expect(each.results.flatMap(({ data }) => data!['keyEvents'].events as unknown[])).toHaveLength(3),
        );
      }
    });
    expect((counts['get'] ?? 0) + (counts['mget'] ?? 0)).toBeLessThanOrEqual(3);
  });

  test('shows names that are not UTF-8 in other encodings, and nodes only to those who may see them', async () => {
    const [reader, admin] = [makeApiKey('reader', ['reader']), makeApiKey('admin', ['admin'])];
    const all = { clusters: ['*'], keys: ['*'] };
    await using access = await writeAccessFile({
      roles: {
        reader: { grants: [{ operations: ['keys:read'], ...all }] },
        admin: { grants: [{ operations: ['keys:read', 'clusters:*'], ...all }] },
      },
      apiKeys: [reader.entry, admin.entry],
    });
    await using server = await startValkey(notifying);
    await using api = await serve({ orders: server }, { accessFile: access.path });
    await using one = connect(api.url, { connectionParams: { authorization: reader.bearer } });
    await using two = connect(api.url, { connectionParams: { authorization: admin.bearer } });
    const selection = events(', match: "/yo=", encoding: BASE64', 'text: key hex: key(encoding: BASE64) node');
    const subscribed = [subscribe(one, selection), subscribe(two, selection)];
    for (const each of subscribed) await each.next();
    const own = events(', match: "cachegraph:*"', 'key');
    expect(await errorCode(subscribe(one, own))).toBe('FORBIDDEN');
    await using ofAdmin = subscribe(two, own);
    await ofAdmin.next();
    // By a script, since the test's client sends text.
    await server.command('EVAL', "return redis.call('SET', '\\255\\r\\n', '1')", '0');
    const expected = { text: null, hex: Buffer.from([0xff, 13, 10]).toString('base64') };
    expect((await subscribed[0]!.next()).data).toMatchObject({
      keyEvents: { events: [{ ...expected, node: null }] },
    });
    expect((await subscribed[1]!.next()).data).toMatchObject({
      keyEvents: { events: [{ ...expected, node: `127.0.0.1:${server.port}` }] },
    });
  });

  test.each([
    ['events: []', 'INVALID_INPUT'],
    ['events: ["SET"]', 'INVALID_INPUT'],
    ['match: "zz", encoding: HEX', 'INVALID_INPUT'],
    ['events: ["hexpired"]', 'NOT_SUPPORTED'],
  ])('refuses %s with %s', async (args, code) => {
    await using server = await startValkey({ args: ['--notify-keyspace-events', 'K$'] });
    await using api = await serve({ orders: server });
    await using client = connect(api.url);
    expect(await errorCode(subscribe(client, events(`, ${args}`, 'key')))).toBe(code);
  });

  test('counts its pattern among the patterns of the client', async () => {
    await using server = await startValkey(notifying);
    await using api = await serve({ orders: server }, { limits: { maxPatternsPerClient: 1 } });
    await using client = connect(api.url);
    await using first = subscribe(client, events(', match: "a*"', 'key'));
    await first.next();
    expect(await errorCode(subscribe(client, events(', match: "b*"', 'key')))).toBe('LIMIT_EXCEEDED');
  });
});
