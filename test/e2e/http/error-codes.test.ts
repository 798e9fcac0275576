import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { createLogger } from '../../../src/telemetry/log.js';
import { captureLines } from '../../helpers/run/captured-lines.js';
import { trustingNames } from '../../helpers/access/principals.js';
import { ask } from '../../helpers/clients/raw-http.js';
import { scrape } from '../../helpers/run/scrape.js';
import { startTestApi, type TestApi } from '../../helpers/apis/test-api.js';
import { transports, type Operation } from '../../helpers/clients/transports.js';

const json = { 'content-type': 'application/json' };

const invalidOperations: readonly (readonly [string, Operation])[] = [
  ['GRAPHQL_PARSE_FAILED', { query: '{ hello' }],
  ['GRAPHQL_PARSE_FAILED', { query: '{ hello(name: "a) }' }],
  ['GRAPHQL_VALIDATION_FAILED', { query: '{ nothingHere }' }],
  ['GRAPHQL_VALIDATION_FAILED', { query: '{ ...a } fragment a on Query { ...a }' }],
  ['GRAPHQL_VALIDATION_FAILED', { query: 'subscription { ticks @skip(if: false) { text } }' }],
  ['BAD_USER_INPUT', { query: 'query ($name: String!) { hello(name: $name) }' }],
  ['BAD_USER_INPUT', { query: 'query ($name: String) { hello(name: $name) }', variables: { name: 5 } }],
  ['OPERATION_RESOLUTION_FAILURE', { query: '{ hello }', operationName: 'other' }],
  ['OPERATION_RESOLUTION_FAILURE', { query: 'query a { hello } query b { hello }' }],
  ['INVALID_INPUT', { query: '' }],
  ['PERSISTED_QUERY_NOT_SUPPORTED', { query: '', documentId: 'sha256:00' }],
];

describe.each(Object.entries(transports))('An invalid operation over %s', (name, { run }) => {
  test.each(invalidOperations)(
    'has the code %s in the answer, the log and the metrics: %j',
    async (code, operation) => {
      const log = captureLines();
      await using api = await startTestApi({}, trustingNames, { log: createLogger('info', log) });
      const { results } = await run(api.url, operation);
      expect(results).toMatchObject([{ errors: [{ extensions: { code } }] }]);
      expect(log.lines.filter(({ msg }) => msg === 'operation')).toMatchObject([
        { outcome: code, transport: name === 'WebSocket' ? 'websocket' : 'http' },
      ]);
      const counted = [...(await scrape(api.url))].filter(([metric]) =>
        metric.startsWith('cachegraph_operations_total'),
      );
      expect(counted).toEqual([[expect.stringContaining(`outcome="${code}"`), 1]]);
    },
  );
});

/** The answer to a refused request. */
interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

function expectRefusal({ status, headers, body }: Refusal, expected: number, code: string): void {
  expect(status).toBe(expected);
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  expect(JSON.parse(body)).toEqual({
    errors: [
      expect.objectContaining({
        message: expect.stringMatching(/^\w/) as string,
        extensions: expect.objectContaining({ code, requestId: headers['x-request-id'] }) as object,
      }),
    ],
  });
}

const subscription = JSON.stringify({ query: 'subscription { ticks { text } }' });
const refusals: readonly (readonly [number, string, string, Parameters<typeof ask>[1]])[] = [
  [403, 'FORBIDDEN', '/graphql', { headers: { origin: 'https://evil.example' } }],
  [403, 'FORBIDDEN', '/graphql', { headers: { host: 'evil.example' } }],
  [404, 'NOT_FOUND', '/nowhere', {}],
  [404, 'NOT_FOUND', '/graphql/nowhere', {}],
  [405, 'METHOD_NOT_ALLOWED', '/graphql', { method: 'DELETE' }],
  [405, 'METHOD_NOT_ALLOWED', '/graphql?query=mutation{count}', {}],
  [405, 'METHOD_NOT_ALLOWED', '/metrics', { method: 'POST' }],
  [405, 'METHOD_NOT_ALLOWED', '/health/live', { method: 'PUT' }],
  [406, 'NOT_ACCEPTABLE', '/graphql', { method: 'POST', headers: { ...json, accept: 'image/png' }, body: '{}' }],
  [406, 'NOT_ACCEPTABLE', '/graphql', { method: 'POST', headers: json, body: subscription }],
  [413, 'PAYLOAD_TOO_LARGE', '/graphql', { method: 'POST', headers: json, body: ' '.repeat(2_000) }],
  [415, 'UNSUPPORTED_MEDIA_TYPE', '/graphql', { method: 'POST', body: '{}' }],
  [
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    '/graphql',
    { method: 'POST', headers: { ...json, 'content-encoding': 'br' }, body: '{}' },
  ],
  [400, 'INVALID_INPUT', '/graphql', { method: 'POST', headers: json, body: '{' }],
  [417, 'EXPECTATION_FAILED', '/graphql', { method: 'POST', headers: { ...json, expect: 'more' }, body: '{}' }],
  [431, 'REQUEST_HEADER_FIELDS_TOO_LARGE', `/graphql?query=${'a'.repeat(20_000)}`, {}],
];

describe('A refused request has a status, a code and a body', () => {
  test.each(refusals)('%s %s on %.40s', async (status, code, path, options) => {
    await using api = await startTestApi({ maxBodyBytes: 1_024 });
    expectRefusal(await ask(new URL(path, api.url).href, options), status, code);
  });

  test.each([
    [400, 'BAD_REQUEST', 'nonsense\r\n\r\n'],
    [400, 'BAD_REQUEST', 'GET / HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n'],
    [400, 'BAD_REQUEST', 'GET /graphql HTTP/1.1\r\nconnection: close\r\n\r\n'],
    [408, 'REQUEST_TIMEOUT', 'GET /graphql HT'],
    [
      408,
      'REQUEST_TIMEOUT',
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    ],
  ])('%s %s if its bytes are %j', async (status, code, bytes) => {
    await using api = await startTestApi({ requestTimeoutMs: 200 });
    expectRefusal(await askBytes(api, bytes), status, code);
  });

  test('even after a successful request on the same connection', async () => {
    await using api = await startTestApi();
    const socket = connect(api.port, '127.0.0.1');
    socket.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await once(socket, 'data');
    socket.write('nonsense\r\n\r\n');
    expectRefusal(parseAnswer(await text(socket)), 400, 'BAD_REQUEST');
  });
});

describe('A refused WebSocket upgrade has a status, a code and a body', () => {
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
  const key = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };

  test.each([
    [403, 'FORBIDDEN', '/graphql', { ...key, origin: 'https://evil.example' }],
    [403, 'FORBIDDEN', '/graphql', { ...key, host: 'evil.example' }],
    [404, 'NOT_FOUND', '/nowhere', key],
    [400, 'BAD_REQUEST', '/graphql', {}],
    [400, 'BAD_REQUEST', '/graphql', { ...key, 'sec-websocket-version': '7' }],
  ])('%s %s on %s with %j', async (status, code, path, headers) => {
    await using api = await startTestApi();
    const sent = { ...upgrade, ...headers, 'x-request-id': 'mine' };
    const answer = await ask(new URL(path, api.url).href, { headers: sent });
    expectRefusal(answer, status, code);
    expect(answer.headers['x-request-id']).toBe('mine');
  });

  test('429 if its address has too many sockets', async () => {
    await using api = await startTestApi({ maxSocketsPerAddress: 1 });
    const sent = httpRequest(api.url, { headers: { ...upgrade, ...key }, agent: false }).end();
    const [, socket] = (await once(sent, 'upgrade')) as [unknown, { destroy: () => void }];
    expectRefusal(await ask(api.url, { headers: { ...upgrade, ...key } }), 429, 'LIMIT_EXCEEDED');
    socket.destroy();
  });

  test('and a client that resets the connection does not end the server', async () => {
    await using api = await startTestApi();
    for (let count = 0; count < 20; count += 1) {
      const socket = connect(api.port, '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      const lines = Object.entries(upgrade).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`GET /nowhere HTTP/1.1\r\nhost: localhost\r\n${lines.join('')}\r\n`);
      socket.resetAndDestroy();
    }
    expect((await ask(`${api.url}?query={hello}`)).status).toBe(200);
  });
});

async function askBytes(api: TestApi, bytes: string): Promise<Refusal> {
  const socket = connect(api.port, '127.0.0.1');
  socket.write(bytes);
  return parseAnswer(await text(socket));
}

function parseAnswer(answer: string): Refusal {
  const end = answer.indexOf('\r\n\r\n');
  const [first = '', ...lines] = answer.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  return { status: Number(first.split(' ')[1]), headers, body: answer.slice(end + 4) };
}
