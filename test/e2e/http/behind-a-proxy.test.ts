import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { allowAnonymous } from '../../../src/server/admission/authentication/authenticator.js';
import { createAuditLog } from '../../../src/telemetry/audit-log.js';
import { createLogger } from '../../../src/telemetry/log.js';
import { captureLines } from '../../helpers/run/captured-lines.js';
import { ask } from '../../helpers/clients/raw-http.js';
import { startTestApi } from '../../helpers/apis/test-api.js';
import { transports } from '../../helpers/clients/transports.js';

const trusted = { trustedProxies: ['127.0.0.0/8'] };
const from = (address: string) => ({ 'x-forwarded-for': `6.6.6.6, ${address}` });

describe.each(Object.entries(transports))('Behind a trusted proxy, over %s', (_, { carries, run }) => {
  test('limits are counted by the address that the proxy reports', async () => {
    await using api = await startTestApi({ maxOperationsPerSecond: 1 }, allowAnonymous, trusted);
    const codes = async (address: string) => {
      const found: unknown[] = [];
      for (let count = 0; count < 6; count += 1) {
        const { results } = await run(api.url, { query: '{ hello }' }, from(address));
        found.push(results[0]?.errors?.[0]?.extensions?.['code']);
      }
      return found;
    };
    expect(await codes('203.0.113.1')).toContain('RATE_LIMITED');
    const { results } = await run(api.url, { query: '{ hello }' }, from('203.0.113.2'));
    expect(results).toEqual([{ data: { hello: 'hello undefined' } }]);
  });

  test('the log and the audit log have that address', async () => {
    const log = captureLines();
    const logger = createLogger('info', log);
    const audit = createAuditLog(logger, log);
    await using api = await startTestApi({}, allowAnonymous, { ...trusted, log: logger, audit });
    await run(api.url, { query: '{ hello }' }, from('203.0.113.1'));
    expect(log.lines.filter(({ msg }) => msg === 'operation')).toMatchObject([{ address: '203.0.113.1' }]);
    if (!carries.includes('mutation')) return;
    await run(api.url, { query: 'mutation { count }' }, from('203.0.113.2'));
    expect(log.lines.filter(({ name }) => name === 'cachegraph.audit')).toMatchObject([{ address: '203.0.113.2' }]);
  });

  test('the headers of an untrusted proxy are ignored', async () => {
    const log = captureLines();
    await using api = await startTestApi({}, allowAnonymous, { log: createLogger('info', log) });
    await run(api.url, { query: '{ hello }' }, { ...from('203.0.113.1'), forwarded: 'for=203.0.113.1' });
    expect(log.lines.filter(({ msg }) => msg === 'operation')).toMatchObject([{ address: '127.0.0.1' }]);
  });
});

test('WebSockets are counted by the address that the trusted proxy reports', async () => {
  const options = { ...trusted, trustedProxyHeader: 'forwarded' } as const;
  await using api = await startTestApi({ maxSocketsPerAddress: 1 }, allowAnonymous, options);
  const open = (address: string) => {
    const headers = { forwarded: `for=6.6.6.6, for=${address}`, 'x-forwarded-for': '7.7.7.7' };
    const socket = new WebSocket(api.url.replace('http', 'ws'), 'graphql-transport-ws', { headers });
    return new Promise<string>((resolve) => {
      socket.once('open', () => resolve('open'));
      socket.once('error', ({ message }) => resolve(message));
    });
  };
  expect(await open('203.0.113.1')).toBe('open');
  expect(await open('203.0.113.2')).toBe('open');
  expect(await open('203.0.113.1')).toContain('429');
});

test('"/" redirects to GraphiQL below any path at which a proxy serves it', async () => {
  await using api = await startTestApi();
  const { status, headers } = await ask(new URL('/', api.url).href);
  expect(status).toBe(302);
  const resolved = (base: string) => new URL(String(headers['location']), base).href;
  expect(resolved('https://example.com/')).toBe('https://example.com/graphql');
  expect(resolved('https://example.com/cache/')).toBe('https://example.com/cache/graphql');
  expect((await ask(resolved(api.url))).status).not.toBe(404);
});
