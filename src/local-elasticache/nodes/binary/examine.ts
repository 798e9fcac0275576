import { resolve } from 'node:path';
import type { ValkeyBinary } from '../interfaces.js';
import { runCommand } from '../process/run-command.js';

const banner = /^(Valkey|Redis) server v=(\d+\.\d+\.\d+)/;

/** Runs the file to find its engine and version. Rejects if it does not exist, does not run, or is neither Valkey nor Redis. */
export async function examine(file: string, env: ValkeyBinary['env'] = {}): Promise<ValkeyBinary> {
  // Absolute, because nodes start in other folders.
  const path = resolve(file);
  const output = await runCommand(path, ['--version'], { env, timeout: 10_000 });
  const [, name, version] = banner.exec(output) ?? [];
  if (!name || !version) throw new Error(`${path} is neither Valkey nor Redis.`);
  return { path, engine: name === 'Valkey' ? 'valkey' : 'redis', version, env };
}

/** Valkey from 7.2 (its first release) and Redis from 7.0 support everything that the local endpoint uses. */
export function isSupported({ engine, version }: Pick<ValkeyBinary, 'engine' | 'version'>): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return engine === 'valkey' ? major > 7 || (major === 7 && minor >= 2) : major >= 7;
}
