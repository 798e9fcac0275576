import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { printSchema } from '../../../src/schema/print.js';
import { all, makeApiKey } from '../../helpers/access/access.js';
import { canary } from '../../helpers/run/canary.js';
import { runCommand, temporaryFolder } from '../../helpers/apis/command.js';
import { connect, subscribe } from '../../helpers/clients/graphql-client.js';
import { startTokenIssuer } from '../../helpers/access/token-issuer.js';

const freePorts = ['--port', '0', '--elasticache-port', '0'];

/** All files below a folder, as text. */
async function allIn(folder: string): Promise<{ path: string; text: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (path) => ({ path, text: await readFile(path, 'latin1') })));
}

const errors = 'userErrors { code message path cause }';

test('using every feature leaves no secret anywhere', { timeout: 120_000 }, async () => {
  await using folder = await temporaryFolder();
  await using issuer = await startTokenIssuer();
  const dataDir = join(folder.path, 'data');
  const auditLog = join(folder.path, 'audit.log');
  const at = (name: string): string => join(folder.path, name);
  const key = makeApiKey('ci', ['admin']);
  const wrongKey = makeApiKey('nobody');
  const token = await issuer.token({ groups: ['ops'] });
  const expired = await issuer.token({ exp: 1 });
  const bindings = [{ claim: 'groups', value: 'ops', roles: ['admin'] }];
  const jwt = { jwksFile: at('keys.json'), issuer: issuer.issuer, audience: 'cachegraph' };
  const files = {
    'keys.json': { keys: [await issuer.publicJwk()] },
    'access.json': { roles: { admin: { grants: [all] } }, apiKeys: [key.entry], bindings },
    'config.json': { auditLog, accessFile: at('access.json'), authentication: { jwt } },
  };
  for (const [name, content] of Object.entries(files)) await writeFile(at(name), JSON.stringify(content));
  const password = canary('password');
  const second = canary('second-password');
  const wrong = canary('wrong-password');
  const short = canary('x').slice(0, 12);
  const authToken = canary('auth-token');
  const nextToken = canary('next-auth-token');
  const secrets = [password, second, wrong, short, authToken, nextToken];
  const tokens = [key.key, wrongKey.key, token, expired, token.split('.')[2]!];

  const seen: string[] = [];
  {
    const args = ['dev', '--config', at('config.json'), '--data-dir', dataDir, '--log-level', 'trace', ...freePorts];
    await using command = runCommand(args);
    const url = (await command.says(/(http:\S+\/graphql)/))[1]!;
    const ask = async (query: string, variables: object = {}, authorization = `Bearer ${token}`): Promise<any> => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ query, variables }),
      });
      const text = await response.text();
      seen.push(text, JSON.stringify([...response.headers]));
      return JSON.parse(text);
    };
    const available = async (name: string): Promise<void> => {
      await using client = connect(url, { headers: { authorization: key.bearer } });
      await using changes = subscribe(
        client,
        `subscription { clusterChanges(cluster: "${name}") { cluster { status } } }`,
      );
      while ((await changes.next()).data!['clusterChanges'].cluster.status !== 'AVAILABLE');
    };
    const createUser = `mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id authentication { passwordCount } } ${errors} } }`;
    const user = (passwords: unknown, more: object = {}) => ({
      input: {
        userId: 'writer-1',
        userName: 'writer',
        accessString: 'on ~* &* +@all',
        authentication: { type: 'PASSWORD', passwords },
        ...more,
      },
    });
    expect((await ask(createUser, user([password]))).data.createUser.userErrors).toEqual([]);
    await ask(createUser, user([password]));
    await ask(createUser, user([short], { userId: 'writer-2' }));
    await ask(createUser, user([`${password}@"\n`], { userId: 'writer-2' }));
    await ask(createUser, user([second], { userId: '1 wrong' }));
    await ask(createUser, user({ secret: second }));
    await ask(createUser, user([second], { authentication: { passwords: [second], kind: second } }));
    await ask(createUser.replace('$input: CreateUserInput!', '$input: String!'), { input: second });
    await ask(
      `mutation { createUser(input: { userId: "a", authentication: { type: PASSWORD, passwords: "${second}" } }) { created } }`,
    );
    await ask(
      `mutation { connectCluster(input: { cluster: "locked", password: ${JSON.stringify(second)} username: 5 }) { nothing } }`,
    );
    await ask(`mutation { connectCluster(input: { cluster: "locked", password: "${second}`);
    await ask(
      `mutation { modifyUser(input: { userId: "writer-1", authentication: { type: PASSWORD, passwords: ["${password}", "${second}"] } }) { ${errors} } }`,
    );
    await ask(`mutation { createUserGroup(input: { userGroupId: "team", userIds: ["writer-1"] }) { ${errors} } }`);
    const locked = `mutation { createCluster(input: { name: "locked", transitEncryption: REQUIRED, replicasPerShard: 0, userGroupIds: ["team"] }) { ${errors} } }`;
    expect((await ask(locked)).data.createCluster.userErrors).toEqual([]);
    const guarded = `mutation ($token: String!) { createCluster(input: { name: "guarded", transitEncryption: REQUIRED, replicasPerShard: 0, authToken: $token }) { ${errors} } }`;
    await ask(guarded, { token: short });
    expect((await ask(guarded, { token: authToken })).data.createCluster.userErrors).toEqual([]);
    await Promise.all([available('locked'), available('guarded')]);

    const enter = `mutation ($input: ConnectClusterInput!) { connectCluster(input: $input) { cluster { dataAccess { state error } } ${errors} } }`;
    const connectAs = (input: object): Promise<any> => ask(enter, { input });
    await connectAs({ cluster: 'locked', username: 'writer', password: wrong });
    await connectAs({ cluster: 'locked', password: wrong });
    await connectAs({ cluster: 'nowhere', username: 'writer', password: wrong });
    await connectAs({ cluster: 'guarded', password: wrong });
    await connectAs({ cluster: 'guarded', username: authToken, password: wrong });
    for (const given of [
      { cluster: 'locked', username: 'writer', password },
      { cluster: 'guarded', password: authToken },
    ]) {
      expect((await connectAs(given)).data.connectCluster.userErrors).toEqual([]);
    }
    await ask('mutation { setString(input: { cluster: "locked", key: "k", value: "v" }) { applied } }');
    await ask('{ clusters { nodes { name dataAccess { state username error } } } users { nodes { id } } }');
    await ask(`mutation { deleteUser(input: { userId: "writer-1" }) { ${errors} } }`);
    await ask('{ cluster(name: "locked") { keyCount } }');

    for (const authorization of [wrongKey.bearer, `Bearer ${expired}`, `Bearer ${token}x`, `Basic ${wrong}`, wrong]) {
      await ask('{ __typename }', {}, authorization);
      for (const path of ['/metrics', '/health/ready']) {
        const response = await fetch(new URL(path, url), { headers: { authorization } });
        seen.push(await response.text());
      }
      const client = connect(url, { headers: { authorization } });
      await using refused = subscribe(client, '{ __typename }');
      seen.push(String(await refused.ended.catch(String)));
    }
    for (const authorization of [key.bearer, `Bearer ${token}`]) {
      await ask('{ __typename }', {}, authorization);
      for (const path of ['/metrics', '/health/ready']) {
        const response = await fetch(new URL(path, url), { headers: { authorization } });
        expect(response.status).toBe(200);
        seen.push(await response.text());
      }
    }
    command.child.kill('SIGTERM');
    expect(await command.ended).toBe(0);
    seen.push(command.output());
    expect(command.output()).toContain('connected to the data of a cluster');
  }

  const audit = await readFile(auditLog, 'utf8');
  expect(audit).toContain('"field":"connectCluster"');
  const kept = await allIn(dataDir);
  expect(kept.some(({ path }) => path.endsWith('elasticache.json'))).toBe(true);
  for (const secret of [...secrets, ...tokens]) {
    for (const text of [...seen, audit, printSchema()]) expect(text).not.toContain(secret);
    for (const { path, text } of kept) expect(text, path).not.toContain(secret);
  }
});

describe('a failed start reports the fault and no secret', () => {
  const secret = canary('of-a-configuration');
  const cluster = { name: 'orders', endpoint: { host: 'h' } };
  test.each<[string, string, Record<string, unknown> | string]>([
    ['a password in an unsupported place', 'clusters', { clusters: [{ ...cluster, password: secret }] }],
    ['a password beside a fault', 'clusters', { clusters: [{ ...cluster, tls: 'yes', password: secret }] }],
    ['a token of another type', 'authentication', { authentication: { jwt: { clientSecret: secret } } }],
    ['a secret at the top', 'adminPassword', { adminPassword: secret }],
    ['a password of another type', 'clusters.0.passwordEnv', { clusters: [{ ...cluster, passwordEnv: { secret } }] }],
    ['broken JSON', 'JSON', `{ "clusters": [{ "name": "orders", "password": "${secret}" "tls": true }] }`],
    ['truncated JSON', 'JSON', `{ "password": "${secret}`],
    ['JSON that is not an object', 'JSON', JSON.stringify(secret)],
  ])('%s', async (_, expected, content) => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'cachegraph.json');
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    await using command = runCommand(['serve', '--config', path, '--port', '0']);
    expect(await command.ended).toBe(1);
    expect(command.output()).toContain(expected);
    expect(command.output()).not.toContain(secret);
  });

  test('an access file that contains a key rather than its hash', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'access.json');
    const { key } = makeApiKey('ci');
    for (const text of [
      JSON.stringify({ apiKeys: [{ name: 'ci', sha256: key, roles: [] }] }),
      JSON.stringify({ apiKeys: [{ name: 'ci', key, roles: [] }] }),
      `{ "apiKeys": [{ "name": "ci", "key": "${key}" "roles": [] }] }`,
    ]) {
      await writeFile(path, text);
      await using command = runCommand(['serve', '--access', path, '--port', '0']);
      expect(await command.ended).toBe(1);
      expect(command.output()).toContain('access.json');
      expect(command.output()).not.toContain(key);
    }
  });
});
