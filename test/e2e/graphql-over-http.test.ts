import { auditServer, serverAudits } from 'graphql-http';
import { describe, expect, test } from 'vitest';
import { startTestApi } from '../helpers/test-api.js';

/** The audits of the GraphQL over HTTP specification: their names say which are a MUST and which a SHOULD. */
describe('GraphQL over HTTP', () => {
  const names = serverAudits({ url: 'http://127.0.0.1' }).map(({ name }) => name);

  test.each(names)('%s', async (name) => {
    await using api = await startTestApi();
    const audit = serverAudits({ url: api.url, fetchFn: fetch }).find((each) => each.name === name);
    expect(await audit!.fn()).toMatchObject({ status: 'ok' });
  });

  test('all of it at once', async () => {
    await using api = await startTestApi();
    const results = await auditServer({ url: api.url, fetchFn: fetch });
    expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
  });
});
