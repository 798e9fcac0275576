import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../runtime/startup-error.js';

/**
 * Locks a data directory for this process; resolves to the function that unlocks it. The lock is a file with the
 * owner's process ID. A lock whose process is gone is taken over.
 * @param worksOnFullDisk whether to lock without a process ID if the disk has no space for one: for work that frees
 * space
 * @throws StartupError if another running process holds the lock
 */
export async function lockDataDir(dataDir: string, worksOnFullDisk = false): Promise<() => Promise<void>> {
  const path = join(dataDir, 'lock');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  for (let attempt = 1; ; attempt += 1) {
    try {
      await writeLock(path, worksOnFullDisk);
      return () => rm(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error;
      const owner = Number(await readFile(path, 'utf8').catch(() => ''));
      if (attempt === 3 || (await isCachegraph(owner))) {
        throw new StartupError(
          `The data directory ${dataDir} is in use by process ${owner}. End that process, or choose another ` +
            'directory: --data-dir DIR or CACHEGRAPH_DATA_DIR=DIR.',
        );
      }
      await rm(path, { force: true });
    }
  }
}

/** Rejects with EEXIST if there is a lock. On a full disk an empty file may remain, which locks nobody out. */
async function writeLock(path: string, worksOnFullDisk: boolean): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(`${process.pid}\n`);
  } catch (error) {
    if (worksOnFullDisk && error instanceof Error && 'code' in error && error.code === 'ENOSPC') return;
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/**
 * Tests whether the process runs, and on Linux also whether it is a Node.js process, because process IDs are reused
 * after a reboot.
 */
async function isCachegraph(pid: number): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return command === undefined || command.includes('node') || command.includes('cachegraph');
}
