import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ManagedNode } from '../node.js';
import { dataFolder, manifest } from './data-files.js';

/** Lines of INFO of a node whose append-only files contain all of its data. */
const writtenLines = ['aof_enabled:1', 'aof_rewrite_in_progress:0', 'aof_rewrite_scheduled:0'];

/** Tests whether a node that starts in this folder would find data, readable or not. */
export async function hasData(directory: string): Promise<boolean> {
  return stat(join(directory, manifest)).then(
    (file) => file.isFile(),
    () => false,
  );
}

/** The nodes in whose folders `hasData` finds data. */
export async function nodesWithData(nodes: readonly ManagedNode[]): Promise<Set<ManagedNode>> {
  const found = await Promise.all(nodes.map(async (node) => ((await hasData(node.directory)) ? [node] : [])));
  return new Set(found.flat());
}

/** Deletes append-only files, so that the node starts empty. */
export async function removeData(directory: string): Promise<void> {
  await rm(join(directory, dataFolder), { recursive: true, force: true, maxRetries: 3 });
}

/**
 * Moves append-only files aside, so that the node starts empty: Valkey would delete files that its manifest does not
 * list.
 * @returns their new folder; undefined if there are none
 */
export async function setDataAside(directory: string): Promise<string | undefined> {
  const files = await readdir(join(directory, dataFolder)).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw cause;
  });
  if (files.length === 0) return undefined;
  const taken = new Set(await readdir(directory));
  let number = 1;
  while (taken.has(`${dataFolder}.broken-${number}`)) number += 1;
  const aside = join(directory, `${dataFolder}.broken-${number}`);
  await rename(join(directory, dataFolder), aside);
  return aside;
}

/**
 * Returns the IDs of nodes whose append-only files do not contain their data in memory. After a full synchronization
 * the files are old or empty until the node has rewritten them.
 */
export async function notOnDisk(nodes: readonly Pick<ManagedNode, 'id' | 'command'>[]): Promise<Set<string>> {
  const checked = nodes.map(async (node) => {
    const info = await node.command('INFO', 'persistence').catch(() => undefined);
    const isOnDisk = writtenLines.every((line) => String(info).includes(line));
    return isOnDisk ? [] : [node.id];
  });
  return new Set((await Promise.all(checked)).flat());
}
