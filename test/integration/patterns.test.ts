import { describe, expect, test } from 'vitest';
import { post, type Result } from '../helpers/graphql-client.js';
import { scrape } from '../helpers/scrape.js';
import { serve } from '../helpers/served-api.js';
import { transports } from '../helpers/transports.js';
import { startValkey } from '../helpers/valkey.js';

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

describe('A pattern of more bytes than maxPatternLength is refused, and counted, before a node sees it', () => {
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

  test('and one of exactly as many is not', async () => {
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

test('an empty pattern matches the empty name alone, as in Valkey', async () => {
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
