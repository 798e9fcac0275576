import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  openAccessRegistry,
  type AccessRegistry,
  type AccessRegistryOptions,
} from '../../../src/server/admission/access/access-registry.js';
import { createApiKey, hashOf } from '../../../src/server/admission/authentication/api-key.js';
import { temporaryFolder } from '../apis/command.js';
import { testLog } from '../run/test-log.js';
import { keepSecret } from '../run/written.js';

/** An access file in a temporary folder. */
interface TestAccessFile extends AsyncDisposable {
  readonly path: string;
  readonly folder: string;
  /** Replaces the file by a rename, as editors do. */
  write(content: unknown): Promise<void>;
}

export async function writeAccessFile(content: unknown): Promise<TestAccessFile> {
  const folder = await temporaryFolder();
  const path = join(folder.path, 'access.json');
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  await writeFile(path, text(content));
  return {
    path,
    folder: folder.path,
    async write(next) {
      await writeFile(`${path}.new`, text(next));
      await rename(`${path}.new`, path);
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** A watched access file and its registry. */
export interface TestAccess extends TestAccessFile {
  readonly registry: AccessRegistry;
}

export async function openTestAccess(
  content: unknown,
  options: Partial<AccessRegistryOptions> = {},
): Promise<TestAccess> {
  const file = await writeAccessFile(content);
  const registry = await openAccessRegistry({ path: file.path, log: testLog(), ...options });
  return {
    ...file,
    registry,
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      await file[Symbol.asyncDispose]();
    },
  };
}

/** An API key and its entry for the access file. */
export function makeApiKey(name: string, roles: readonly string[] = [], more: object = {}) {
  const key = createApiKey();
  keepSecret(key);
  return { key, bearer: `Bearer ${key}`, entry: { name, sha256: hashOf(key), roles, ...more } };
}

/** A grant of every permission. */
export const all = { operations: ['*'], clusters: ['*'], keys: ['*'], channels: ['*'], groups: ['*'] };
