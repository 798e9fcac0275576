import { expect, test } from 'vitest';
import { createAuditLog } from '../../../src/telemetry/audit-log.js';
import { createLogger } from '../../../src/telemetry/log.js';
import { captureLines, type CapturedLines } from '../../helpers/run/captured-lines.js';
import { eventually } from '../../helpers/run/eventually.js';
import { connect, subscribe } from '../../helpers/clients/graphql-client.js';
import { trustingNames } from '../../helpers/access/principals.js';
import { startTestApi } from '../../helpers/apis/test-api.js';

const startLogged = async (level: 'info' | 'warn' = 'info') => {
  const log = captureLines();
  const logger = createLogger(level, log);
  return { log, api: await startTestApi({}, trustingNames, { log: logger, audit: createAuditLog(logger, log) }) };
};
const operationsIn = ({ lines }: CapturedLines) => lines.filter(({ msg }) => msg === 'operation');

const ask = (url: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

test('each operation has one line with its caller, name and outcome, without its variables', async () => {
  const { log, api } = await startLogged();
  await using _ = api;
  const query = 'query Greet($name: String) { hello(name: $name) }';
  await ask(api.url, { query, variables: { name: 'a private name' } }, { authorization: 'ada', 'x-request-id': 'r-1' });
  await ask(api.url, { query: '{ hello missing }' });
  await ask(api.url, { query: '{ nothing }' });
  await ask(api.url, { query: 'mutation { count }' });
  await using client = connect(api.url);
  await using subscribed = subscribe(client, 'subscription Ticks { ticks { text } }');
  await api.ticks.hasOpen(1);
  api.ticks.emit({ text: 'one' });
  await subscribed.next();

  const ms = expect.any(Number) as number;
  const principal = 'anonymous';
  const transport = 'http';
  expect(operationsIn(log)).toMatchObject([
    { requestId: 'r-1', transport, kind: 'query', operation: 'Greet', outcome: 'ok', ms, principal: 'ada' },
    { transport, kind: 'query', outcome: 'NOT_FOUND', ms, principal },
    { transport, kind: 'unknown', outcome: 'GRAPHQL_VALIDATION_FAILED', ms, principal },
    { transport, kind: 'mutation', outcome: 'ok', ms, principal },
    { transport: 'websocket', kind: 'subscription', operation: 'Ticks', outcome: 'ok', ms, principal },
  ]);
  expect(log.text()).not.toContain('a private name');
});

test('with the log level of development, which is warn, operations have no line', async () => {
  const { log, api } = await startLogged('warn');
  await using _ = api;
  await ask(api.url, { query: '{ hello }' });
  expect(log.lines).toEqual([]);
});

test('the ID of a request is in its answer, in its errors and in all of its log lines', async () => {
  const { log, api } = await startLogged();
  await using _ = api;
  const response = await ask(api.url, { query: '{ bug }' }, { 'x-request-id': 'proxy.given-ID_1' });
  expect(response.headers.get('x-request-id')).toBe('proxy.given-ID_1');
  const { errors } = (await response.json()) as { errors: object[] };
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'proxy.given-ID_1' } }]);
  const lines = log.lines.filter(({ requestId }) => requestId === 'proxy.given-ID_1');
  expect(lines.map(({ msg }) => msg)).toEqual(['unexpected error', 'operation']);
});

test.each([
  ['missing', undefined],
  ['with spaces', 'a b'],
  ['that could be read as JSON', '","level":60,"x":"'],
  ['that is too long', 'x'.repeat(129)],
  ['that is empty', ''],
])('an ID %s is replaced by a new one', async (_, given) => {
  const { log, api } = await startLogged();
  await using __ = api;
  const response = await ask(api.url, { query: '{ hello }' }, given === undefined ? {} : { 'x-request-id': given });
  const own = response.headers.get('x-request-id');
  expect(own).toMatch(/^[0-9a-f-]{36}$/);
  expect(operationsIn(log)).toMatchObject([{ requestId: own }]);
});

test('a request that is refused before it is read has an ID, too', async () => {
  const { api } = await startLogged();
  await using _ = api;
  const response = await fetch(api.url, { method: 'DELETE', headers: { 'x-request-id': 'r-2' } });
  expect(response.headers.get('x-request-id')).toBe('r-2');
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { requestId: 'r-2' } }] });
});

test('each operation on a socket has its own ID', async () => {
  const { log, api } = await startLogged();
  await using _ = api;
  await using client = connect(api.url);
  await using one = subscribe(client, '{ hello }');
  await one.next();
  await using two = subscribe(client, '{ hello }');
  await two.next();
  await eventually(() => expect(operationsIn(log)).toHaveLength(2));
  const [first, second] = operationsIn(log);
  expect(first!['requestId']).not.toBe(second!['requestId']);
});
