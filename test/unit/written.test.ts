import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/command.js';
import { findSecrets } from '../helpers/written.js';

test('what was written is searched for each marked password, and for each key and token that a test has made', async () => {
  await using folder = await temporaryFolder();
  const write = (name: string, text: string) => writeFile(join(folder.path, name), text);
  await write('secrets', 'cg_made-by-a-test\n\n');
  await write('log-1', 'all is well\n{"msg":"AUTH canary-of-alice"}\n');
  await write('state-1', '{"hash":"5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5"}\n');
  expect(findSecrets(folder.path)).toEqual(['log-1: {"msg":"AUTH canary-of-alice"}']);
  await write('answer-1', 'unknown key cg_made-by-a-test\n');
  expect(findSecrets(folder.path)).toHaveLength(2);
});
