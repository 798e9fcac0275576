import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ValkeyBinary } from '../interfaces.js';

/** A folder for the unpacked files of a server. */
export interface ServerFolder {
  readonly path: string;
  /** Finds the server in a folder of such files; undefined if there is none that runs. */
  find(this: void, root: string): Promise<ValkeyBinary | undefined>;
  /** Downloads and unpacks the files below `scratch`, and returns their folder. */
  fetch(this: void, scratch: string): Promise<string>;
}

/** Fetches the files into a folder beside the final one, and moves them there once their server runs. */
export async function fillFolder({ path, find, fetch }: ServerFolder): Promise<void> {
  const scratch = `${path}.${process.pid}-${Date.now().toString(36)}${partial}`;
  try {
    await removeAbandoned(dirname(path));
    await mkdir(scratch, { recursive: true, mode: 0o700 });
    const root = await fetch(scratch);
    if (!(await find(root))) throw new Error('The fetched valkey-server does not run here.');
    await moveIntoPlace(root, path, find);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const partial = '.partial';
const abandonedAfterMs = 60 * 60 * 1000;

/** Removes the folders of downloads that were killed. */
async function removeAbandoned(cacheDir: string): Promise<void> {
  const names = await readdir(cacheDir).catch(() => []);
  const folders = names.filter((name) => name.endsWith(partial)).map((name) => join(cacheDir, name));
  for (const folder of folders) {
    const changed = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    if (changed < Date.now() - abandonedAfterMs) await rm(folder, { recursive: true, force: true });
  }
}

/** Moves the unpacked tree to its final place atomically. If another process has done so meanwhile, that tree is used. */
async function moveIntoPlace(root: string, home: string, find: ServerFolder['find']): Promise<void> {
  const aside = `${root}.broken`;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      await rename(root, home);
      return;
    } catch (cause) {
      if (await find(home)) return;
      // The existing tree does not run (a half-removed folder, another libc): move it aside, into the scratch folder.
      await rename(home, `${aside}${attempt}`).catch(() => {
        throw cause;
      });
    }
  }
}
