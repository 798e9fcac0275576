import { resolve } from 'node:path';
import { runCommand } from '../process/run-command.js';
import type { ValkeyBinary } from '../interfaces.js';

const banner = /^(Valkey|Redis) server v=(\d+\.\d+\.\d+)/;

/** What the file says it is. Rejects where it is not there, does not run or is neither Valkey nor Redis. */
export async function examine(file: string, env: ValkeyBinary['env'] = {}): Promise<ValkeyBinary> {
  // Nodes are started from other folders.
  const path = resolve(file);
  const said = await runCommand(path, ['--version'], { env, timeout: 10_000 });
  const [, name, version] = banner.exec(said) ?? [];
  if (!name || !version) throw new Error(`${path} is neither Valkey nor Redis.`);
  return { path, engine: name === 'Valkey' ? 'valkey' : 'redis', version, env };
}

/** Valkey from 7.2 (its first release) and Redis from 7.0 know what the local endpoint asks of its nodes. */
export function isSupported({ engine, version }: Pick<ValkeyBinary, 'engine' | 'version'>): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return engine === 'valkey' ? major > 7 || (major === 7 && minor >= 2) : major >= 7;
}
