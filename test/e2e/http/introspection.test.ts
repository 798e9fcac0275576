import { getIntrospectionQuery } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../../src/schema/schema.js';
import { all, makeApiKey } from '../../helpers/access/access.js';
import { startAuthentication } from '../../helpers/access/authentication.js';
import { startTestApi } from '../../helpers/apis/test-api.js';
import { transports, type Operation } from '../../helpers/clients/transports.js';

const [operator, reader] = [makeApiKey('operator', ['operator']), makeApiKey('reader', ['reader'])];

function startAuthenticated() {
  return startAuthentication({
    roles: {
      operator: { grants: [all] },
      reader: { grants: [{ operations: ['clusters:read'], clusters: ['*'] }] },
    },
    apiKeys: [operator.entry, reader.entry],
  });
}

const introspections: readonly (readonly [string, Operation])[] = [
  ['the whole schema', { query: '{ __schema { types { name } } }' }],
  ['an alias of one type', { query: '{ a: __type(name: "Query") { name } }' }],
  [
    'a fragment in a fragment',
    { query: 'fragment B on Query { __schema { queryType { name } } } fragment A on Query { ...B } query { ...A }' },
  ],
  ['an inline fragment', { query: '{ ... on Query { ... @include(if: true) { __type(name: "Int") { name } } } }' }],
];

const misspeltInput: readonly [string, Operation] = [
  'a field of an input object in a variable',
  {
    query: 'mutation ($i: DeleteUserInput!) { deleteUser(input: $i) { userErrors { code } } }',
    variables: { i: { usrId: 'a' } },
  },
];

describe.each(Object.entries(transports))('over %s', (_, { carries, run }) => {
  test.each(introspections)(
    'a query of %s is answered only to callers with server:read, if that is configured',
    async (_, operation) => {
      await using authentication = await startAuthenticated();
      await using api = await startTestApi({}, authentication.authenticator, { introspection: 'permitted' });
      const allowed = await run(api.url, operation, { authorization: operator.bearer });
      expect(allowed.results).toEqual([{ data: expect.any(Object) as object }]);
      const refused = await run(api.url, operation, { authorization: reader.bearer });
      expect(refused.results).toMatchObject([{ errors: [{ extensions: { code: 'FORBIDDEN' } }] }]);
      expect(JSON.stringify(refused)).toContain('server:read');
      expect(refused.results[0]).not.toHaveProperty('data');
    },
  );

  test('no caller may introspect if it is disabled, and __typename still works', async () => {
    await using authentication = await startAuthenticated();
    await using api = await startTestApi({}, authentication.authenticator, { introspection: 'none' });
    const headers = { authorization: operator.bearer };
    for (const [, operation] of introspections) {
      const { results } = await run(api.url, operation, headers);
      expect(results).toMatchObject([
        { errors: [{ message: expect.stringContaining('disabled') as string, extensions: { code: 'FORBIDDEN' } }] },
      ]);
    }
    const named = await run(api.url, { query: '{ __typename hello }' }, headers);
    expect(named.results).toEqual([{ data: { __typename: 'Query', hello: 'hello undefined' } }]);
  });

  const misspelt: readonly (readonly [string, Operation])[] = [
    ['a field', { query: '{ clustr(name: "a") { name } }' }],
    ['an argument', { query: '{ cluster(nam: "a") { name } }' }],
    ['a type', { query: 'query ($a: CreateClusterInpt) { __typename }' }],
    ['a field of one possible type', { query: '{ cluster(name: "a") { key(name: "k") { value } } }' }],
    ['a missing selection', { query: '{ cluster(name: "a") }' }],
    ['an enum value', { query: '{ viewer { may(operation: KEYS_WRIT) } }' }],
    [
      'an enum value in a variable',
      { query: 'query ($o: Operation!) { viewer { may(operation: $o) } }', variables: { o: 'KEYS_WRIT' } },
    ],
    ...(carries.includes('mutation') ? [misspeltInput] : []),
  ];

  test.each(misspelt)('an error about %s has suggestions only if the caller may introspect', async (_, operation) => {
    await using authentication = await startAuthenticated();
    await using api = await startTestApi({}, authentication.authenticator, { introspection: 'permitted', schema });
    const suggested = await run(api.url, operation, { authorization: operator.bearer });
    expect(JSON.stringify(suggested)).toContain('Did you mean');
    const bare = await run(api.url, operation, { authorization: reader.bearer });
    expect(bare.results[0]!.errors!.length).toBeGreaterThan(0);
    expect(JSON.stringify(bare)).not.toContain('Did you mean');
  });
});

describe("GraphiQL's starter operations", () => {
  const page = { accept: 'text/html' };
  const status = async (url: string, headers: Record<string, string> = {}) =>
    (await fetch(`${url}/starter-tabs`, { headers })).status;

  test('are not in the page if callers must authenticate', async () => {
    await using authentication = await startAuthenticated();
    await using api = await startTestApi({}, authentication.authenticator);
    expect(await (await fetch(api.url, { headers: page })).text()).not.toMatch(/createCluster|channelMessages/);
  });

  test('are answered to callers who may introspect', async () => {
    await using authentication = await startAuthenticated();
    await using api = await startTestApi({}, authentication.authenticator, { introspection: 'permitted' });
    expect(await status(api.url)).toBe(401);
    expect(await status(api.url, { authorization: 'Bearer cg_wrong' })).toBe(401);
    expect(await status(api.url, { authorization: reader.bearer })).toBe(403);
    const response = await fetch(`${api.url}/starter-tabs`, { headers: { authorization: operator.bearer } });
    expect(response.status).toBe(200);
    const { tabs } = (await response.json()) as { tabs: string[] };
    expect(tabs.some((tab) => tab.includes('createCluster'))).toBe(true);
  });

  test('are in the page if no authentication is required, unless introspection is disabled', async () => {
    const { allowAnonymous: authenticator } =
      await import('../../../src/server/admission/authentication/authenticator.js');
    await using open = await startTestApi({}, authenticator);
    expect(await (await fetch(open.url, { headers: page })).text()).toContain('createCluster');
    await using closed = await startTestApi({}, authenticator, { introspection: 'none' });
    expect(await (await fetch(closed.url, { headers: page })).text()).not.toMatch(/createCluster|channelMessages/);
    expect(await status(closed.url)).toBe(403);
  });
});

test('every admitted caller may introspect by default', async () => {
  await using authentication = await startAuthenticated();
  await using api = await startTestApi({}, authentication.authenticator, { schema });
  const operation = { query: getIntrospectionQuery() };
  const { results } = await transports['POST, JSON']!.run(api.url, operation, { authorization: reader.bearer });
  expect(results).toEqual([{ data: { __schema: expect.any(Object) as object } }]);
});
