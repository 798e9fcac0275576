import { constants } from 'node:fs';
import { copyFile, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** The RDB files of snapshots: one folder for each snapshot, with one file for each shard. */
export interface SnapshotFiles {
  /** The file of a shard, for reading. */
  path(folder: string, shardId: string): string;
  /** Creates the folder and calls `write` for the file of each shard. If that fails, no file stays. */
  create<Value>(
    folder: string,
    shardIds: readonly string[],
    write: (shardId: string, file: string) => Promise<Value>,
  ): Promise<Value[]>;
  /** Copies the files of these shards into another folder. If that fails, no file stays. */
  copy(from: string, to: string, shardIds: readonly string[]): Promise<void>;
  remove(folder: string): Promise<void>;
  /** Removes every other folder. */
  removeOthers(folders: ReadonlySet<string>): Promise<void>;
}

export function createSnapshotFiles(directory: string): SnapshotFiles {
  // Absolute, because nodes run in their own folders.
  const root = resolve(directory);
  const path = (folder: string, shardId: string): string => join(root, folder, `${shardId}.rdb`);
  const remove = (folder: string): Promise<void> =>
    rm(join(root, folder), { recursive: true, force: true, maxRetries: 3 });

  const create: SnapshotFiles['create'] = async (folder, shardIds, write) => {
    const own = join(root, folder);
    try {
      await mkdir(own, { recursive: true, mode: 0o700 });
      const results = await Promise.allSettled(shardIds.map((shardId) => write(shardId, path(folder, shardId))));
      const values = results.map((result) => {
        if (result.status === 'rejected') throw result.reason;
        return result.value;
      });
      // The names of the files, and that of the folder.
      await flush(own);
      await flush(root);
      return values;
    } catch (cause) {
      await remove(folder);
      throw cause;
    }
  };
  return {
    path,
    create,
    remove,
    async copy(from, to, shardIds) {
      await create(to, shardIds, async (shardId, file) => {
        const scratch = `${file}.new`;
        await copyFile(path(from, shardId), scratch, constants.COPYFILE_FICLONE);
        await flush(scratch);
        await rename(scratch, file);
      });
    },
    async removeOthers(folders) {
      const present = await readdir(root).catch(() => []);
      await Promise.all(present.filter((folder) => !folders.has(folder)).map(remove));
    },
  };
}

/** Waits until the disk has a file, or the names in a folder. */
async function flush(path: string): Promise<void> {
  await using handle = await open(path, 'r');
  await handle.sync();
}
