import { describe, expect, test } from 'vitest';
import { all, makeApiKey } from '../../helpers/access/access.js';
import { startAuthenticatedApi } from '../../helpers/access/authentication.js';
import { connect, subscribe } from '../../helpers/clients/graphql-client.js';
import { audience } from '../../helpers/access/token-issuer.js';
import { transports } from '../../helpers/clients/transports.js';

const ci = makeApiKey('ci', ['admin']);

/** A server that accepts the API key `ci` and every token of an issuer. */
async function setUp(content: object = {}) {
  return await startAuthenticatedApi({
    roles: { admin: { grants: [all] } },
    bindings: [{ everyToken: true, roles: ['admin'] }],
    apiKeys: [ci.entry],
    ...content,
  });
}
/** Seconds since 1970, as in tokens. */
const inSeconds = (count: number): number => Math.floor(Date.now() / 1000) + count;

describe.each(Object.entries(transports))('over %s', (name, { run }) => {
  const refused = name === 'WebSocket' ? 4401 : 401;

  test('an API key and a token are accepted', async () => {
    await using test = await setUp();
    for (const authorization of [ci.bearer, await test.bearer()]) {
      const outcome = await run(test.api.url, { query: '{ hello }' }, { authorization });
      expect(outcome).toEqual({ results: [{ data: { hello: 'hello undefined' } }] });
    }
  });

  test('without valid credentials nothing is parsed or executed, and nothing of the schema is revealed', async () => {
    await using test = await setUp();
    const expired = await test.bearer({ exp: inSeconds(-1) });
    for (const headers of [{}, { authorization: expired }, { authorization: 'Bearer cg_nothing' }]) {
      for (const query of [
        '{ hello }',
        '{ helo }',
        '{',
        '{ __schema { types { name } } }',
        'subscription { ticks { tex } }',
      ]) {
        const outcome = await run(test.api.url, { query }, headers);
        expect(outcome.refused).toBe(name === 'WebSocket' && headers.authorization === expired ? 4403 : refused);
        expect(JSON.stringify(outcome)).not.toMatch(/hello|ticks|Did you mean|Syntax|Cannot query|cg_nothing|data/);
      }
    }
    expect([test.api.executions(), test.api.ticks.open.size]).toEqual([0, 0]);
  });

  test.each([
    ['an expiry beyond the range of Date', { exp: 8.64e12 + 1 }],
    ['an expiry that is a string', { exp: '9999999999' }],
    ['a not-before time below the range of Date', { nbf: -8.64e12 - 1 }],
    ['a negative not-before time', { nbf: -1 }],
    ['a negative time of issue', { iat: -1 }],
    ['a time of issue beyond the range of Date', { iat: 8.64e12 + 1 }],
    ['a time of issue that is a string', { iat: 'yesterday' }],
    ['a negative expiry', { exp: -1 }],
  ])('a token with %s is refused', async (_, claims) => {
    await using test = await setUp();
    const authorization = await test.bearer(claims);
    const outcome = await run(test.api.url, { query: '{ hello }' }, { authorization });
    // A time in the past is reported as expired.
    expect(outcome.refused).toBe(name === 'WebSocket' && 'exp' in claims && claims.exp === -1 ? 4403 : refused);
    expect(JSON.stringify(outcome)).not.toContain('hello');
  });

  test('a token whose expiry JSON.parse reads as infinite is refused', async () => {
    await using test = await setUp();
    for (const exp of ['1e400', '-1e400']) {
      const claims = `{"iss":"${test.issuer.issuer}","aud":"${audience}","sub":"ada","exp":${exp}}`;
      const authorization = `Bearer ${await test.issuer.signed(claims)}`;
      const outcome = await run(test.api.url, { query: '{ hello }' }, { authorization });
      expect([refused, 4403]).toContain(outcome.refused);
    }
  });

  test('a token that expires at the last second of Date is accepted', async () => {
    await using test = await setUp();
    const authorization = await test.bearer({ exp: 8.64e12, nbf: 0, iat: 0 });
    const outcome = await run(test.api.url, { query: '{ hello }' }, { authorization });
    expect(outcome).toEqual({ results: [{ data: { hello: 'hello undefined' } }] });
  });

  test('callers without credentials are admitted if the access file allows it', async () => {
    await using test = await setUp({ anonymous: { roles: [] } });
    expect(await run(test.api.url, { query: '{ hello }' })).toEqual({
      results: [{ data: { hello: 'hello undefined' } }],
    });
    const outcome = await run(test.api.url, { query: '{ hello }' }, { authorization: 'Bearer cg_nothing' });
    expect(outcome.refused).toBe(refused);
  });

  test("while the issuer's keys cannot be fetched, a token is refused only for now", async () => {
    await using test = await setUp();
    test.issuer.fail(true);
    const outcome = await run(test.api.url, { query: '{ hello }' }, { authorization: await test.bearer() });
    expect(outcome.refused).toBe(name === 'WebSocket' ? 1013 : 503);
  });
});

test('the refusal of an unauthenticated request names the expected credentials, for every path and method below the endpoint', async () => {
  await using test = await setUp();
  const { url } = test.api;
  const requests: readonly (readonly [string, RequestInit])[] = [
    [url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ helo }"}' }],
    [url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(2_000_000) }],
    [url, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'text/html' }, body: '{' }],
    [url, { method: 'DELETE' }],
    [`${url}?query={hello}`, { headers: { accept: 'image/png' } }],
    [`${url}/anything`, {}],
    [`${url}/`, { method: 'POST' }],
  ];
  for (const [address, init] of requests) {
    const response = await fetch(address, init);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toEqual({
      errors: [
        {
          message: 'Expected "authorization: Bearer …" with a token or an API key.',
          extensions: { code: 'UNAUTHENTICATED', requestId: expect.any(String) as string },
        },
      ],
    });
  }
  const wrong = await fetch(url, { headers: { authorization: 'Bearer nonsense' } });
  expect(wrong.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
});

test("GraphiQL's page is served without a token, runs no operation, and contains nothing of the schema", async () => {
  await using test = await setUp();
  const response = await fetch(`${test.api.url}?query={hello}`, { headers: { accept: 'text/html' } });
  expect(response.status).toBe(200);
  expect(await response.text()).not.toContain('hello undefined');
});

describe('A WebSocket', () => {
  const tick = 'subscription { ticks { text } }';

  test('may send its token in connection_init, as browsers must', async () => {
    await using test = await setUp();
    for (const name of ['authorization', 'Authorization']) {
      await using client = connect(test.api.url, { connectionParams: { [name]: await test.bearer() } });
      await using subscribed = subscribe(client, tick);
      await test.api.ticks.hasOpen(1);
      test.api.ticks.emit({ text: 'one' });
      expect((await subscribed.next()).data).toEqual({ ticks: { text: 'one' } });
      await client.dispose();
      await test.api.ticks.hasOpen(0);
    }
  });

  test.each([
    ['no token', {}],
    ['a wrong token', { authorization: 'Bearer nonsense' }],
    ['something else', { authorization: 7 }],
  ])('with %s in connection_init is closed with 4401', async (_, connectionParams) => {
    await using test = await setUp();
    await using client = connect(test.api.url, { connectionParams });
    await expect(subscribe(client, tick).ended).rejects.toMatchObject({
      reason: { code: 4401, reason: 'Unauthorized' },
    });
    expect(test.api.ticks.open.size).toBe(0);
  });
});
