import type { ConfiguredAccess } from '../config/config.js';
import type { Credentials } from '../domain/cluster/data-access.js';
import { Outage } from '../domain/errors.js';
import { isUtf8Text } from './require-utf8.js';
import { readTextFile, readFailure } from '../runtime/files/text-file.js';

/**
 * What the configuration says to enter a cluster with; undefined where it says nothing. The password is read when it is
 * needed, so that one that was changed is taken up with the next connection.
 */
export async function readCredentials(access: ConfiguredAccess | undefined): Promise<Credentials | undefined> {
  if (!access) return undefined;
  const { username, passwordEnv, passwordFile } = access;
  if (passwordFile !== undefined) return { username, password: (await readSecret(passwordFile)).replace(/\r?\n$/, '') };
  if (passwordEnv !== undefined) {
    const password = process.env[passwordEnv];
    if (password === undefined) throw new Outage('CLUSTER_UNAVAILABLE', `The environment has no ${passwordEnv}.`);
    if (!isUtf8Text(password))
      throw new Outage('CLUSTER_UNAVAILABLE', `The variable ${passwordEnv} is not valid UTF-8.`);
    return { username, password };
  }
  return username === undefined ? undefined : { username };
}

function readSecret(path: string): Promise<string> {
  return readTextFile(path).catch((cause: unknown) => {
    throw new Outage('CLUSTER_UNAVAILABLE', `The password file ${path} ${readFailure(cause)}.`, { cause });
  });
}
