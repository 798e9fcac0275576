import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeScratchFiles } from '../../../../src/local-elasticache/nodes/scratch-files.js';
import { temporaryFolder } from '../../../helpers/apis/command.js';

test('A node deletes the unfinished files of a killed Valkey, and no others', async () => {
  await using folder = await temporaryFolder();
  const kept = ['dump.rdb', 'nodes.conf', 'temp-notes', 'valkey.log'];
  const left = [
    'nodes.conf.tmp-812-1761912000000',
    'temp-1761912000.812.rdb',
    'temp-812.rdb',
    'temp-rewriteaof-bg-812.aof',
  ];
  for (const name of [...kept, ...left]) await writeFile(join(folder.path, name), '');
  await removeScratchFiles(folder.path);
  expect((await readdir(folder.path)).toSorted()).toEqual(kept);
});
