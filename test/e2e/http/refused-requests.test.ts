import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { schema } from '../../../src/schema/schema.js';
import { createLogger } from '../../../src/telemetry/log.js';
import { captureLines } from '../../helpers/run/captured-lines.js';
import { trustingNames } from '../../helpers/access/principals.js';
import { ask } from '../../helpers/clients/raw-http.js';
import { scrape } from '../../helpers/run/scrape.js';
import { startTestApi, type TestApi } from '../../helpers/apis/test-api.js';
import { transports, type Operation } from '../../helpers/clients/transports.js';

const json = { 'content-type': 'application/json' };
const secret = 'canary-in-a-broken-body';

const accepts = [
  '*/*',
  'application/json',
  'Application/JSON',
  'application/graphql-response+json',
  'APPLICATION/GRAPHQL-RESPONSE+JSON; charset=utf-8',
  'text/event-stream',
  'Text/Event-Stream',
  'multipart/mixed;subscriptionSpec=1.0',
  'Multipart/Mixed; SubscriptionSpec="1.0"',
  'multipart/mixed',
  'MULTIPART/MIXED',
  'text/plain',
  'image/png, text/html;q=0.5',
  'application/json;q=0',
  '',
];
const brokenBodies: readonly (readonly [string, string])[] = [
  ['that is truncated', `{"query":"{ hello }","variables":{"password":"${secret}"`],
  ['with trailing characters', `{"p":"${secret}" x`],
  ['that is plain text', secret],
  ['that is a form', `password=${secret}`],
  ['that is a batch', `[{"query":"{ hello }","variables":{"name":"${secret}"}}]`],
  ['whose variables are a string', `{"query":"{ hello }","variables":"${secret}"}`],
  ['whose operation name is a list', `{"query":"{ hello }","operationName":["${secret}"]}`],
  ['whose query is a number', `{"query":5,"password":"${secret}"}`],
];

describe('A body that cannot be parsed', () => {
  test.each(accepts.flatMap((accept) => brokenBodies.map(([name, body]) => [name, accept, body] as const)))(
    '(%s) is not repeated in the answer or the log, with accept "%s"',
    async (_, accept, body) => {
      const log = captureLines();
      await using api = await startTestApi({}, trustingNames, { log: createLogger('info', log) });
      const headers = { ...json, accept };
      const { status, headers: answered, body: answer } = await ask(api.url, { method: 'POST', headers, body });
      expect([400, 406]).toContain(status);
      expect(answer).not.toContain('canary');
      const [error] = (JSON.parse(answer) as { errors: { extensions: { requestId: string } }[] }).errors;
      expect(error!.extensions.requestId).toBe(answered['x-request-id']);
      const lines = log.lines.filter(({ msg }) => msg === 'operation');
      expect(lines).toMatchObject([{ requestId: answered['x-request-id'], kind: 'unknown', transport: 'http' }]);
      expect(log.text()).not.toContain('canary');
      const counted = [...(await scrape(api.url))].filter(([name]) => name.startsWith('cachegraph_operations_total'));
      expect(counted.map(([, value]) => value)).toEqual([1]);
    },
  );

  test.each(accepts)('is not repeated if it is in the variables of a URL, with accept "%s"', async (accept) => {
    await using api = await startTestApi({}, trustingNames, { graphiql: false });
    const url = `${api.url}?query={hello}&variables=${encodeURIComponent(`{"p":"${secret}" x`)}`;
    const { status, body } = await ask(url, { headers: { accept } });
    expect([400, 406]).toContain(status);
    expect(body).not.toContain('canary');
  });
});

describe.each(Object.entries(transports))('The errors of an operation over %s', (_, { carries, run }) => {
  const word = 'canary-in-the-wrong-place';
  const asName = word.replaceAll('-', '_');
  const user = 'mutation ($i: CreateUserInput!) { createUser(input: $i) { userErrors { code message } } }';
  const operations: readonly Operation[] = [
    { query: 'query ($o: Operation!) { viewer { may(operation: $o) } }', variables: { o: word } },
    { query: 'query ($n: Int) { cluster(name: "a") { keys(first: $n) { scanned } } }', variables: { n: word } },
    { query: `{ cluster(name: { password: "${word}" }) { name } }` },
    { query: `{ cluster(name: ${asName}) { name } }` },
    { query: `{ viewer { may(operation: ${asName}) } }` },
    { query: `{ cluster(name "${word}") { name } }` },
    { query: `{ cluster(name: "a" ${asName}) { name } }` },
    { query: '{ __typename }', operationName: word },
    ...(carries.includes('mutation')
      ? [
          { query: user, variables: { i: { userId: 'a', userName: 'a', authentication: { type: word } } } },
          {
            query: user,
            variables: { i: { userId: 'a', userName: 5, authentication: { passwords: [{ a: word }] } } },
          },
          { query: user, variables: { i: word } },
          { query: user, variables: { i: { [`${word}!`]: 1 } } },
          {
            query: user,
            variables: {
              i: { userId: 'a', userName: 'a', accessString: `on ${word}`, authentication: { passwords: [word] } },
            },
          },
        ]
      : []),
  ];

  test.each(operations.map((operation) => [JSON.stringify(operation), operation] as const))(
    'do not repeat its values: %s',
    async (_, operation) => {
      const log = captureLines();
      await using api = await startTestApi({}, trustingNames, { schema, log: createLogger('debug', log) });
      const { results } = await run(api.url, operation);
      expect(JSON.stringify(results)).toMatch(/"message":"\w/);
      expect(JSON.stringify(results).replaceAll('_', '-')).not.toContain('canary');
      expect(log.text()).not.toContain('canary');
    },
  );
});

const mutation = 'mutation { count }';
const byPost = (headers: Record<string, string>, body: string = JSON.stringify({ query: mutation })) => ({
  method: 'POST',
  headers: { ...json, ...headers },
  body,
});
const inUrl = `?query=${encodeURIComponent(mutation)}`;

/** Requests for a mutation that no server should execute, with the status of the answer. */
const refusedMutations: readonly (readonly [string, string, Parameters<typeof ask>[1], number])[] = [
  ...['text/plain', 'image/*', 'text/html', 'text/*', 'application/xml', '*/*;q=0', 'application/json;q=0.0', 'a'].map(
    (accept) => [`that accepts ${accept}`, '', byPost({ accept }), 406] as const,
  ),
  ['with a very long accept', '', byPost({ accept: `${'a/b, '.repeat(1_000)}application/json` }), 406],
  ...[
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    'text/plain',
    'application/json-patch+json',
    'application/json; charset=latin1',
    'application/json; charset="utf-16"',
    'application/json; charset=utf-16; charset=utf-8',
    'application/json; charset=',
    ',application/json',
    '',
  ].map((type) => [`as ${type}`, '', byPost({ 'content-type': type }), 415] as const),
  ['as form data', '', byPost({ 'content-type': 'application/x-www-form-urlencoded' }, inUrl.slice(1)), 415],
  ['as application/graphql', '', byPost({ 'content-type': 'application/graphql' }, mutation), 415],
  ['in a batch', '', byPost({}, JSON.stringify([{ query: mutation }, { query: mutation }])), 400],
  ['in a URL with an empty object in the body', inUrl, byPost({}, '{}'), 400],
  ...accepts.map((accept) => [`by GET that accepts "${accept}"`, inUrl, { headers: { accept } }, 405] as const),
  [
    'by GET with a body',
    '',
    { headers: { ...json, 'content-length': '30' }, body: JSON.stringify({ query: mutation }) },
    400,
  ],
  ['by GET that says it is POST', inUrl, { headers: { 'x-http-method-override': 'POST' } }, 405],
  ...['HEAD', 'PUT', 'PATCH', 'DELETE', 'QUERY'].map(
    (method) => [`by ${method}`, inUrl, { method, headers: json }, 405] as const,
  ),
];

describe('A refused mutation is not executed', () => {
  test.each(refusedMutations)('%s', async (_, query, options, status) => {
    await using api = await startTestApi({}, trustingNames, { graphiql: false });
    const answer = await ask(api.url + query, options);
    const notAccepted = status === 405 && [405, 406].includes(answer.status);
    expect(notAccepted ? status : answer.status).toBe(status);
    expect(api.mutations()).toBe(0);
  });

  test('an accepted mutation is executed once, with every spelling of the headers', async () => {
    await using api = await startTestApi();
    for (const accept of ['*/*', 'Application/JSON', 'MULTIPART/MIXED;q=0.4', 'text/event-stream, text/plain', '']) {
      expect((await ask(api.url, byPost({ accept }))).body).toContain('"count":1');
    }
    for (const type of [
      'Application/JSON',
      'application/json ; Charset="UTF-8"',
      'application/json;charset=utf8;a="b;c"',
    ]) {
      expect((await ask(api.url, byPost({ 'content-type': type }))).body).toContain('"count":1');
    }
    expect(api.mutations()).toBe(8);
  });
});

describe('A client receives the response format that it prefers', () => {
  test.each([
    ['*/*', 'application/json; charset=utf-8'],
    ['application/json, application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
    ['application/json, application/graphql-response+json;q=0.9', 'application/json; charset=utf-8'],
    ['application/graphql-response+json;q=0, */*', 'application/json; charset=utf-8'],
    ['application/json;q=0, */*', 'application/graphql-response+json; charset=utf-8'],
    ['text/event-stream;q=0.5, application/json;q=0.4', 'text/event-stream; charset=utf-8'],
    ['text/event-stream, application/json', 'application/json; charset=utf-8'],
    [
      'multipart/mixed;boundary="a,b";subscriptionSpec="1.0";q=1',
      'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
    ],
    ['multipart/mixed; deferSpec=20220824, application/json', 'application/json; charset=utf-8'],
    ['text/html,application/xhtml+xml;q=0.9,*/*;q=0.8', 'application/json; charset=utf-8'],
  ])('%s', async (accept, type) => {
    await using api = await startTestApi({}, trustingNames, { graphiql: false });
    expect((await ask(`${api.url}?query={hello}`, { headers: { accept } })).headers['content-type']).toBe(type);
  });
});

/** Sends a request whose target has these bytes. */
function askRaw(api: TestApi, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: api.port, host: '127.0.0.1', path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('Text that is not UTF-8', () => {
  const named = (name: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from('{"query":"query ($name: String) { hello(name: $name) }","variables":{"name":"'),
      name,
      Buffer.from('"}}'),
    ]);
  const invalid = [
    Buffer.from([0xe9]),
    Buffer.from([0xed, 0xa0, 0x80]),
    Buffer.from([0xc0, 0x80]),
    Buffer.from([0xf5]),
  ];

  test.each(accepts)('in a body is refused before anything is executed, with accept "%s"', async (accept) => {
    await using api = await startTestApi();
    for (const bytes of invalid) {
      const answer = await ask(api.url, { method: 'POST', headers: { ...json, accept }, body: named(bytes) });
      expect([400, 406]).toContain(answer.status);
      if (answer.status === 400) expect(answer.body).toContain('Expected UTF-8');
    }
    const body = Buffer.concat([Buffer.from('{"query":"mutation { count } #'), invalid[0]!, Buffer.from('"}')]);
    await ask(api.url, { method: 'POST', headers: { ...json, accept }, body });
    expect(api.mutations()).toBe(0);
  });

  test('in a URL is refused, and UTF-8 is accepted', async () => {
    await using api = await startTestApi();
    const query = encodeURIComponent('query ($name: String) { hello(name: $name) }');
    for (const path of [
      `?query=${query}&variables={"name":"%E9"}`,
      `?query=%7Bhello%7D%23%E9`,
      `?query=%7Bhello%7D&operationName=%ff`,
      `?query=%7Bhello%7D&%E9=1`,
    ]) {
      expect((await ask(api.url + path)).status).toBe(400);
    }
    expect(await askRaw(api, '/graphql?query=%7Bhello%7D%23\u00e9')).toBe(400);
    const { body } = await ask(`${api.url}?query=${query}&variables={"name":"%C3%A9+%F0%9F%98%80"}`);
    expect(JSON.parse(body)).toEqual({ data: { hello: 'hello é 😀' } });
  });

  test('closes a WebSocket with 1007, in text and in binary messages', async () => {
    await using api = await startTestApi();
    for (const binary of [false, true]) {
      for (const first of [undefined, Buffer.from('{"type":"connection_init"}')]) {
        const socket = new WebSocket(api.url.replace('http', 'ws'), 'graphql-transport-ws');
        await new Promise((resolve) => socket.once('open', resolve));
        if (first) socket.send(first, { binary: false });
        socket.send(Buffer.concat([Buffer.from('{"type":"ping","payload":{"a":"'), invalid[0]!, Buffer.from('"}}')]), {
          binary,
        });
        expect(await new Promise((resolve) => socket.once('close', resolve))).toBe(1007);
      }
    }
  });

  describe.each(Object.entries(transports))('over %s', (_, { run }) => {
    test.each(['\ud800', 'a\udc00b', '\udc00\ud800'])('is refused as a lone surrogate in JSON: %j', async (name) => {
      await using api = await startTestApi();
      const query = 'query ($name: String, $numbers: [Int]) { hello(name: $name) total(numbers: $numbers) }';
      for (const variables of [{ name }, { name: 'a', [name]: 1 }, { name: 'a', other: [{ deep: name }] }]) {
        const { results } = await run(api.url, { query, variables });
        expect(results).toMatchObject([
          { errors: [{ extensions: { code: 'INVALID_INPUT', inputPath: ['variables'] } }] },
        ]);
      }
      const escaped = JSON.stringify(name);
      expect((await run(api.url, { query: `{ hello(name: ${escaped}) }` })).results[0]).not.toHaveProperty('data');
    });

    test('does not include a pair of surrogates', async () => {
      await using api = await startTestApi();
      const { results } = await run(api.url, { query: '{ hello(name: "\\ud83d\\ude00") }' });
      expect(results).toEqual([{ data: { hello: 'hello 😀' } }]);
    });
  });

  test('does not include a byte order mark at the start', async () => {
    await using api = await startTestApi();
    const body = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), named(Buffer.from('é'))]);
    const answer = await ask(api.url, { method: 'POST', headers: json, body });
    expect(JSON.parse(answer.body)).toEqual({ data: { hello: 'hello é' } });
    const socket = new WebSocket(api.url.replace('http', 'ws'), 'graphql-transport-ws');
    await new Promise((resolve) => socket.once('open', resolve));
    const answered = new Promise<Buffer>((resolve) => socket.once('message', resolve));
    socket.send('\ufeff{"type":"connection_init"}');
    expect(JSON.parse(String(await answered))).toMatchObject({ type: 'connection_ack' });
    socket.terminate();
  });
});
