import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import { localFiles } from '../../local-elasticache/local-files.js';
import { lockDataDir } from '../../app/data-dir-lock.js';
import { explainDataDirFailure } from '../../app/data-dir-failure.js';

/** Removes the local state and data, and nothing else that somebody may have put into the directory. */
export async function reset({ dataDir }: Config): Promise<void> {
  const unlock = await explainDataDirFailure(dataDir, () => lockDataDir(dataDir, true));
  try {
    const present = new Set(await readdir(dataDir));
    const ours = Object.values(localFiles).filter((name) => present.has(name));
    await Promise.all(ours.map((name) => rm(join(dataDir, name), { recursive: true, force: true })));
    process.stdout.write(ours.length > 0 ? `Removed ${ours.join(', ')} in ${dataDir}.\n` : `${dataDir} was empty.\n`);
  } finally {
    await unlock();
  }
}
