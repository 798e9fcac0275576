import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeWholeFile } from '../../../src/runtime/files/write-whole-file.js';
import { temporaryFolder } from '../../helpers/apis/command.js';

test('Writing a whole file replaces what a process that was killed left beside it', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'layout.json');
  await writeFile(file, 'old');
  await writeFile(`${file}.new`, 'ha');
  await writeWholeFile(file, 'new');
  expect(await readdir(folder.path)).toEqual(['layout.json']);
  expect(await readFile(file, 'utf8')).toBe('new');
});

test('Writing a whole file that fails keeps the old one and leaves nothing beside it', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'layout.json');
  await writeFile(file, 'old');
  await symlink('/dev/full', `${file}.new`);
  await expect(writeWholeFile(file, 'new')).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(await readdir(folder.path)).toEqual(['layout.json']);
  expect(await readFile(file, 'utf8')).toBe('old');
});
