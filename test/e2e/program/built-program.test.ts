import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { printSchema } from '../../../src/schema/print.js';
import { all } from '../../helpers/access/access.js';
import { processesIn, runCommand, temporaryFolder, type RunningCommand } from '../../helpers/apis/command.js';
import { connect, data, post, subscribe } from '../../helpers/clients/graphql-client.js';
import { builtProgram } from '../../helpers/run/built-programs.js';
import { startTokenIssuer } from '../../helpers/access/token-issuer.js';
import { startValkey, type TestValkey } from '../../helpers/valkey/valkey.js';

// Tests in this process run the sources. A bundle can break code that is loaded late, found by a path, or must exist only
// once.

const built = builtProgram()!;

const run = (args: readonly string[], nodeArguments: readonly string[] = []): RunningCommand =>
  runCommand(args, {}, { program: [...nodeArguments, built.main] });
const urlOf = async (command: RunningCommand): Promise<string> => (await command.says(/(http:\S+\/graphql)/))[1]!;

/** The arguments of `cachegraph serve` against this server as cluster `orders`. */
async function serving({ host, port }: TestValkey, folder: string, settings: object = {}): Promise<readonly string[]> {
  const config = join(folder, 'config.json');
  const clusters = [{ name: 'orders', endpoint: { host, port } }];
  await writeFile(config, JSON.stringify({ elasticache: false, port: 0, clusters, ...settings }));
  return ['serve', '--config', config];
}

const read = '{ cluster(name: "orders") { key(name: "k") { ... on StringKey { value } } } }';
const k = { cluster: { key: { value: 'v' } } };

test('the built program knows its version and its schema, and has the licences of its libraries', async () => {
  await using version = run(['--version']);
  await using schema = run(['schema']);
  expect(await version.ended).toBe(0);
  expect(version.output()).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(await schema.ended).toBe(0);
  expect(schema.output()).toBe(printSchema());
  expect(await readFile(join(built.folder, 'dist/licenses.txt'), 'utf8')).toMatch(
    /^graphql \d+\.\d+\.\d+ \(MIT\)\n\nMIT License/m,
  );
});

test('the built program decodes zstd and MessagePack', async () => {
  await using valkey = await startValkey();
  await using folder = await temporaryFolder();
  await using command = run(await serving(valkey, folder.path));
  const url = await urlOf(command);
  const input = '{ cluster: "orders", key: "k", value: "KLUv/SAEIQAAgaFhAQ==", valueEncoding: BASE64 }';
  const decoded = 'key { decoded { formats json } }';
  expect(await data(url, `mutation { setString(input: ${input}) { ${decoded} } }`)).toEqual({
    setString: { key: { decoded: { formats: ['ZSTD', 'MESSAGE_PACK'], json: { a: 1 } } } },
  });
});

test('the built program answers over every transport, with compiled operations too, and ends cleanly', async () => {
  await using valkey = await startValkey();
  await valkey.command('SET', 'k', 'v');
  await using folder = await temporaryFolder();
  await using command = run([...(await serving(valkey, folder.path)), '--graphiql']);
  const url = await urlOf(command);
  // More often than an operation runs before it is compiled.
  for (let times = 0; times < 200; times += 1) expect(await data(url, read)).toEqual(k);

  const asked = { method: 'POST', body: JSON.stringify({ query: read }) };
  const headers = { 'content-type': 'application/json', accept: 'multipart/mixed' };
  const multipart = await fetch(url, { ...asked, headers });
  expect([multipart.status, await multipart.text()]).toEqual([200, expect.stringContaining('"value":"v"')]);

  const page = await fetch(url, { headers: { accept: 'text/html' } });
  expect([page.status, (await page.text()).length > 1_000_000]).toEqual([200, true]);

  await using client = connect(url);
  await using messages = subscribe(
    client,
    'subscription { channelMessages(cluster: "orders", channels: ["c"], announce: true) { messages { payload } } }',
  );
  expect((await messages.next()).data).toEqual({ channelMessages: { messages: [] } });
  await valkey.command('PUBLISH', 'c', 'p');
  expect((await messages.next()).data).toEqual({ channelMessages: { messages: [{ payload: 'p' }] } });

  expect((await post(url, '{ nothing }')).errors).toMatchObject([
    { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
  ]);
  expect(await (await fetch(new URL('/metrics', url))).text()).toContain('cachegraph_operations_total');
  command.child.kill('SIGTERM');
  expect(await command.ended).toBe(0);
  expect(command.output()).not.toContain('the query compiler cannot be loaded');
  // For the next start, if this version of Node.js can cache it.
  expect(existsSync(join(built.folder, 'dist/compiled'))).toBe('enableCompileCache' in nodeModule);
});

test('the built program accepts tokens', async () => {
  await using valkey = await startValkey();
  await using issuer = await startTokenIssuer();
  await using folder = await temporaryFolder();
  const [keys, access] = [join(folder.path, 'keys.json'), join(folder.path, 'access.json')];
  const roles = { admin: { grants: [all] } };
  await writeFile(keys, JSON.stringify({ keys: [await issuer.publicJwk()] }));
  await writeFile(access, JSON.stringify({ roles, bindings: [{ claim: 'sub', value: 'ada', roles: ['admin'] }] }));
  const jwt = { jwksFile: keys, issuer: issuer.issuer, audience: 'cachegraph' };
  await using command = run(await serving(valkey, folder.path, { accessFile: access, authentication: { jwt } }));
  const url = await urlOf(command);
  const ask = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${url}?query={__typename}`, { headers: { ...headers, accept: 'application/json' } })).status;
  expect([await ask({}), await ask({ authorization: `Bearer ${await issuer.token()}` })]).toEqual([401, 200]);
});

test('the built program sends its spans to the SDK that is loaded first', async () => {
  await using valkey = await startValkey();
  await using folder = await temporaryFolder();
  const tracing = join(built.folder, 'tracing.js');
  await writeFile(
    tracing,
    `import { ConsoleSpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
    new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())] }).register();`,
  );
  await using command = run(await serving(valkey, folder.path), ['--import', tracing]);
  await data(await urlOf(command), 'query Read { cluster(name: "orders") { keyCount } }');
  await command.says(/name: 'query Read'/);
});

test('the built program runs a local ElastiCache with TLS for the real SDK, and leaves no processes behind', async () => {
  await using folder = await temporaryFolder();
  await using command = run(['dev', '--data-dir', folder.path, '--port', '0', '--elasticache-port', '0']);
  const url = await urlOf(command);
  const { createCluster } = await data(
    url,
    `mutation {
      createCluster(input: { name: "c", replicasPerShard: 0, transitEncryption: REQUIRED, waitSeconds: 60 }) {
        cluster { status }
        userErrors { message }
      }
    }`,
  );
  expect(createCluster).toEqual({ cluster: { status: 'AVAILABLE' }, userErrors: [] });
  const { cluster } = await data(url, '{ cluster(name: "c") { keyCount } }');
  expect(cluster).toEqual({ keyCount: 0 });
  command.child.kill('SIGTERM');
  expect(await command.ended).toBe(0);
  expect(await processesIn(folder.path)).toEqual([]);
});
