import type { ConfiguredAccess } from '../config/config.js';
import type { Credentials } from '../domain/cluster/data-access.js';
import { Outage } from '../domain/errors.js';
import { isUtf8Text } from './require-utf8.js';
import { readTextFile, readFailure } from '../runtime/files/text-file.js';

/**
 * Reads the configured credentials of a cluster; undefined if there are none. The password is read on each use, so that
 * the next connection uses a changed one.
 */
export async function readCredentials(access: ConfiguredAccess | undefined): Promise<Credentials | undefined> {
  if (!access) return undefined;
  const { username, passwordEnv, passwordFile } = access;
  if (passwordFile !== undefined) return { username, password: (await readSecret(passwordFile)).replace(/\r?\n$/, '') };
  if (passwordEnv !== undefined) {
    const password = process.env[passwordEnv];
    if (password === undefined)
      throw new Outage('CLUSTER_UNAVAILABLE', `The environment variable ${passwordEnv} is not set.`);
    if (!isUtf8Text(password))
      throw new Outage('CLUSTER_UNAVAILABLE', `The environment variable ${passwordEnv} is not valid UTF-8.`);
    return { username, password };
  }
  return username === undefined ? undefined : { username };
}

function readSecret(path: string): Promise<string> {
  return readTextFile(path).catch((cause: unknown) => {
    throw new Outage('CLUSTER_UNAVAILABLE', `The password file ${path} ${readFailure(cause)}.`, { cause });
  });
}
