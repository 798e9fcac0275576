import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { readCredentials } from '../../../src/app/cluster-credentials.js';
import { canary } from '../../helpers/run/canary.js';
import { temporaryFolder } from '../../helpers/apis/command.js';

const cluster = { name: 'orders', tls: false };

afterEach(() => void vi.unstubAllEnvs());

test('a cluster without configured credentials has none', async () => {
  expect(await readCredentials(undefined)).toBeUndefined();
  expect(await readCredentials(cluster)).toBeUndefined();
  expect(await readCredentials({ ...cluster, username: 'api' })).toEqual({ username: 'api' });
});

test('a password in the environment is read on each use', async () => {
  const access = { ...cluster, username: 'api', passwordEnv: 'ORDERS_PASSWORD' };
  const [first, second] = [canary('first'), canary('second')];
  vi.stubEnv('ORDERS_PASSWORD', first);
  expect(await readCredentials(access)).toEqual({ username: 'api', password: first });
  vi.stubEnv('ORDERS_PASSWORD', second);
  expect(await readCredentials(access)).toEqual({ username: 'api', password: second });
});

test('a password in a file is read on each use', async () => {
  await using folder = await temporaryFolder();
  const passwordFile = join(folder.path, 'password');
  for (const password of [canary('first'), canary('second')]) {
    await writeFile(passwordFile, `${password}\r\n`);
    expect(await readCredentials({ ...cluster, passwordFile })).toEqual({ username: undefined, password });
  }
});

test('a missing password makes the cluster unavailable, and the message names its source', async () => {
  await expect(readCredentials({ ...cluster, passwordEnv: 'ORDERS_PASSWORD' })).rejects.toMatchObject({
    code: 'CLUSTER_UNAVAILABLE',
    message: 'The environment variable ORDERS_PASSWORD is not set.',
  });
  await expect(readCredentials({ ...cluster, passwordFile: '/nowhere/password' })).rejects.toMatchObject({
    code: 'CLUSTER_UNAVAILABLE',
    message: 'The password file /nowhere/password cannot be read.',
  });
});
