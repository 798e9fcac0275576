import { describe, expect, test } from 'vitest';
import { ExpectedFailure } from '../../../src/domain/errors.js';
import { startTestApi } from '../../helpers/apis/test-api.js';
import { transports, type Operation } from '../../helpers/clients/transports.js';

const any = expect.any(Object) as object;
const coded = (code: string) => ({ extensions: { code } });
const unresolved = coded('OPERATION_RESOLUTION_FAILURE');
const invalid = coded('GRAPHQL_VALIDATION_FAILED');
const failed = (message: RegExp | string, more: object = {}) => ({
  message: expect.stringMatching(message) as string,
  locations: [any],
  ...more,
});

/** Operations with their exact results, which are the same over every transport. */
const queries: readonly (readonly [string, Operation, object])[] = [
  [
    'a query with variables',
    { query: 'query ($name: String) { hello(name: $name) }', variables: { name: 'Ada' } },
    { data: { hello: 'hello Ada' } },
  ],
  [
    'one of several operations, by name',
    { query: 'query A { hello } query B { again: hello(name: "B") }', operationName: 'B' },
    { data: { again: 'hello B' } },
  ],
  [
    'a query with fields that fail, of which bugs are masked',
    { query: '{ hello missing out bug }' },
    {
      data: { hello: 'hello undefined', missing: null, out: null, bug: null },
      errors: [
        failed('^No such thing.$', { path: ['missing'], extensions: { code: 'NOT_FOUND' } }),
        failed('^The cluster is out.$', { path: ['out'], extensions: { code: 'CLUSTER_UNAVAILABLE' } }),
        failed('^Unexpected error', { path: ['bug'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }),
      ],
    },
  ],
  [
    'a query that never ends, at its deadline',
    { query: '{ never }' },
    { errors: [{ message: expect.stringContaining('did not end') as string, extensions: { code: 'TIMEOUT' } }] },
  ],
  ['a syntax error', { query: '{' }, { errors: [failed('^Syntax Error', coded('GRAPHQL_PARSE_FAILED'))] }],
  ['an unknown field', { query: '{ nothing }' }, { errors: [failed('^Cannot query field "nothing"', invalid)] }],
  [
    'variables of another type',
    { query: 'query ($name: String) { hello(name: $name) }', variables: { name: 5 } },
    {
      errors: [
        failed(
          '^Variable "\\$name" got invalid value; String cannot represent a non string value\\.$',
          coded('BAD_USER_INPUT'),
        ),
      ],
    },
  ],
  [
    'several operations without a name',
    { query: 'query A { hello } query B { hello }' },
    { errors: [{ message: expect.stringContaining('several operations') as string, ...unresolved }] },
  ],
  [
    'a name that no operation has',
    { query: 'query A { hello }', operationName: 'B' },
    { errors: [{ message: 'The document has no operation named "B".', ...unresolved }] },
  ],
];

const conditionalSubscriptions: readonly string[] = [
  'subscription { ticks @skip(if: true) { text } }',
  'subscription { ticks @skip(if: false) { text } }',
  'subscription { ticks @include(if: false) { text } }',
  'subscription ($is: Boolean!) { ticks @include(if: $is) { text } }',
  'subscription ($is: Boolean! = false) { renamed: ticks @skip(if: $is) { text } }',
  'subscription { ... @skip(if: true) { ticks { text } } }',
  'subscription { ... on Subscription @include(if: true) { ticks { text } } }',
  'subscription { ...Root @skip(if: true) } fragment Root on Subscription { ticks { text } }',
  'subscription { ...Root } fragment Root on Subscription { ticks @include(if: false) { text } }',
  'subscription { ...Outer } fragment Outer on Subscription { ... { ...Root @include(if: true) } } fragment Root on Subscription { ticks { text } }',
];

describe.each(Object.entries(transports))('over %s', (_, { carries, run }) => {
  test.each(queries)('%s', async (_, operation, result) => {
    await using api = await startTestApi({ operationTimeoutMs: 100 });
    expect(await run(api.url, operation)).toEqual({ results: [result] });
  });

  test(`a mutation is ${carries.includes('mutation') ? 'executed' : 'refused'}`, async () => {
    await using api = await startTestApi();
    const outcome = await run(api.url, { query: 'mutation { count }' });
    if (carries.includes('mutation')) expect(outcome).toEqual({ results: [{ data: { count: 1 } }] });
    else {
      const error = { message: 'A mutation requires POST.', ...coded('METHOD_NOT_ALLOWED') };
      expect(outcome).toEqual({ results: [{ errors: [error] }], refused: 405 });
    }
  });

  test.each(conditionalSubscriptions)('a subscription whose root has a condition is invalid: %s', async (query) => {
    await using api = await startTestApi();
    const { results } = await run(api.url, { query, variables: { is: true } });
    const message = expect.stringMatching(/^The root field of a subscription must not depend on a condition/) as string;
    expect(results).toEqual([{ errors: [{ message, locations: [any], ...invalid }] }]);
  });

  test('a condition with a missing variable is an error of the request', async () => {
    await using api = await startTestApi();
    const kind = carries.includes('mutation') ? 'mutation ($is: Boolean!) { count' : 'query ($is: Boolean!) { hello';
    const { results } = await run(api.url, { query: `${kind} @skip(if: $is) }` });
    const message = 'Variable "$is" of required type "Boolean!" was not provided.';
    expect(results).toEqual([{ errors: [{ message, locations: [any], ...coded('BAD_USER_INPUT') }] }]);
  });

  test('a page of another site is refused', async () => {
    await using api = await startTestApi();
    const outcome = await run(api.url, { query: '{ hello }' }, { origin: 'https://evil.example' });
    expect(outcome.refused).toBe(403);
    expect(outcome.results).not.toContainEqual(expect.objectContaining({ data: any }));
  });

  const subscription = { query: 'subscription { ticks { text later broken } }' };

  if (!carries.includes('subscription')) {
    test('the refusal of a subscription names the possible transports', async () => {
      await using api = await startTestApi();
      const { results, refused } = await run(api.url, subscription);
      expect(refused).toBe(406);
      expect(results[0]!.errors![0]!.message).toMatch(/WebSocket.*text\/event-stream.*multipart\/mixed/);
      expect(api.ticks.open.size).toBe(0);
    });
    return;
  }

  test('a subscription has all its results in order, until its source ends', async () => {
    await using api = await startTestApi();
    const outcome = run(api.url, subscription);
    await api.ticks.hasOpen(1);
    for (const text of ['one', 'two', 'three']) api.ticks.emit({ text });
    api.ticks.complete();
    const errors = [failed('^Unexpected error', { path: ['ticks', 'broken'], extensions: any })];
    expect(await outcome).toEqual({
      results: ['one', 'two', 'three'].map((text) => ({
        errors,
        data: { ticks: { text, later: text, broken: null } },
      })),
    });
    await api.ticks.hasOpen(0);
  });

  test('a subscription whose source fails ends with its code', async () => {
    await using api = await startTestApi();
    const outcome = run(api.url, { query: 'subscription { ticks { text } }' });
    await api.ticks.hasOpen(1);
    api.ticks.emit({ text: 'one' });
    api.ticks.fail(new ExpectedFailure('PERMISSION_DENIED', 'Revoked.'));
    expect(await outcome).toEqual({
      results: [
        { data: { ticks: { text: 'one' } } },
        { errors: [{ message: 'Revoked.', extensions: { code: 'PERMISSION_DENIED' } }] },
      ],
    });
  });

  test('a refused subscription has the error of its field', async () => {
    await using api = await startTestApi();
    const refusal = failed('^Not this channel.$', { path: ['refused'], extensions: { code: 'PERMISSION_DENIED' } });
    expect(await run(api.url, { query: 'subscription { refused { text } }' })).toEqual({
      results: [{ errors: [refusal] }],
    });
  });
});

describe.each(Object.entries(transports))('over %s', (name, { run }) => {
  test('a request that is too large is refused and not executed', async () => {
    await using api = await startTestApi({ maxBodyBytes: 1000, maxMessageBytes: 1000 });
    // node limits the URL and all headers together to 16 KiB.
    const query = `query ($name: String) { hello(name: $name) } #${'x'.repeat(name.startsWith('GET') ? 20_000 : 1000)}`;
    const outcome = await run(api.url, { query });
    const refused = name === 'WebSocket' ? 1009 : name.startsWith('GET') ? 431 : 413;
    expect(outcome).toMatchObject({ refused });
    expect(outcome.results).not.toContainEqual(expect.objectContaining({ data: any }));
  });
});
