import { readFile } from 'node:fs/promises';
import prettier from 'prettier';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ask } from '../../helpers/clients/raw-http.js';
import { readResults } from '../../helpers/clients/streaming-responses.js';
import type { Result } from '../../helpers/clients/graphql-client.js';
import { pageWithTables } from './page.js';
import { startDraining, startParityServer, type KeptConnection, type ParityServer } from './servers.js';
import { formats, rows, type Format, type Outcome, type Row, type Server } from './table.js';

type Answer = Awaited<ReturnType<typeof ask>>;

const servers = new Map<Server, ParityServer & AsyncDisposable>();
/** Connections to the draining server, opened before it starts draining. */
let kept: KeptConnection[] | undefined;
const accepts = Object.values(formats).flatMap((format) => format.accepts);

beforeAll(async () => {
  // A minute passes before each request, because refusals are logged once a minute and rates are limited.
  vi.useFakeTimers({ toFake: ['performance'] });
  const small = { maxBodyBytes: 2_000, maxRootFields: 3, maxVariableValues: 5 };
  servers.set('open', await startParityServer(small));
  servers.set('impatient', await startParityServer({ operationTimeoutMs: 20 }));
  servers.set('closed', await startParityServer({}, true));
  servers.set('rate', await startParityServer({ maxOperationsPerSecond: 1 }));
  servers.set('cost', await startParityServer({ maxCostPerMinute: 1 }));
  servers.set('full', await startParityServer({ maxSubscriptionsPerClient: 0 }));
  servers.set('draining', await startParityServer({ drainTimeoutMs: 20_000 }));
});

afterAll(async () => {
  for (const server of servers.values()) await server[Symbol.asyncDispose]();
  vi.useRealTimers();
});

async function send(row: Row, accept: string | undefined, server: ParityServer): Promise<Answer> {
  const { method = 'GET', path = '/graphql', headers: given = {}, body } = row;
  const headers = { ...given, ...(accept !== undefined && { accept }), 'x-request-id': 'mine' };
  if (row.server === 'draining') return sendBehind(kept!.pop()!, method, path, headers);
  const answer = ask(server.api.url.replace('/graphql', path), {
    method,
    headers,
    ...(body !== undefined && { body }),
  });
  if (row.streams && row.outcome(formatOf(accept)).status === 200) {
    await server.api.ticks.hasOpen(1);
    server.api.ticks.emit({ text: 'one' });
    server.api.ticks.complete();
  }
  return answer;
}

async function sendBehind(
  connection: KeptConnection,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<Answer> {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const answer = await connection.ask(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  const [head = '', body = ''] = answer.split('\r\n\r\n', 2);
  const [first = '', ...rest] = head.split('\r\n');
  const fields = rest.map((line) => [line.split(': ')[0]!.toLowerCase(), line.slice(line.indexOf(': ') + 2)]);
  return { status: Number(first.split(' ')[1]), headers: Object.fromEntries(fields) as Answer['headers'], body };
}

function formatOf(accept: string | undefined): Format {
  const found = Object.entries(formats).find(([, format]) => format.accepts.includes(accept));
  return found![0] as Format;
}

/** Exhausts the client's limit, or starts draining the server. */
async function prepare(name: Server, server: ParityServer): Promise<void> {
  const again = name === 'rate' ? 2 : name === 'cost' ? 1 : 0;
  for (let count = 0; count < again; count += 1) await ask(`${server.api.url}?query={hello}`);
  if (name === 'draining') kept ??= [...(await startDraining(server, accepts.length))];
}

async function resultsIn({ headers, body }: Answer): Promise<readonly Result[]> {
  const type = String(headers['content-type']);
  if (type.includes('json')) return [JSON.parse(body) as Result];
  if (type.includes('boundary="-"')) return [JSON.parse(/\r\n\r\n(\{[^]*\})\r\n/.exec(body)![1]!) as Result];
  const results: Result[] = [];
  for await (const result of readResults(new Response(body, { headers: { 'content-type': type } }))) {
    results.push(result);
  }
  return results;
}

/** Headers of every answer. */
const always = {
  'x-request-id': 'mine',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
};
/** Headers that an answer has only if its outcome lists them. */
const optional = ['allow', 'retry-after', 'www-authenticate', 'accept-encoding'];

async function expectOutcome(answer: Answer, expected: Outcome, before: ParityServer): Promise<void> {
  const { status, code, kind, type, headers = {} } = expected;
  expect([answer.status, answer.headers['content-type']]).toEqual([status, type]);
  expect(answer.headers).toMatchObject({ ...always, ...headers });
  expect(optional.filter((name) => name in answer.headers).toSorted()).toEqual(
    Object.keys(headers)
      .filter((name) => name !== 'connection')
      .toSorted(),
  );
  const results = await resultsIn(answer);
  expect(results).toHaveLength(1);
  const [error] = results[0]!.errors ?? [];
  if (code === 'ok') expect(results[0]).toEqual({ data: expect.any(Object) as object });
  else expect(error!.extensions).toMatchObject({ code, requestId: 'mine' });
  // The line of a stream is written when the stream starts, every other line before the answer.
  const lines = before.log.lines.filter(
    ({ msg, requestId }) => requestId === 'mine' && (msg === 'operation' || msg === 'request refused'),
  );
  expect(lines).toMatchObject([
    { level: 30, msg: expected.line, requestId: 'mine', transport: 'http', kind, outcome: code, address: '127.0.0.1' },
  ]);
  if (expected.line === 'request refused') expect(lines[0]).toMatchObject({ status, refusedSince: 0 });
  expect(before.counted).toEqual([{ kind, outcome: code }]);
  const audited = before.audit.lines.map(({ requestId, outcome }) => [requestId, outcome]);
  expect(audited).toEqual(expected.audit ? [['mine', expected.audit]] : []);
}

describe.each(rows.map((row) => [row.name, row] as const))('%s', (_, row) => {
  test.each(Object.keys(formats) as Format[])(
    'has its status, headers, body, log line, metric and audit line as %s',
    async (format) => {
      const name = row.server ?? 'open';
      const server = servers.get(name)!;
      for (const accept of formats[format].accepts) {
        vi.advanceTimersByTime(60_000);
        await prepare(name, server);
        for (const written of [server.log, server.audit]) written.clear();
        server.counted.length = 0;
        const mutations = server.api.mutations();
        const answer = await send(row, accept, server);
        // The earlier request on the connection.
        if (name === 'draining') expect(server.counted.pop()).toEqual({ kind: 'query', outcome: 'ok' });
        await expectOutcome(answer, row.outcome(format), server);
        const isExecuted = row.outcome(format).audit === 'ok';
        expect(server.api.mutations() - mutations).toBe(isExecuted ? 1 : 0);
      }
    },
  );
});

test('docs/http.md contains the tables of this suite', async () => {
  const path = new URL('../../../docs/http.md', import.meta.url).pathname;
  const options = { ...(await prettier.resolveConfig(path)), filepath: path };
  // To update the page: npx vitest run test/e2e/http-parity -u
  await expect(await prettier.format(pageWithTables(await readFile(path, 'utf8')), options)).toMatchFileSnapshot(path);
});
