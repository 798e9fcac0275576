import { describe, expect, test } from 'vitest';
import type { LimitName, ServerLimits } from '../../../src/config/limits/server-limits.js';
import { connect, subscribe } from '../../helpers/clients/graphql-client.js';
import { startTestApi } from '../../helpers/apis/test-api.js';
import { transports, type Operation } from '../../helpers/clients/transports.js';

const times = (count: number, text: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => text(at)).join(' ');

/** Limits that are small enough for operations in a URL. */
const small: Partial<ServerLimits> = {
  maxDocumentLength: 2_000,
  maxTokens: 300,
  maxNesting: 20,
  maxDefinitions: 12,
  maxDepth: 5,
  maxIntrospectionDepth: 8,
  maxRootFields: 10,
  maxBreadth: 20,
  maxFields: 40,
  maxRepeats: 5,
  maxAliases: 8,
  maxDirectivesPerNode: 2,
  maxDirectives: 4,
  maxListLength: 3,
  maxVariableValues: 40,
  maxCost: 60,
};

const numbers = 'query ($numbers: [Int]) { total(numbers: $numbers) }';
const doubling = times(8, (at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`);

/** The attacks that each limit prevents. */
const refused: readonly (readonly [string, LimitName, Operation])[] = [
  ['a long document', 'maxDocumentLength', { query: `{ hello } #${'x'.repeat(2_000)}` }],
  ['many tokens', 'maxTokens', { query: `query Q(${times(80, (at) => `$v${at}: Int`)}) { hello }` }],
  ['braces in braces', 'maxNesting', { query: `{ ${'... { '.repeat(30)} hello ${'}'.repeat(31)}` }],
  ['lists in lists', 'maxNesting', { query: `{ total(numbers: ${'['.repeat(30)}${']'.repeat(30)}) }` }],
  ['variables in variables', 'maxNesting', { query: numbers, variables: { numbers: nested(30) } }],
  ['many operations', 'maxDefinitions', { query: times(13, (at) => `query Q${at} { hello }`), operationName: 'Q0' }],
  ['fields in fields', 'maxDepth', { query: `${'{ hello '.repeat(6)}${'}'.repeat(6)}` }],
  [
    'fields in fragments in fields',
    'maxDepth',
    { query: '{ a { ...F } } fragment F on A { b { ...G } } fragment G on B { c { d { e { f } } } }' },
  ],
  [
    'types of types of types',
    'maxIntrospectionDepth',
    { query: `{ __schema { types { ${'ofType { '.repeat(7)} name ${'} '.repeat(10)}` },
  ],
  ['many root fields', 'maxRootFields', { query: `{ ${times(11, () => '__typename')} }` }],
  [
    'fragments that double exponentially',
    'maxRootFields',
    { query: `{ ...F0 } ${doubling} fragment F8 on Query { hello }` },
  ],
  ['fragments that double and end in an unknown one', 'maxRootFields', { query: `{ ...F0 } ${doubling}` }],
  ['many fields in one', 'maxBreadth', { query: `{ __schema { ${times(21, () => '__typename')} } }` }],
  [
    'many fields in total',
    'maxFields',
    { query: `{ ${times(3, () => `__schema { ${times(15, () => '__typename')} }`)} }` },
  ],
  ['the same field many times', 'maxRepeats', { query: `{ ${times(6, () => 'hello')} }` }],
  [
    'the same field in fields that merge',
    'maxRepeats',
    { query: `{ ${times(3, () => '__schema { __typename __typename }')} }` },
  ],
  ['aliases', 'maxAliases', { query: `{ ${times(9, (at) => `a${at}: hello`)} }` }],
  ['aliases of __typename', 'maxAliases', { query: `{ ${times(9, (at) => `a${at}: __typename`)} }` }],
  [
    'aliases in a fragment, as often as it is spread',
    'maxAliases',
    { query: `{ ${times(3, () => '...F')} } fragment F on Query { a: hello b: hello c: hello }` },
  ],
  ['directives on one field', 'maxDirectivesPerNode', { query: `{ hello ${'@x '.repeat(3)} }` }],
  ['directives on one operation', 'maxDirectivesPerNode', { query: `query ${'@x '.repeat(3)} { hello }` }],
  ['directives on many fields', 'maxDirectives', { query: `{ ${times(5, () => 'hello @include(if: true)')} }` }],
  ['a long list in the document', 'maxListLength', { query: '{ total(numbers: [1, 2, 3, 4]) }' }],
  ['a long list in variables', 'maxListLength', { query: numbers, variables: { numbers: [1, 2, 3, 4] } }],
  [
    'a large answer',
    'maxCost',
    { query: '{ __schema { types { kind name description fields { name description isDeprecated } } } }' },
  ],
  [
    'many values in variables',
    'maxVariableValues',
    { query: numbers, variables: { more: Object.fromEntries(Array.from({ length: 41 }, (_, at) => [`v${at}`, at])) } },
  ],
];

describe.each(Object.entries(transports))('over %s', (_, { run }) => {
  test.each(refused)('%s: refused with the name of the limit before anything runs', async (_, limit, operation) => {
    await using api = await startTestApi(small);
    const { results } = await run(api.url, operation);
    expect(results).toEqual([
      {
        errors: [
          {
            message: expect.stringMatching(/^Expected .* of at most \d+, got (?:more|\d+)\.$/),
            extensions: any(limit),
          },
        ],
      },
    ]);
    expect(api.limitsHit).toEqual([limit]);
  });

  test('a document that is refused is counted each time', async () => {
    await using api = await startTestApi(small);
    for (const _ of [1, 2, 3]) await run(api.url, { query: `{ ${times(6, () => 'hello')} }` });
    expect(api.limitsHit).toEqual(['maxRepeats', 'maxRepeats', 'maxRepeats']);
  });

  test('an operation just within the limits is answered', async () => {
    await using api = await startTestApi(small);
    const within: Operation[] = [
      { query: `{ ${times(5, () => 'hello')} }` },
      { query: `{ ${times(8, (at) => `a${at}: hello`)} }` },
      { query: numbers, variables: { numbers: [1, 2, 3] } },
      { query: '{ hello @include(if: true) @skip(if: false) }' },
    ];
    for (const operation of within) {
      expect(await run(api.url, operation)).toEqual({ results: [{ data: expect.any(Object) as object }] });
    }
    expect(api.limitsHit).toEqual([]);
  });

  test('only the first errors of a document are reported', async () => {
    await using api = await startTestApi({ maxErrors: 3 });
    const { results } = await run(api.url, { query: `{ ${times(10, (at) => `f${at}`)} }` });
    expect(results[0]!.errors).toHaveLength(4);
    expect(results[0]!.errors!.at(-1)!.message).toMatch(/Too many validation errors/);
  });

  test('an answer that is too long is not written', async () => {
    await using api = await startTestApi({ maxAnswerLength: 100 });
    const greet = (length: number, text = 'x'.repeat(length)) => ({ query: `{ hello(name: "${text}") }` });
    expect(await run(api.url, greet(50))).toMatchObject({ results: [{ data: {} }] });
    const escaped = await run(api.url, greet(0, '\\u0001'.repeat(15)));
    expect(escaped.results).toMatchObject([{ errors: [{ extensions: { limit: 'maxAnswerLength' } }] }]);
    expect(await run(api.url, greet(0, '\\u0001'.repeat(12)))).toMatchObject({ results: [{ data: {} }] });
    const { results } = await run(api.url, greet(100));
    expect(results).toEqual([
      {
        errors: [
          expect.objectContaining({
            message: 'Expected an answer with a length in bytes of at most 100, got more.',
            extensions: expect.objectContaining({
              code: 'LIMIT_EXCEEDED',
              limit: 'maxAnswerLength',
              max: 100,
            }) as object,
          }),
        ],
      },
    ]);
    expect(api.limitsHit).toEqual(['maxAnswerLength', 'maxAnswerLength']);
  });

  test('an answer whose errors are too long is not written', async () => {
    await using api = await startTestApi({ maxAnswerLength: 500 });
    const query = (count: number) => ({ query: `{ ${times(count, (at) => `a${at}: missing`)} }` });
    expect((await run(api.url, query(2))).results[0]!.errors).toHaveLength(2);
    expect((await run(api.url, query(20))).results).toEqual([
      {
        errors: [
          expect.objectContaining({ message: 'Expected an answer with a length in bytes of at most 500, got more.' }),
        ],
      },
    ]);
    expect(api.limitsHit).toEqual(['maxAnswerLength']);
  });

  test('a fragment that spreads itself is reported and not followed', async () => {
    await using api = await startTestApi();
    const query = '{ ...F } fragment F on Query { ...G ...G } fragment G on Query { ...F ...F }';
    const { results } = await run(api.url, { query });
    expect(results[0]!.errors![0]!.message).toBe('Cannot spread fragment "F" within itself via "G".');
  });
});

test('the other operations on a socket continue after one is refused', async () => {
  await using api = await startTestApi(small);
  await using client = connect(api.url);
  await using alive = subscribe(client, 'subscription { ticks { text } }');
  await api.ticks.hasOpen(1);
  for (const [, limit, { query, variables }] of refused) {
    await expect(subscribe(client, query, variables).ended).rejects.toThrow(limit);
  }
  api.ticks.emit({ text: 'still here' });
  expect((await alive.next()).data).toEqual({ ticks: { text: 'still here' } });
});

test('a delivery whose errors are too long is replaced by one error, and the subscription continues', async () => {
  await using api = await startTestApi({ maxAnswerLength: 500 });
  await using client = connect(api.url);
  await using alive = subscribe(client, `subscription { ticks { text ${times(20, (at) => `a${at}: broken`)} } }`);
  await api.ticks.hasOpen(1);
  for (const text of ['first', 'second']) {
    api.ticks.emit({ text });
    expect(await alive.next()).toMatchObject({
      data: null,
      errors: [{ message: 'Expected a delivery with a length in bytes of at most 500, got more.' }],
    });
  }
});

function any(limit: LimitName): object {
  return { code: 'LIMIT_EXCEEDED', limit, max: small[limit] };
}

function nested(depth: number): unknown {
  return depth === 0 ? [] : [nested(depth - 1)];
}
