import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes git ignore a data directory, which holds keys and data. A directory with any other content belongs to the user,
 * who may track files in it; it stays unchanged.
 * @param ours names of the entries that cachegraph itself creates
 */
export async function writeGitignore(dataDir: string, ours: readonly string[]): Promise<void> {
  const present = await readdir(dataDir);
  if (present.some((name) => !ours.includes(name))) return;
  await writeFile(join(dataDir, '.gitignore'), '*\n');
}
