import { link, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StartupError } from '../../runtime/startup-error.js';

const maxAttempts = 5;

/**
 * Locks a data directory for this process; resolves to the function that unlocks it. The lock is a file with the
 * owner's process ID. A lock whose process is gone is taken over, by one process if several start at once.
 * @param worksOnFullDisk whether to lock without a process ID if the disk has no space for one: for work that frees
 * space
 * @throws StartupError if another running process holds the lock
 */
export async function lockDataDir(dataDir: string, worksOnFullDisk = false): Promise<() => Promise<void>> {
  const path = join(dataDir, 'lock');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  for (let attempt = 1; ; attempt += 1) {
    const isCreated = await create(path, worksOnFullDisk);
    const owner = await ownerOf(path);
    // Also the lock of an earlier run with the same process ID, as in a container.
    if (isCreated || owner === process.pid) {
      await removeLeftovers(path);
      return () => rm(path, { force: true });
    }
    if (attempt === maxAttempts || (await isCachegraph(owner))) {
      throw new StartupError(
        `The data directory ${dataDir} is in use by process ${owner}. End that process, or choose another ` +
          'directory: --data-dir DIR or CACHEGRAPH_DATA_DIR=DIR.',
      );
    }
    await takeOver(path, owner);
  }
}

/**
 * Replaces a lock whose process is gone. Whether this process owns it afterwards is in the lock: another one may have been faster.
 * Removing the old lock first could remove one that another process has just created.
 */
async function takeOver(path: string, owner: number): Promise<void> {
  const next = `${path}.next`;
  if (!(await create(next, false))) {
    // Another process is taking it over, or was killed when it did.
    if (!(await isCachegraph(await ownerOf(next)))) await rm(next, { force: true });
    return;
  }
  if (Object.is(await ownerOf(path), owner)) await rename(next, path).catch(ignore('ENOENT'));
  else await rm(next, { force: true });
}

async function ownerOf(path: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trim() === '' ? NaN : Number(text);
}

/**
 * Creates a file with this process ID, both at once, so that nobody finds it empty. On a full disk an empty file may remain, which
 * locks nobody out.
 * @returns false if the file exists
 */
async function create(path: string, worksOnFullDisk: boolean): Promise<boolean> {
  const own = `${path}.${process.pid}`;
  try {
    await writeFile(own, `${process.pid}\n`);
    await link(own, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    if (worksOnFullDisk && hasCode(error, 'ENOSPC')) return await createDirectly(path, '');
    // Some file systems have no links.
    if (hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'))
      return await createDirectly(path, `${process.pid}\n`);
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

async function createDirectly(path: string, text: string): Promise<boolean> {
  try {
    await using file = await open(path, 'wx');
    await file.writeFile(text);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Removes the files of processes that were killed while they locked. */
async function removeLeftovers(path: string): Promise<void> {
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    const [, owner] = name.startsWith(prefix) ? (/(?:^|\.)(\d+)$/.exec(name) ?? []) : [];
    if (owner !== undefined && !(await isCachegraph(Number(owner))))
      await rm(join(dirname(path), name), { force: true });
  }
}

function ignore(code: string) {
  return (error: unknown): void => {
    if (!hasCode(error, code)) throw error;
  };
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
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
