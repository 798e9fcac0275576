import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of files that Valkey writes before it renames them: copies of its data, and of nodes.conf. */
const scratch = /^(temp-.+\.(rdb|aof)|nodes\.conf\.tmp-.+)$/;

/** Deletes the files that a killed Valkey left unfinished in its folder. Valkey itself never does, and each is as large as its data. */
export async function removeScratchFiles(directory: string): Promise<void> {
  const left = (await readdir(directory)).filter((name) => scratch.test(name));
  await Promise.all(left.map((name) => rm(join(directory, name), { force: true })));
}
