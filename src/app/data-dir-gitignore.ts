import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Has git ignore a data directory, which holds keys and data. One that holds anything else is somebody's own, whose files git
 * may have to see: it is left alone.
 * @param ours names of what cachegraph itself puts there
 */
export async function ignoreInGit(dataDir: string, ours: readonly string[]): Promise<void> {
  const present = await readdir(dataDir);
  if (present.some((name) => !ours.includes(name))) return;
  await writeFile(join(dataDir, '.gitignore'), '*\n');
}
