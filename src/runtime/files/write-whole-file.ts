import { rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a file atomically, readable by its owner only. A failed attempt leaves no partial file on the disk. If the process is
 * killed meanwhile, the next write replaces the scratch file. Two processes, or two writes at once, must not write the same file.
 */
export async function writeWholeFile(file: string, text: string): Promise<void> {
  const scratch = `${file}.new`;
  try {
    await writeFile(scratch, text, { mode: 0o600 });
    await rename(scratch, file);
  } catch (error) {
    await rm(scratch, { force: true }).catch(() => undefined);
    throw error;
  }
}
