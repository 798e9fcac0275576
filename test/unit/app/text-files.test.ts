import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { accessCheck } from '../../../src/cli/commands/access-check.js';
import { readCredentials } from '../../../src/app/cluster-credentials.js';
import { openPersistedOperations } from '../../../src/app/open-persisted-operations.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { schema } from '../../../src/schema/schema.js';
import { openAccessRegistry } from '../../../src/server/admission/access/access-registry.js';
import { openKeyFile } from '../../../src/server/admission/authentication/key-source.js';
import { hashOf } from '../../../src/server/execution/prepare/persisted-operations.js';
import { canary } from '../../helpers/run/canary.js';
import { temporaryFolder } from '../../helpers/apis/command.js';
import { testLog } from '../../helpers/run/test-log.js';
import { startTokenIssuer } from '../../helpers/access/token-issuer.js';

const mark = Buffer.from([0xef, 0xbb, 0xbf]);

async function fileOf(bytes: Buffer) {
  const folder = await temporaryFolder();
  const path = join(folder.path, 'file');
  await writeFile(path, bytes);
  return { path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

async function publicKeys(): Promise<string> {
  await using issuer = await startTokenIssuer();
  return JSON.stringify({ keys: [await issuer.publicJwk()], note: 'é' });
}

const persisted = async (file: string) => {
  const { limits } = await loadConfig({}, {});
  return openPersistedOperations({ persistedOperations: { file, only: false }, limits }, schema);
};
const document = '{ __typename } # é';
const password = canary('pässwörd');

/** Each text file that the product reads: its name, content and reader. */
const files: readonly (readonly [string, string | Promise<string>, (path: string) => Promise<unknown>])[] = [
  ['the configuration', '{ "auditLog": "é" }', (config) => loadConfig({ config }, {})],
  [
    'an access file',
    '{ "roles": { "é": { "grants": [] } } }',
    async (path) => (await openAccessRegistry({ path, log: testLog() }))[Symbol.asyncDispose](),
  ],
  ['an access file that is checked', '{ "roles": { "é": { "grants": [] } } }', accessCheck],
  ['a file of keys', publicKeys(), async (path) => (await openKeyFile(path, testLog()))[Symbol.asyncDispose]()],
  ['a password', `${password}\n`, (passwordFile) => readCredentials({ name: 'a', tls: false, passwordFile })],
  ['a file of operations', JSON.stringify({ [hashOf(document)]: document }), persisted],
];

describe.each(files)('The file of %s', (_, content, read) => {
  test('is refused if it is not UTF-8', async () => {
    const bytes = Buffer.from((await content).replace('é', '\u00e9').replace('ä', '\u00e4'), 'latin1');
    await using file = await fileOf(bytes);
    await expect(read(file.path)).rejects.toThrow(/is not UTF-8/);
  });

  test('may begin with a byte order mark', async () => {
    await using file = await fileOf(Buffer.concat([mark, Buffer.from(await content)]));
    await read(file.path);
  });
});

test('a password is read unchanged, except for its byte order mark and line end', async () => {
  await using file = await fileOf(Buffer.concat([mark, Buffer.from(`${password}\n`)]));
  const credentials = await readCredentials({
    name: 'a',
    tls: false,
    passwordFile: file.path,
  });
  expect(credentials).toEqual({ username: undefined, password });
});

test('a password in the environment that is not UTF-8 is rejected without repeating it', async () => {
  vi.stubEnv('CANARY_PASSWORD', `${password}\uFFFD`);
  const access = { name: 'a', tls: false, passwordEnv: 'CANARY_PASSWORD' } as const;
  const refusal = await readCredentials(access).catch((cause: unknown) => String(cause));
  vi.unstubAllEnvs();
  expect(refusal).toContain('The environment variable CANARY_PASSWORD is not valid UTF-8');
  expect(refusal).not.toContain(password);
});

test('an access file that becomes invalid UTF-8 changes nothing', async () => {
  await using file = await fileOf(
    Buffer.from('{ "roles": { "a": { "grants": [] } }, "anonymous": { "roles": ["a"] } }'),
  );
  let report: (outcome: string) => void = () => undefined;
  const outcome = new Promise<string>((resolve) => (report = resolve));
  await using registry = await openAccessRegistry({
    path: file.path,
    log: testLog(),
    pollMs: 20,
    onReload: (each) => report(each),
  });
  await writeFile(file.path, Buffer.from('{ "roles": { "\u00e9": { "grants": [] } } }', 'latin1'));
  expect(await outcome).toBe('failed');
  expect(registry.rules.anonymous).toEqual(['a']);
});
