import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freshState } from '../../../src/local-elasticache/state/model.js';
import { openStateStore } from '../../../src/local-elasticache/state/store.js';

const fresh = () => freshState('us-east-1');

async function stateFile(): Promise<{ file: string } & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'cachegraph-state-'));
  return {
    file: join(directory, 'below', 'elasticache.json'),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

it('writes the latest state, readable by its owner only, however many saves run at once', async () => {
  await using where = await stateFile();
  const store = await openStateStore(where.file, fresh);
  const saves = Array.from({ length: 20 }, (_, index) => {
    store.state.tags[`arn-${index}`] = [];
    return store.save();
  });
  await Promise.all(saves);
  expect(Object.keys((JSON.parse(await readFile(where.file, 'utf8')) as { tags: object }).tags)).toHaveLength(20);
  expect((await stat(where.file)).mode & 0o777).toBe(0o600);
  expect((await openStateStore(where.file, fresh)).state).toEqual(store.state);
});

it.each(['{"version": 1', '{}', '{"version": 0}', '{"version": "2"}', '[]', ''])(
  'refuses the broken state %j, naming the file and the remedy, and leaves it as it is',
  async (content) => {
    await using where = await stateFile();
    await (await openStateStore(where.file, fresh)).save();
    await writeFile(where.file, content);
    const opening = openStateStore(where.file, fresh);
    await expect(opening).rejects.toThrow(where.file);
    await expect(opening).rejects.toThrow('cachegraph reset');
    expect(await readFile(where.file, 'utf8')).toBe(content);
  },
);

it('refuses a state of a newer version in words, does not advise a reset, and leaves it as it is', async () => {
  await using where = await stateFile();
  await (await openStateStore(where.file, fresh)).save();
  const newer = JSON.stringify({ ...fresh(), version: 2, somethingNew: true });
  await writeFile(where.file, newer);
  const opening = openStateStore(where.file, fresh);
  await expect(opening).rejects.toThrow(/newer version of cachegraph.*format 2.*up to 1.*--data-dir/);
  await expect(opening).rejects.not.toThrow('reset');
  expect(await readFile(where.file, 'utf8')).toBe(newer);
});
