import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/apis/command.js';
import { findSecrets } from '../helpers/run/written.js';

const tests = fileURLToPath(new URL('../', import.meta.url));

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

test('each password and token in a test is marked', async () => {
  const secret = /\b(?:password|passwords|authToken|AuthToken): ?\[?(['"])((?!\1).+?)\1/g;
  // Made in the test, too short to be taken, or what the log's own net is tried with.
  const others = /^(?:\$\{|short$|hunter|say |wrong$)/;
  const files = (await readdir(tests, { recursive: true })).filter((name) => name.endsWith('.test.ts'));
  const unmarked = await Promise.all(
    files.map(async (name) => {
      const found = [...(await readFile(join(tests, name), 'utf8')).matchAll(secret)].map(([, , text = '']) => text);
      return found
        .filter((text) => !text.startsWith('canary-') && !others.test(text))
        .map((text) => `${name}: ${text}`);
    }),
  );
  expect(unmarked.flat()).toEqual([]);
});
