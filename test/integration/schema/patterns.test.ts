import { describe, expect, test } from 'vitest';
import { eventually } from '../../helpers/run/eventually.js';
import { connect, post, subscribe, type Result } from '../../helpers/clients/graphql-client.js';
import { scrape } from '../../helpers/run/scrape.js';
import { serve } from '../../helpers/apis/served-api.js';
import { transports } from '../../helpers/clients/transports.js';
import { startValkey, type TestValkey } from '../../helpers/valkey/valkey.js';

const field = (selection: string) => `{ cluster(name: "orders") { ${selection} } }`;

/** Everywhere that a client may send a pattern: the operation with a place for it, and where the error says that it is. */
const places: readonly (readonly [string, (pattern: string, encoding: string) => string, string])[] = [
  ['keys', (match, encoding) => field(`keys(match: "${match}", encoding: ${encoding}) { nodes { name } }`), 'match'],
  [
    'hash.fields',
    (match, encoding) =>
      field(`hash(name: "hash") { fields(match: "${match}", encoding: ${encoding}) { nodes { name } } }`),
    'match',
  ],
  ['channels', (match, encoding) => field(`channels(match: "${match}", encoding: ${encoding}) { name }`), 'match'],
  [
    'channelMessages',
    (pattern, encoding) =>
      `subscription { channelMessages(cluster: "orders", patterns: ["${pattern}"], encoding: ${encoding}) { gap { reason } } }`,
    'patterns',
  ],
  [
    'viewer.may',
    (pattern, encoding) =>
      `{ viewer { may(operation: CHANNELS_READ, channelPattern: "${pattern}", encoding: ${encoding}) } }`,
    'channelPattern',
  ],
];

/** The only result of an operation of any kind. */
async function ask(url: string, query: string): Promise<Result> {
  const { results } = await transports['POST, server-sent events']!.run(url, { query });
  return results[0]!;
}

describe('A pattern longer than maxPatternLength is refused and counted before it reaches a node', () => {
  const bytes = Buffer.from('*[' + 'é'.repeat(127) + ']');
  const encodings = [
    ['UTF8', bytes.toString()],
    ['HEX', bytes.toString('hex')],
    ['BASE64', bytes.toString('base64')],
  ] as const;

  test.each(places)('%s', async (_, operation, inputPath) => {
    await using valkey = await startValkey();
    await using api = await serve({ orders: valkey });
    await valkey.command('HSET', 'hash', 'field', 'value');
    for (const [encoding, text] of encodings) {
      expect(bytes.length).toBe(257);
      const { errors } = await ask(api.url, operation(text, encoding));
      expect(errors).toMatchObject([
        {
          message: 'Expected a pattern of at most 256 bytes, got 257.',
          extensions: { code: 'INVALID_INPUT', inputPath: [inputPath] },
        },
      ]);
    }
    const metrics = await scrape(api.url);
    expect(metrics.get('cachegraph_limit_hits_total{limit="maxPatternLength"}')).toBe(3);
  });

  test('and a pattern of exactly that length is accepted', async () => {
    await using valkey = await startValkey();
    await using api = await serve({ orders: valkey });
    await valkey.command('MSET', 'a'.repeat(300), '', 'b', '');
    const pattern = `*${'a'.repeat(254)}*`;
    expect(await post(api.url, field(`keys(match: "${pattern}") { nodes { name } }`))).toEqual({
      data: { cluster: { keys: { nodes: [{ name: 'a'.repeat(300) }] } } },
    });
  });
});

test('more patterns in one subscription than maxPatternsPerSubscription are refused', async () => {
  await using valkey = await startValkey();
  await using api = await serve({ orders: valkey }, { limits: { maxPatternsPerSubscription: 2 } });
  const query =
    'subscription { channelMessages(cluster: "orders", patterns: ["a*", "b*", "c*"]) { messages { payload } } }';
  const { errors } = await ask(api.url, query);
  expect(errors).toMatchObject([
    {
      message: 'Expected at most 2 patterns in one subscription, got 3.',
      extensions: { code: 'INVALID_INPUT', inputPath: ['patterns'] },
    },
  ]);
  const metrics = await scrape(api.url);
  expect(metrics.get('cachegraph_limit_hits_total{limit="maxPatternsPerSubscription"}')).toBe(1);
  expect(String(await valkey.command('PUBSUB', 'NUMPAT'))).toBe('0');
});

describe('Distinct patterns that are subscribed concurrently are limited', () => {
  const messages = (...patterns: string[]) =>
    `subscription { channelMessages(cluster: "orders", patterns: ${JSON.stringify(patterns)}) { messages { payload } } }`;
  const isHeld = (valkey: TestValkey, count: number) =>
    eventually(async () => expect(String(await valkey.command('PUBSUB', 'NUMPAT'))).toBe(String(count)));
  const refusalOf = async (ended: Promise<void>) =>
    ((await ended.catch((error: unknown) => error)) as { reason: Result['errors'] }).reason;

  test('for each client by maxPatternsPerClient: shared patterns count once and are released by the last subscription', async () => {
    await using valkey = await startValkey();
    await using api = await serve({ Orders: valkey }, { limits: { maxPatternsPerClient: 3 } });
    await using first = connect(api.url);
    await using second = connect(api.url);
    const one = subscribe(first, messages('a*', 'b*'));
    const two = subscribe(second, messages('b*', 'c*', 'b*').replace('orders', 'ORDERS'));
    await isHeld(valkey, 3);

    const refused = subscribe(second, messages('a*', 'd*'));
    expect(await refusalOf(refused.ended)).toMatchObject([
      {
        message: 'Expected a number of distinct patterns of one client of at most 3, got 4.',
        extensions: { code: 'LIMIT_EXCEEDED', limit: 'maxPatternsPerClient', max: 3 },
      },
    ]);
    const { errors } = await ask(api.url, messages('d*'));
    expect(errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'maxPatternsPerClient' } }]);
    await isHeld(valkey, 3);
    const metrics = await scrape(api.url);
    expect(metrics.get('cachegraph_limit_hits_total{limit="maxPatternsPerClient"}')).toBe(2);

    one.leave();
    await isHeld(valkey, 2);
    const three = subscribe(first, messages('a*', 'b*'));
    await isHeld(valkey, 3);
    await valkey.command('PUBLISH', 'a', 'hello');
    expect((await three.next()).data).toEqual({ channelMessages: { messages: [{ payload: 'hello' }] } });
    two.leave();
    await isHeld(valkey, 2);
  });

  test('for each cluster by maxPatternsPerCluster, over all clients', async () => {
    await using valkey = await startValkey();
    await using other = await startValkey();
    await using api = await serve(
      { orders: valkey, other },
      { limits: { maxPatternsPerCluster: 2 }, trustedProxies: ['127.0.0.1', '::1'] },
    );
    const from = (address: string) => connect(api.url, { headers: { 'x-forwarded-for': address } });
    await using ada = from('192.0.2.1');
    await using bob = from('192.0.2.2');
    subscribe(ada, messages('a*', 'b*')).ended.catch(() => undefined);
    await isHeld(valkey, 2);
    expect(await refusalOf(subscribe(bob, messages('c*')).ended)).toMatchObject([
      { extensions: { code: 'LIMIT_EXCEEDED', limit: 'maxPatternsPerCluster', max: 2 } },
    ]);
    subscribe(bob, messages('a*')).ended.catch(() => undefined);
    subscribe(bob, messages('c*').replace('orders', 'other')).ended.catch(() => undefined);
    await isHeld(other, 1);
    await isHeld(valkey, 2);
    await ada.dispose();
    await isHeld(valkey, 1);
    subscribe(bob, messages('c*')).ended.catch(() => undefined);
    await isHeld(valkey, 2);
  });

  test('and are released by a subscription that Valkey refuses', async () => {
    await using valkey = await startValkey({ users: { default: 'on nopass +@all ~* resetchannels' } });
    await using api = await serve({ orders: valkey }, { limits: { maxPatternsPerClient: 1 } });
    for (const pattern of ['a*', 'b*']) {
      const { errors } = await ask(api.url, messages(pattern));
      expect(errors).toMatchObject([{ extensions: { code: 'PERMISSION_DENIED' } }]);
    }
  });
});

test('an empty pattern matches the empty name only, as in Valkey', async () => {
  await using valkey = await startValkey();
  await using api = await serve({ orders: valkey });
  await valkey.command('MSET', '', '', 'named', '');
  await valkey.command('HSET', 'hash', '', 'empty', 'named', 'value');
  const selection =
    'keys(match: "") { nodes { name } } hash(name: "hash") { fields(match: "") { nodes { name } } } channels(match: "") { name }';
  expect(await post(api.url, field(selection))).toEqual({
    data: {
      cluster: { keys: { nodes: [{ name: '' }] }, hash: { fields: { nodes: [{ name: '' }] } }, channels: [] },
    },
  });
});
