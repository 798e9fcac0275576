import { readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Services } from '../../../src/resolvers/shared/context.js';
import { ExpectedFailure, Outage } from '../../../src/domain/errors.js';
import { schema } from '../../../src/schema/schema.js';
import { startApiServer, type ApiServerOptions } from '../../../src/server/server.js';
import { createAuditLog, openAuditFile } from '../../../src/telemetry/audit-log.js';
import { captureLines } from '../../helpers/run/captured-lines.js';
import { temporaryFolder } from '../../helpers/apis/command.js';
import { connect, post, subscribe } from '../../helpers/clients/graphql-client.js';
import { trustingNames } from '../../helpers/access/principals.js';
import { testLog } from '../../helpers/run/test-log.js';

/** A cluster whose commands end as given. */
function startAudited(send: () => Promise<unknown>, more: Partial<ApiServerOptions> = {}) {
  const commands = { send, isClustered: false };
  const connections = { commands: () => Promise.resolve(commands), dataAccess: () => ({ state: 'CONNECTED' }) };
  return startApiServer({
    schema,
    services: { connections, realtime: { isOwn: () => false } } as unknown as Services,
    log: testLog(),
    host: '127.0.0.1',
    port: 0,
    authenticator: trustingNames,
    ...more,
  });
}
const audited = async (send: () => Promise<unknown>, query: string, variables?: Record<string, unknown>) => {
  const lines = captureLines();
  const audit = createAuditLog({ isLevelEnabled: () => true }, lines);
  await using api = await startAudited(send, { audit });
  await post(api.url, query, variables);
  return lines;
};
const set = (key: string, more = '') =>
  `setString(input: { cluster: "orders", key: "${key}", value: "hunter2" ${more} })`;
const answer = () => Promise.resolve(Buffer.from('OK'));

test('a mutation is logged with its caller, field and target, without values', async () => {
  const lines = await audited(answer, `mutation Buy { ${set('cart:1')} { applied } }`);
  expect(lines.lines).toEqual([
    {
      level: 30,
      name: 'cachegraph.audit',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      requestId: expect.any(String) as string,
      principal: 'anonymous',
      transport: 'http',
      address: '127.0.0.1',
      field: 'setString',
      target: { cluster: 'orders', key: 'cart:1' },
      outcome: 'ok',
    },
  ]);
  expect(lines.text()).not.toContain('hunter2');
});

test('each field has its own line, wherever its input comes from and whatever its alias is', async () => {
  const input = { cluster: 'orders', key: 'b', value: 'hunter2' };
  const { lines } = await audited(
    answer,
    `mutation ($input: SetStringInput!, $default: SetStringInput = { cluster: "orders", key: "c", value: "x" }, $no: Boolean = false) {
      one: ${set('a')} { applied }
      ... { ...Two }
      three: setString(input: $default) { applied }
      four: ${set('d')} @include(if: $no) { applied }
    }
    fragment Two on Mutation { two: setString(input: $input) { applied } }`,
    { input },
  );
  expect(lines.map(({ target }) => target.key)).toEqual(['a', 'b', 'c']);
});

test('queries are not logged', async () => {
  expect((await audited(answer, '{ __typename }')).lines).toEqual([]);
});

test('a refusal is logged with its codes, even if the client has not selected userErrors', async () => {
  const refuse = () => Promise.reject(new ExpectedFailure('PERMISSION_DENIED', 'No.'));
  const { lines } = await audited(refuse, `mutation { ${set('a')} { applied } }`);
  expect(lines).toMatchObject([{ outcome: 'refused', codes: ['PERMISSION_DENIED'] }]);
});

test.each(['FORBIDDEN', 'UNAUTHENTICATED', 'CLUSTER_UNAVAILABLE'] as const)(
  'an error with the code %s is logged as a refusal',
  async (code) => {
    const { lines } = await audited(
      () => Promise.reject(new Outage(code, 'No.')),
      `mutation { ${set('a')} { applied } }`,
    );
    expect(lines).toMatchObject([{ outcome: 'refused', codes: [code] }]);
  },
);

test('an unknown outcome is logged as unknown', async () => {
  const lost = () => Promise.reject(new Outage('UNKNOWN_OUTCOME', 'Lost.'));
  const { lines } = await audited(lost, `mutation { ${set('a')} { applied } }`);
  expect(lines).toMatchObject([{ outcome: 'unknown', codes: ['UNKNOWN_OUTCOME'] }]);
});

test('a mutation that does not end in time has an unknown outcome', async () => {
  const lines = captureLines();
  const audit = createAuditLog({ isLevelEnabled: () => true }, lines);
  await using api = await startAudited(() => new Promise(() => undefined), {
    audit,
    limits: { operationTimeoutMs: 50, drainTimeoutMs: 50 },
  });
  await post(api.url, `mutation { ${set('a')} { applied } ${set('b').replace('set', 'two: set')} { applied } }`);
  expect(lines.lines).toMatchObject([{ outcome: 'unknown' }, { outcome: 'unknown' }]);
});

test('a mutation by GET is refused and logged', async () => {
  const lines = captureLines();
  const audit = createAuditLog({ isLevelEnabled: () => true }, lines);
  await using api = await startAudited(answer, { audit });
  await fetch(`${api.url}?query=${encodeURIComponent(`mutation { ${set('a')} { applied } }`)}`);
  expect(lines.lines).toMatchObject([{ field: 'setString', outcome: 'refused', codes: ['METHOD_NOT_ALLOWED'] }]);
});

const refusedByLimits: readonly (readonly [string, object, string, Record<string, unknown>])[] = [
  ['its cost', { maxCost: 1 }, `mutation { ${set('a')} { applied } }`, {}],
  [
    'the size of its variables',
    { maxVariableValues: 3 },
    `mutation { ${set('a')} { applied } }`,
    { list: [1, 2, 3, 4] },
  ],
];

test.each(refusedByLimits)('a mutation that is refused for %s is logged', async (_, limits, query, variables) => {
  for (const run of [post, bySocket]) {
    const lines = captureLines();
    const audit = createAuditLog({ isLevelEnabled: () => true }, lines);
    await using api = await startAudited(answer, { audit, limits });
    await run(api.url, query, variables);
    expect(lines.lines).toMatchObject([
      { field: 'setString', target: { key: 'a' }, outcome: 'refused', codes: ['LIMIT_EXCEEDED'] },
    ]);
  }
});

test.each([
  ['does not parse', `mutation { ${set('a')} {`],
  ['is not valid', `mutation { ${set('a')} { nothing } }`],
  ['nests too deeply', `mutation { ${set('a')} { userErrors { code } } }`],
])('a document that %s is not logged', async (_, query) => {
  const lines = captureLines();
  const audit = createAuditLog({ isLevelEnabled: () => true }, lines);
  await using api = await startAudited(answer, { audit, limits: { maxDepth: 1 } });
  expect(await post(api.url, query)).not.toHaveProperty('data');
  expect(lines.lines).toEqual([]);
});

async function bySocket(url: string, query: string, variables: Record<string, unknown>): Promise<void> {
  await using client = connect(url);
  await using subscribed = subscribe(client, query, variables);
  await subscribed.ended.catch(() => undefined);
}

test('a mutation over a WebSocket is logged in the same way', async () => {
  const lines = captureLines();
  const audit = createAuditLog({ isLevelEnabled: () => true }, lines);
  await using api = await startAudited(answer, { audit });
  await using client = connect(api.url, { headers: { authorization: 'grace' } });
  await using subscribed = subscribe(client, `mutation { ${set('a')} { applied } }`);
  await subscribed.next();
  expect(lines.lines).toMatchObject([{ transport: 'websocket', principal: 'grace', target: { key: 'a' } }]);
});

test('a name cannot forge a line, or hide one on a terminal', async () => {
  const key = 'a"}\n{"forged":true}\r\u2028\u2029\u0085\u001b[2K\u009b2K\u202e\u0000\ud800';
  const lines = await audited(answer, 'mutation ($input: SetStringInput!) { setString(input: $input) { applied } }', {
    input: { cluster: 'orders', key, value: 'x' },
  });
  expect(lines.text().split(/[\n\r\u2028\u2029\u0085]/)).toHaveLength(2);
  expect(lines.text()).toMatch(/^[\u0020-\u007e\n]*$/);
  expect(lines.lines).toMatchObject([{ target: { key } }]);
});

test('a very long name and a very long list are truncated', async () => {
  const keys = Array.from({ length: 200 }, () => 'k'.repeat(1000));
  const { lines } = await audited(
    () => Promise.resolve('1'),
    'mutation ($input: DeleteKeysInput!) { deleteKeys(input: $input) { deleted } }',
    { input: { cluster: 'orders', keys } },
  );
  const names = lines[0]!['target'].keys as string[];
  expect(names).toHaveLength(101);
  expect(names[0]).toBe(`${'k'.repeat(256)}…`);
  expect(names.at(-1)).toBe('… 100 more');
});

test('lines are appended to a file that only its owner may read, and the file is reopened after a rotation', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'audit.log');
  const write = async (key: string) => {
    await using audit = openAuditFile(path, testLog());
    await using api = await startAudited(answer, { audit });
    await post(api.url, `mutation { ${set(key)} { applied } }`);
  };
  await write('one');
  await write('two');
  const keysIn = async (file: string) =>
    (await readFile(file, 'utf8')).split('\n').flatMap((line) => (line ? [JSON.parse(line).target.key as string] : []));
  expect(await keysIn(path)).toEqual(['one', 'two']);
  expect((await stat(path)).mode & 0o777).toBe(0o600);

  await using audit = openAuditFile(path, testLog());
  await using api = await startAudited(answer, { audit });
  await rename(path, `${path}.1`);
  process.emit('SIGHUP', 'SIGHUP');
  await post(api.url, `mutation { ${set('three')} { applied } }`);
  expect(await keysIn(path)).toEqual(['three']);
  expect(await keysIn(`${path}.1`)).toEqual(['one', 'two']);
});
