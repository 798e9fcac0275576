import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { localFiles } from '../../local-elasticache/local-files.js';
import { lockDataDir } from './data-dir-lock.js';
import { explainDataDirFailure } from './data-dir-failure.js';

/**
 * Removes the local state and data, and no other files in the directory.
 * @returns the names of what was removed
 */
export async function resetDataDir(dataDir: string): Promise<readonly string[]> {
  const unlock = await explainDataDirFailure(dataDir, () => lockDataDir(dataDir, true));
  try {
    const present = new Set(await readdir(dataDir));
    const ours = Object.values(localFiles).filter((name) => present.has(name));
    await Promise.all(ours.map((name) => rm(join(dataDir, name), { recursive: true, force: true })));
    return ours;
  } finally {
    await unlock();
  }
}
