import { auditServer, serverAudits } from 'graphql-http';
import { describe, expect, test } from 'vitest';
import { all, makeApiKey } from '../../helpers/access/access.js';
import { startAuthentication } from '../../helpers/access/authentication.js';
import { startTestApi } from '../../helpers/apis/test-api.js';

/** The audits of the GraphQL over HTTP specification. Each name says whether it is a MUST, a SHOULD or a MAY. */
const names = serverAudits({ url: 'http://127.0.0.1' }).map(({ name }) => name);

test.each(names)('GraphQL over HTTP: %s', async (name) => {
  await using api = await startTestApi();
  const audit = serverAudits({ url: api.url, fetchFn: fetch }).find((each) => each.name === name);
  expect(await audit!.fn()).toMatchObject({ status: 'ok' });
});

describe('A server that requires authentication', () => {
  const ci = makeApiKey('ci', ['reader']);
  const setUp = () => startAuthentication({ roles: { reader: { grants: [all] } }, bindings: [], apiKeys: [ci.entry] });

  test('passes every audit of an authenticated client', async () => {
    await using authentication = await setUp();
    await using api = await startTestApi({}, authentication.authenticator);
    const withKey: typeof fetch = (url, init) => {
      const headers = new Headers(init?.headers);
      headers.set('authorization', ci.bearer);
      return fetch(url, { ...init, headers });
    };
    const results = await auditServer({ url: api.url, fetchFn: withKey });
    expect(results.length).toBe(names.length);
    expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
  });

  test('answers all other requests with 401', async () => {
    await using authentication = await setUp();
    await using api = await startTestApi({}, authentication.authenticator);
    const statuses = new Set<number>();
    const watching: typeof fetch = async (url, init) => {
      const response = await fetch(url, init);
      statuses.add(response.status);
      return response;
    };
    await auditServer({ url: api.url, fetchFn: watching });
    expect([...statuses]).toEqual([401]);
  });
});
