import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Valkey's folder of append-only files, below a node's folder, and its manifest, without which Valkey starts empty. */
export const dataFolder = 'appendonlydir';
export const manifest = join(dataFolder, 'appendonly.aof.manifest');

/** The append-only files with a node's data: their sizes in bytes, by name. */
export type DataFiles = Readonly<Record<string, number>>;

/** Reads the names of the files in the manifest of a node's folder, and their sizes. A missing file has size 0. */
export async function dataFiles(directory: string): Promise<DataFiles> {
  for (let list = await readManifest(directory); ;) {
    // E.g. `file appendonly.aof.2.incr.aof seq 2 type i`. Files of type h are about to be deleted.
    const names = [...list.matchAll(/^file (\S+) seq \d+ type [bi]/gm)].flatMap(([, name]) => name ?? []);
    const sizes = names.map(async (name) => [name, await sizeOf(join(directory, dataFolder, name))] as const);
    const files = Object.fromEntries(await Promise.all(sizes));
    // A running node may have replaced its files meanwhile and deleted the listed ones.
    const listNow = await readManifest(directory);
    if (listNow === list) return files;
    list = listNow;
  }
}

function readManifest(directory: string): Promise<string> {
  return readFile(join(directory, manifest), 'utf8').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    throw cause;
  });
}

function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

/**
 * Flushes these files to the disk, so that even a power failure preserves at least these sizes.
 * @returns false if one of them was replaced meanwhile
 */
export async function flushFiles(directory: string, files: DataFiles): Promise<boolean> {
  const flushed = Object.keys(files).map(async (name) => {
    await using file = await open(join(directory, dataFolder, name));
    await file.datasync();
  });
  return Promise.all(flushed).then(
    () => true,
    (cause: unknown) => {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return false;
      throw cause;
    },
  );
}

/**
 * Tests whether the files contain less data than before. Valkey loads an empty or truncated file and an older manifest
 * without an error. An append-only file only grows until a newer base file replaces it. Files larger than `before` are
 * normal, e.g. with a change that a crash interrupted.
 */
export function lacksData(found: DataFiles, before: DataFiles = {}): boolean {
  // Valkey writes a base file completely, with a header, before it lists it.
  if (Object.entries(found).some(([name, size]) => size === 0 && name.includes('.base.'))) return true;
  const isRewritten = baseNumber(found) > baseNumber(before);
  return Object.entries(before).some(([name, size]) => {
    const now = found[name];
    return now === undefined ? !isRewritten : now < size;
  });
}

function baseNumber(files: DataFiles): number {
  const numbers = Object.keys(files).map((name) => Number(/\.(\d+)\.base\./.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}
