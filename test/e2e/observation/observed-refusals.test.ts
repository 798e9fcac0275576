import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Authenticator } from '../../../src/server/admission/authentication/authenticator.js';
import { Unauthenticated } from '../../../src/server/admission/authentication/unauthenticated.js';
import type { ServerLimits } from '../../../src/config/limits/server-limits.js';
import { createLogger } from '../../../src/telemetry/log.js';
import { canary } from '../../helpers/run/canary.js';
import { captureLines } from '../../helpers/run/captured-lines.js';
import { eventually } from '../../helpers/run/eventually.js';
import { trustingNames } from '../../helpers/access/principals.js';
import { ask } from '../../helpers/clients/raw-http.js';
import { scrape } from '../../helpers/run/scrape.js';
import { startTestApi } from '../../helpers/apis/test-api.js';

const secret = canary('refused');
/** Admits callers without credentials, and refuses others for the reason in their credentials. */
const byReason: Authenticator = {
  authenticate(authorization) {
    if (authorization === undefined) return trustingNames.authenticate(undefined);
    const [reason = ''] = authorization.split(' ');
    throw new Unauthenticated(reason as Unauthenticated['reason'], 'Expected other credentials.');
  },
};

async function startObserved(limits: Partial<ServerLimits> = {}) {
  const log = captureLines();
  const api = await startTestApi(limits, byReason, { log: createLogger('info', log) });
  return {
    api,
    log,
    /** Resolves when exactly this one line has been written, and this one refusal counted. */
    observed: async (line: { outcome: string; transport: string } & Record<string, unknown>): Promise<void> => {
      await eventually(() =>
        expect(log.lines).toMatchObject([
          { level: 30, msg: 'request refused', kind: 'unknown', address: '127.0.0.1', refusedSince: 0, ...line },
        ]),
      );
      const counted = [...(await scrape(api.url))].filter(([name]) => name.startsWith('cachegraph_operations_total'));
      expect(counted).toEqual([
        [`cachegraph_operations_total{kind="unknown",operation="",outcome="${line.outcome}"}`, 1],
      ]);
      expect(log.text()).not.toContain(secret);
    },
  };
}

const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'x-request-id': 'mine',
};

describe('A refused upgrade is logged and counted', () => {
  test.each([
    [403, 'FORBIDDEN', 'origin', '/graphql', { origin: 'https://evil.example' }],
    [403, 'FORBIDDEN', 'host', '/graphql', { host: 'evil.example' }],
    [404, 'NOT_FOUND', 'path', '/nowhere', {}],
    [400, 'BAD_REQUEST', 'handshake', '/graphql', { 'sec-websocket-version': '7' }],
  ])('%s %s because of its %s', async (status, outcome, reason, path, headers) => {
    const { api, observed } = await startObserved();
    await using _ = api;
    await ask(new URL(path, api.url).href, { headers: { ...upgrade, ...headers } });
    await observed({ outcome, status, reason, transport: 'websocket', requestId: 'mine' });
  });

  test('429 because its address has too many sockets', async () => {
    const { api, observed } = await startObserved({ maxSocketsPerAddress: 0 });
    await using _ = api;
    await ask(api.url, { headers: upgrade });
    await observed({ outcome: 'LIMIT_EXCEEDED', status: 429, reason: 'maxSocketsPerAddress', transport: 'websocket' });
  });
});

/** Opens a socket, sends these messages and resolves with the code that it closes with. */
async function closeCode(url: string, messages: readonly (string | Buffer)[], protocol = 'graphql-transport-ws') {
  const socket = new WebSocket(url.replace('http', 'ws'), protocol, { headers: { 'x-request-id': 'mine' } });
  socket.on('error', () => undefined);
  socket.once('open', () => {
    for (const message of messages) socket.send(message);
  });
  return new Promise<number>((resolve) => socket.once('close', resolve));
}

describe('A refused WebSocket is logged and counted', () => {
  const init = (authorization: string) => JSON.stringify({ type: 'connection_init', payload: { authorization } });
  const welcome = '{"type":"connection_init"}';
  const begin = '{"id":"1","type":"subscribe","payload":{"query":"subscription { ticks { text } }"}}';

  test.each([
    [4401, 401, 'UNAUTHENTICATED', 'unknown', [init(`unknown ${secret}`)]],
    [4401, 401, 'UNAUTHENTICATED', 'malformed', [init(`malformed ${secret}`)]],
    [4401, 401, 'UNAUTHENTICATED', 'invalid', [init('invalid')]],
    [4403, 401, 'UNAUTHENTICATED', 'expired', [init('expired')]],
    [1013, 503, 'AUTHENTICATION_UNAVAILABLE', 'unavailable', [init('unavailable')]],
    [4401, 401, 'UNAUTHENTICATED', 'protocol', [begin]],
    [4400, 400, 'BAD_REQUEST', 'protocol', [`{"type":"${secret}"}`]],
    [4429, 400, 'BAD_REQUEST', 'protocol', [welcome, welcome]],
    [1007, 400, 'BAD_REQUEST', 'protocol', [Buffer.from([0x22, 0xe9, 0x22])]],
    [1009, 413, 'PAYLOAD_TOO_LARGE', 'maxMessageBytes', [' '.repeat(2_000)]],
    [4408, 408, 'REQUEST_TIMEOUT', 'connectionInitTimeoutMs', []],
  ])('%s as %s %s because of: %s', async (code, status, outcome, reason, messages) => {
    const isSilent = messages.length === 0;
    const { api, observed } = await startObserved({
      maxMessageBytes: 1_000,
      ...(isSilent && { connectionInitTimeoutMs: 50 }),
    });
    await using _ = api;
    expect(await closeCode(api.url, messages)).toBe(code);
    await observed({ outcome, status, reason, transport: 'websocket' });
  });

  test('1013 because its client has too many sockets', async () => {
    const { api, observed } = await startObserved({ maxSocketsPerClient: 0 });
    await using _ = api;
    expect(await closeCode(api.url, [welcome])).toBe(1013);
    await observed({
      outcome: 'LIMIT_EXCEEDED',
      reason: 'maxSocketsPerClient',
      status: 429,
      transport: 'websocket',
      requestId: 'mine',
      principal: 'anonymous',
    });
  });

  test('4406 because of its subprotocol', async () => {
    const { api, observed } = await startObserved();
    await using _ = api;
    await closeCode(api.url, [], 'graphql-ws');
    await observed({ outcome: 'NOT_ACCEPTABLE', reason: 'protocol', status: 406, transport: 'websocket' });
  });

  test('a fresh token that is refused is reported by a pong, and the socket stays open', async () => {
    const { api, observed } = await startObserved();
    await using _ = api;
    const socket = new WebSocket(api.url.replace('http', 'ws'), 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send(welcome);
    await once(socket, 'message');
    socket.send(JSON.stringify({ type: 'ping', payload: { authorization: `unknown ${secret}` } }));
    const [pong] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(String(pong))).toEqual({
      type: 'pong',
      payload: { authenticated: false, code: 'UNAUTHENTICATED', message: 'Expected other credentials.' },
    });
    await observed({ outcome: 'UNAUTHENTICATED', reason: 'unknown', transport: 'websocket', status: 401 });
    expect(socket.readyState).toBe(socket.OPEN);
    socket.terminate();
  });
});

describe('A request that node:http cannot parse is logged and counted', () => {
  test.each([
    [400, 'BAD_REQUEST', 'not-http', `${secret}\r\n\r\n`],
    [400, 'BAD_REQUEST', 'host', 'GET /graphql HTTP/1.1\r\nconnection: close\r\n\r\n'],
    [408, 'REQUEST_TIMEOUT', 'requestTimeoutMs', 'GET /graphql HT'],
    [431, 'REQUEST_HEADER_FIELDS_TOO_LARGE', 'headers', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`],
    [
      417,
      'EXPECTATION_FAILED',
      'expectation',
      'GET /graphql HTTP/1.1\r\nhost: localhost\r\nexpect: more\r\nconnection: close\r\n\r\n',
    ],
  ])('%s %s because of: %s', async (status, outcome, reason, bytes) => {
    const { api, log, observed } = await startObserved(status === 408 ? { requestTimeoutMs: 200 } : {});
    await using _ = api;
    const socket = connect(api.port, '127.0.0.1');
    socket.write(bytes);
    const answer = await text(socket);
    expect(answer).toContain(` ${status} `);
    await observed({ outcome, status, reason, transport: 'http' });
    const [, requestId] = /x-request-id: (\S+)/i.exec(answer)!;
    expect(log.lines[0]!['requestId']).toBe(requestId);
    expect(answer).toContain(`"requestId":"${requestId}"`);
  });

  test('a thousand requests that are refused for one reason are counted and have one log line', async () => {
    const { api, log } = await startObserved();
    await using _ = api;
    for (let count = 0; count < 1_000; count += 1) await ask(new URL('/nowhere', api.url).href);
    expect(log.lines).toHaveLength(1);
    const counted = await scrape(api.url);
    expect(counted.get('cachegraph_operations_total{kind="unknown",operation="",outcome="NOT_FOUND"}')).toBe(1_000);
  });
});
