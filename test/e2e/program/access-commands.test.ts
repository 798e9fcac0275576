import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { all, makeApiKey } from '../../helpers/access/access.js';
import { runCommand, temporaryFolder } from '../../helpers/apis/command.js';
import { startTokenIssuer } from '../../helpers/access/token-issuer.js';

const apiUrl = /(http:\S+\/graphql)/;
const roles = { admin: { grants: [all] } };

async function writeFiles(files: Record<string, unknown>) {
  const folder = await temporaryFolder();
  const at = (name: string): string => join(folder.path, name);
  for (const [name, content] of Object.entries(files)) await writeFile(at(name), JSON.stringify(content));
  return { at, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}
const ask = async (url: string, headers: Record<string, string> = {}): Promise<number> =>
  (await fetch(`${url}?query={__typename}`, { headers: { accept: 'application/json', ...headers } })).status;

test('a new API key is admitted if its entry is in the access file', async () => {
  await using made = runCommand(['api-key', 'ci', '--roles', 'admin', '--expires', '2999-01-01T00:00:00Z']);
  expect(await made.ended).toBe(0);
  const key = /^ {2}(cg_[\w-]{43})$/m.exec(made.output())![1]!;
  const entry: unknown = JSON.parse(/^ {2}(\{.*\})$/m.exec(made.output())![1]!);
  expect(entry).toMatchObject({ name: 'ci', roles: ['admin'], expiresAt: '2999-01-01T00:00:00Z' });
  await using files = await writeFiles({
    'access.json': { roles, apiKeys: [entry] },
    'config.json': { elasticache: false },
  });
  await using check = runCommand(['access-check', files.at('access.json')]);
  expect(await check.ended).toBe(0);
  expect(check.output()).toContain(
    'is valid. Roles: 1, bindings: 0, API keys: 1; callers without credentials are refused.',
  );

  const args = ['serve', '--config', files.at('config.json'), '--port', '0', '--access', files.at('access.json')];
  await using served = runCommand([...args, '--host', '0.0.0.0']);
  const url = (await served.says(apiUrl))[1]!.replace('0.0.0.0', '127.0.0.1');
  expect([await ask(url), await ask(url, { authorization: `Bearer ${key}` })]).toEqual([401, 200]);
  await served.says(/cross the network unencrypted/);
  expect(served.output()).not.toContain(key);
});

test('tokens are accepted by a key file that the configuration names', async () => {
  await using issuer = await startTokenIssuer();
  await using files = await writeFiles({
    'keys.json': { keys: [await issuer.publicJwk()] },
    'access.json': { roles, bindings: [{ claim: 'groups', value: 'ops', roles: ['admin'] }] },
  });
  const jwt = { jwksFile: files.at('keys.json'), issuer: issuer.issuer, audience: 'cachegraph' };
  const config = { elasticache: false, accessFile: files.at('access.json'), authentication: { jwt } };
  await writeFile(files.at('config.json'), JSON.stringify(config));
  await using served = runCommand(['serve', '--config', files.at('config.json'), '--port', '0']);
  const url = (await served.says(apiUrl))[1]!;
  const token = await issuer.token({ groups: ['ops'] });
  expect([await ask(url), await ask(url, { authorization: `Bearer ${token}` })]).toEqual([401, 200]);
  expect(issuer.fetches()).toBe(0);
});

test('cachegraph dev says that callers authenticate, and restricts the local endpoint, which does not authenticate, to this machine', async () => {
  await using files = await writeFiles({ 'access.json': { roles } });
  const env = { CACHEGRAPH_ACCESS_FILE: files.at('access.json') };
  const args = ['dev', '--data-dir', files.at('data'), '--port', '0', '--elasticache-port', '0', '--host', '0.0.0.0'];
  await using command = runCommand(args, env);
  await command.says(/Permissions +callers authenticate; \S+access\.json says what each caller may do/);
  expect(command.output()).toMatch(/Local ElastiCache +http:\/\/127\.0\.0\.1:/);
});

describe('A start fails', () => {
  const { entry } = makeApiKey('ci', ['nobody']);
  test.each<[string, Record<string, unknown>, string[], RegExp]>([
    [
      'because of a missing access file',
      {},
      ['--access', '/nowhere.json'],
      /\/nowhere\.json is invalid.\s+it cannot be read/,
    ],
    [
      'because of an invalid access file, whose fault is named by path',
      { 'access.json': { apiKeys: [entry] } },
      ['--access', 'access.json'],
      /apiKeys\.0\.roles\.0: unknown role "nobody"/,
    ],
    [
      'because of tokens without an access file',
      { 'config.json': { authentication: { jwt: { jwksUri: 'https://a.example', issuer: 'a', audience: 'b' } } } },
      ['--config', 'config.json'],
      /authentication\.jwt: expected an access file too.*--access/,
    ],
    [
      'because of algorithms with shared secrets',
      {
        'config.json': {
          authentication: { jwt: { jwksUri: 'https://a.example', issuer: 'a', audience: 'b', algorithms: ['HS256'] } },
        },
      },
      ['--config', 'config.json'],
      /authentication\.jwt\.algorithms\.0: .*RS256/,
    ],
    [
      'because of a clock skew above one minute',
      {
        'config.json': {
          authentication: { jwt: { jwksUri: 'https://a.example', issuer: 'a', audience: 'b', clockSkewSeconds: 61 } },
        },
      },
      ['--config', 'config.json'],
      /authentication\.jwt\.clockSkewSeconds: .*60.*61/,
    ],
    [
      'because of two sources of keys',
      {
        'config.json': {
          authentication: { jwt: { jwksUri: 'https://a.example', jwksFile: 'b', issuer: 'a', audience: 'b' } },
        },
      },
      ['--config', 'config.json'],
      /authentication\.jwt: expected either jwksUri or jwksFile/,
    ],
    [
      'because of a secret key in the key file',
      {
        'keys.json': { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] },
        'access.json': { roles },
        'config.json': { authentication: { jwt: { jwksFile: 'keys.json', issuer: 'a', audience: 'b' } } },
      },
      ['--config', 'config.json', '--access', 'access.json'],
      /keys\.json.* is invalid: expected a JSON Web Key Set of public keys/,
    ],
  ])('%s', async (_, contents, args, message) => {
    await using files = await writeFiles(contents);
    const placed = JSON.stringify(contents['config.json'] ?? {}).replace(
      '"keys.json"',
      JSON.stringify(files.at('keys.json')),
    );
    await writeFile(files.at('config.json'), placed);
    await using command = runCommand([
      'serve',
      '--port',
      '0',
      ...args.map((arg) => (arg.startsWith('--') || arg.startsWith('/') ? arg : files.at(arg))),
    ]);
    expect(await command.ended).toBe(1);
    expect(command.output()).toMatch(message);
    expect(command.output()).not.toMatch(/\n\s+at |c2VjcmV0/);
    expect(command.output()).not.toContain(entry.sha256);
  });
});

test.each([
  ['access-check', ['access-check', '/nowhere.json'], /\/nowhere\.json cannot be read/],
  ['api-key', ['api-key', 'ci', '--expires', 'tomorrow'], /expiresAt: expected a date and time/],
])('cachegraph %s reports what is invalid', async (_, args, message) => {
  await using command = runCommand(args);
  expect(await command.ended).toBe(1);
  expect(command.output()).toMatch(message);
  expect(command.output()).not.toMatch(/\n\s+at |cg_/);
});
