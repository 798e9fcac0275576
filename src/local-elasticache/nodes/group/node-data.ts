import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Where Valkey keeps its append-only files, below a node's folder, and the list of them without which it starts empty. */
const folder = 'appendonlydir';
const manifest = join(folder, 'appendonly.aof.manifest');

/** Whether a node that starts in this folder would find data, be they readable or not. */
export async function hasData(directory: string): Promise<boolean> {
  return stat(join(directory, manifest)).then(
    (file) => file.isFile(),
    () => false,
  );
}

/** Puts data that cannot be loaded out of the way, so that the node starts empty. @returns where they are now. */
export async function setDataAside(directory: string): Promise<string> {
  const taken = new Set(await readdir(directory));
  let number = 1;
  while (taken.has(`${folder}.broken-${number}`)) number += 1;
  const aside = join(directory, `${folder}.broken-${number}`);
  await rename(join(directory, folder), aside);
  return aside;
}
