import { constants } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFiles, dataFolder, flushFiles, manifest } from '../data/data-files.js';
import type { GroupSpec, RestoredFile } from '../interfaces.js';
import { distributeKeys } from './distribute-keys.js';
import type { TemporaryNodes } from './temporary-nodes.js';

/**
 * Gives the primaries of a group that has not started yet the data of a snapshot. If the group has the shards of the
 * snapshot, each primary receives a file; otherwise each key goes to the shard that owns its slot.
 *
 * @param directoryOf the folder of a shard's primary
 * @param scratch a folder for temporary files, which does not exist yet
 */
export async function restoreData(
  spec: Pick<GroupSpec, 'shards' | 'clusterMode' | 'settings'>,
  files: readonly RestoredFile[],
  directoryOf: (shardId: string) => string,
  scratch: string,
  temporary: TemporaryNodes,
  signal: AbortSignal,
): Promise<void> {
  const matches = spec.shards.map(({ slots }) => files.find((file) => slotText(file.slots) === slotText(slots)));
  if (matches.length === files.length && matches.every((file) => file !== undefined)) {
    await Promise.all(spec.shards.map(({ id }, index) => installRdb(directoryOf(id), matches[index]?.path ?? '')));
  } else {
    const shards = spec.shards.map(({ id, slots }) => ({ id, slots, directory: directoryOf(id) }));
    await distributeKeys({ shards, files, settings: spec.settings, scratch, temporary, signal });
  }
  const flushed = spec.shards.map(async ({ id }) => flushFiles(directoryOf(id), await dataFiles(directoryOf(id))));
  await Promise.all(flushed);
}

const slotText = (slots: string): string => slots.replaceAll(' ', '');

/** Valkey with append-only files ignores dump.rdb, but an append-only file may begin with an RDB file. */
async function installRdb(directory: string, rdb: string): Promise<void> {
  const base = 'appendonly.aof.1.base.rdb';
  await mkdir(join(directory, dataFolder), { recursive: true, mode: 0o700 });
  await copyFile(rdb, join(directory, dataFolder, base), constants.COPYFILE_FICLONE);
  await writeFile(join(directory, manifest), `file ${base} seq 1 type b\n`, { mode: 0o600 });
}
