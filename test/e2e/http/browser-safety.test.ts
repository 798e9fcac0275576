import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startApiServer } from '../../../src/server/server.js';
import type { Services } from '../../../src/resolvers/shared/context.js';
import { callerSchema } from '../../helpers/schema/caller-schema.js';
import { ask } from '../../helpers/clients/raw-http.js';
import { startTestApi } from '../../helpers/apis/test-api.js';
import { transports } from '../../helpers/clients/transports.js';
import { testLog } from '../../helpers/run/test-log.js';

const query = '?query={hello}';
const json = { 'content-type': 'application/json' };
const body = JSON.stringify({ query: '{ hello }' });

/** A server with the given allowed hosts and origins. */
function serverOf(options: {
  allowedOrigins?: string[];
  allowedHeaders?: string[];
  allowedHosts?: string[];
  graphiql?: boolean;
}) {
  const services = {} as unknown as Services;
  return startApiServer({
    schema: callerSchema,
    services,
    log: testLog(),
    host: '127.0.0.1',
    port: 0,
    ...options,
  });
}

describe('A host name', () => {
  test.each(['evil.example', 'evil.example:4000', 'localhost.evil.example', '127.0.0.1.evil.example', 'a b'])(
    'that an attacker may have pointed at this machine is refused: "%s"',
    async (host) => {
      await using api = await startTestApi();
      const origin = `http://${host}`;
      for (const headers of [{ host }, { host, origin }]) {
        const { status, headers: received } = await ask(api.url + query, { headers });
        expect([400, 403]).toContain(status);
        expect(received['access-control-allow-origin']).toBeUndefined();
      }
    },
  );

  test.each([
    'localhost',
    'LOCALHOST:4000',
    'app.localhost:4000',
    '127.0.0.1:9',
    '127.1.2.3',
    '[::1]:4000',
    '192.0.2.1',
    '[2001:db8::1]',
  ])('of this machine, or an address, is accepted: "%s"', async (host) => {
    await using api = await startTestApi();
    expect((await ask(api.url + query, { headers: { host } })).status).toBe(200);
  });

  test('is accepted if it is configured, in upper or lower case', async () => {
    await using api = await serverOf({ allowedHosts: ['API.example.com'] });
    const statusOf = async (host: string) =>
      (await ask(`${api.url}?query={happening{n}}`, { headers: { host, accept: 'application/json' } })).status;
    expect(await statusOf('api.example.com:8443')).toBe(200);
    expect(await statusOf('other.example.com')).toBe(403);
  });

  test('that is not allowed cannot open a WebSocket', async () => {
    await using api = await startTestApi();
    const headers = { host: 'evil.example', origin: 'http://evil.example' };
    const socket = new WebSocket(api.url.replace('http', 'ws'), 'graphql-transport-ws', { headers });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('403');
  });
});

describe('An origin', () => {
  const statusOf = async (url: string, origin: string, host = 'localhost') =>
    (await ask(url, { method: 'POST', headers: { ...json, host, origin }, body })).status;

  test.each([
    'null',
    'https://evil.example',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'file://',
    'http://0x7f.1.evil.example',
    'http://192.0.2.7',
    'localhost',
    '',
  ])('of another site is refused: "%s"', async (origin) => {
    await using api = await startTestApi();
    expect(await statusOf(api.url, origin)).toBe(403);
  });

  test.each(['http://localhost:5173', 'http://127.0.0.1', 'https://app.localhost', 'http://[::1]:1'])(
    'of this machine is accepted if the host is this machine, too: %s',
    async (origin) => {
      await using api = await startTestApi();
      expect(await statusOf(api.url, origin)).toBe(200);
      expect(await statusOf(api.url, origin, '192.0.2.1:4000')).toBe(403);
    },
  );

  test('of the server itself is accepted, with or without its port', async () => {
    await using api = await startTestApi();
    expect(await statusOf(api.url, 'http://192.0.2.1:4000', '192.0.2.1:4000')).toBe(200);
    expect(await statusOf(api.url, 'http://192.0.2.1', '192.0.2.1:80')).toBe(200);
    expect(await statusOf(api.url, 'https://192.0.2.1', '192.0.2.1:443')).toBe(200);
    expect(await statusOf(api.url, 'http://192.0.2.1:4001', '192.0.2.1:4000')).toBe(403);
  });

  test('is accepted if it is configured in any spelling, and other origins of its site are not', async () => {
    await using api = await serverOf({
      allowedOrigins: ['https://Admin.Example.com/', 'http://plain.example:80', 'chrome-extension://abcdef'],
    });
    for (const origin of ['https://admin.example.com', 'http://plain.example', 'chrome-extension://abcdef']) {
      const { status, headers } = await ask(api.url, { method: 'POST', headers: { ...json, origin }, body });
      expect([status, headers['access-control-allow-origin']]).toEqual([200, origin]);
    }
    for (const origin of ['http://admin.example.com', 'https://admin.example.com:8443', 'https://example.com']) {
      expect(await statusOf(api.url, origin)).toBe(403);
    }
  });

  test('is accepted if a configured wildcard matches it, by HTTP and WebSocket', async () => {
    await using api = await serverOf({ allowedOrigins: ['https://*.example.com'] });
    const { headers } = await ask(api.url, { headers: { origin: 'https://a.example.com' } });
    expect(headers['access-control-allow-origin']).toBe('https://a.example.com');
    for (const [origin, outcome] of [
      ['https://a.example.com', 'open'],
      ['https://a.b.example.com', 'error'],
    ] as const) {
      const socket = new WebSocket(api.url.replace('http', 'ws'), 'graphql-transport-ws', { headers: { origin } });
      const happened = await new Promise((resolve) => {
        socket.once('open', () => resolve('open'));
        socket.once('error', () => resolve('error'));
      });
      expect(happened).toBe(outcome);
      socket.terminate();
    }
    expect((await ask(api.url, { headers: { origin: 'https://example.com' } })).status).toBe(403);
  });

  test('may send the headers of GraphQL clients and of tracing, and those that are configured', async () => {
    await using api = await serverOf({ allowedHeaders: ['x-tenant'] });
    const { headers } = await ask(api.url, { method: 'OPTIONS', headers: { origin: 'http://localhost:5173' } });
    expect(String(headers['access-control-allow-headers']).split(', ').toSorted()).toEqual([
      ...['accept', 'apollo-require-preflight', 'apollographql-client-name', 'apollographql-client-version'],
      ...['authorization', 'baggage', 'content-type', 'last-event-id', 'traceparent', 'tracestate'],
      ...['x-apollo-operation-name', 'x-request-id', 'x-tenant'],
    ]);
  });

  test('is accepted by a preflight, and credentials are never allowed', async () => {
    await using api = await startTestApi();
    const preflight = (origin: string) =>
      ask(api.url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
    const own = await preflight('http://localhost:5173');
    expect(own).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': 'http://localhost:5173' } });
    expect(own.headers['access-control-allow-credentials']).toBeUndefined();
    expect((await preflight('https://evil.example')).status).toBe(403);
  });
});

describe('A request that a page of another site sends without a preflight', () => {
  test.each(['cross-site', 'same-site'])('is refused by GET: %s', async (site) => {
    await using api = await startTestApi();
    const url = `${api.url}?query=${encodeURIComponent('subscription { ticks { text } }')}`;
    for (const accept of ['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0', '*/*']) {
      const headers = { accept, 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' };
      expect((await ask(url, { headers })).status).toBe(403);
      expect((await ask(api.url + query, { headers })).status).toBe(403);
    }
    expect(api.ticks.open.size).toBe(0);
  });

  test('is allowed if it follows a link or if the server has served the page', async () => {
    await using api = await startTestApi();
    const link = { accept: 'text/html,*/*;q=0.8', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await ask(api.url, { headers: link })).status).toBe(200);
    const own = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' };
    expect((await ask(api.url + query, { headers: own })).status).toBe(200);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain; application/json',
  ])('is refused as a POST of type %s, which any site can send', async (type) => {
    await using api = await startTestApi();
    const mutation = JSON.stringify({ query: 'mutation { count }' });
    const headers = { 'content-type': type };
    expect((await ask(api.url, { method: 'POST', headers, body: mutation })).status).toBe(415);
  });
});

test.each(Object.entries(transports).filter(([name]) => name.startsWith('GET')))(
  'no mutation is executed over %s',
  async (_, { run }) => {
    await using api = await startTestApi();
    const { results, refused } = await run(api.url, { query: 'mutation { count }' });
    expect({ results, refused }).toEqual({
      results: [{ errors: [{ message: 'A mutation requires POST.', extensions: { code: 'METHOD_NOT_ALLOWED' } }] }],
      refused: 405,
    });
  },
);

describe('Every answer', () => {
  test('restricts how a browser may use it, and must not be cached', async () => {
    await using api = await startTestApi();
    const answers = await Promise.all([
      ask(api.url + query),
      ask(api.url, { method: 'POST', headers: json, body }),
      ask(`${api.url}?query={`, { headers: { accept: 'text/event-stream' } }),
      ask(`${api.url}?query={`, { headers: { accept: 'multipart/mixed' } }),
      ask(api.url, { method: 'DELETE' }),
      ask(api.url, { headers: { accept: 'text/html' } }),
    ]);
    const others = await Promise.all([
      ask(api.url, { headers: { host: 'evil.example' } }),
      ask(new URL('/nowhere', api.url).href),
      ask(api.url, { method: 'OPTIONS' }),
    ]);
    for (const { headers } of [...answers, ...others]) {
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
      });
    }
  });

  test('with GraphiQL allows the inline scripts of the page and no others', async () => {
    await using api = await startTestApi();
    const { headers } = await ask(api.url, { headers: { accept: 'text/html' } });
    expect(headers['referrer-policy']).toBe('no-referrer');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toMatch(/script-src 'sha256-[\w+/]{43}='/);
    expect(policy).not.toMatch(/script-src[^;]*unsafe|https?:/);
    expect(headers['x-frame-options']).toBe('DENY');
  });
});

test('GraphiQL is served only if it is configured', async () => {
  await using api = await serverOf({});
  const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
  const page = await ask(api.url, { headers });
  expect([page.status, page.headers['content-type']]).toEqual([400, 'application/json; charset=utf-8']);
  const answer = await ask(`${api.url}?query={happening{n}}`, { headers });
  expect(JSON.parse(answer.body)).toEqual({ data: { happening: null } });
  expect((await ask(new URL('/', api.url).href, { headers })).status).toBe(404);
});

describe('A body', () => {
  test.each(['gzip', 'deflate', 'br', 'zstd', 'gzip, identity'])(
    'encoded as %s is refused, because its size is unknown',
    async (coding) => {
      await using api = await startTestApi();
      const headers = { ...json, 'content-encoding': coding };
      const answer = await ask(api.url, { method: 'POST', headers, body: gzipSync(body) });
      expect(answer).toMatchObject({ status: 415, headers: { 'accept-encoding': 'identity' } });
    },
  );

  test('may declare the encoding identity', async () => {
    await using api = await startTestApi();
    expect(
      (await ask(api.url, { method: 'POST', headers: { ...json, 'content-encoding': 'identity' }, body })).status,
    ).toBe(200);
  });
});

describe('A client that is slow', () => {
  test.each([
    ['its first byte', ''],
    ['its headers', 'POST /graphql HTTP/1.1\r\nhost: localhost\r\n'],
    [
      'its body',
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    ],
  ])('to send %s receives 408 and is disconnected', async (_, start) => {
    await using api = await startTestApi({ requestTimeoutMs: 100 });
    const socket = connectTcp(api.port, '127.0.0.1');
    socket.write(start);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
    expect(api.limitsHit).toEqual(['requestTimeoutMs']);
  });

  test('to send connection_init is disconnected', async () => {
    await using api = await startTestApi({ connectionInitTimeoutMs: 50 });
    const socket = new WebSocket(api.url.replace('http', 'ws'), 'graphql-transport-ws');
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(4408);
  });
});
