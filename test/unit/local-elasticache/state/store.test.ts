import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { initialState } from '../../../../src/local-elasticache/state/model.js';
import { openStateStore } from '../../../../src/local-elasticache/state/store.js';
import { fillDisk } from '../../../helpers/elasticache/full-disk.js';

const fresh = () => initialState('us-east-1');

async function stateFile(): Promise<{ file: string } & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'cachegraph-state-'));
  return {
    file: join(directory, 'below', 'elasticache.json'),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

it('writes the latest state, readable by its owner only, however many changes are made at once', async () => {
  await using location = await stateFile();
  const store = await openStateStore(location.file, fresh);
  const changes = Array.from({ length: 20 }, (_, index) =>
    store.change(({ tags }) => {
      tags[`arn-${index}`] = [];
      return index;
    }),
  );
  expect(await Promise.all(changes)).toEqual(changes.map((_, index) => index));
  expect(Object.keys((JSON.parse(await readFile(location.file, 'utf8')) as { tags: object }).tags)).toHaveLength(20);
  expect((await stat(location.file)).mode & 0o777).toBe(0o600);
  expect((await openStateStore(location.file, fresh)).state).toEqual(store.state);
});

it('shows a change when it is stored, and never one that threw', async () => {
  await using location = await stateFile();
  const store = await openStateStore(location.file, fresh);
  const before = store.state;
  const made = store.change(({ tags }) => void (tags['made'] = []));
  const thrown = store.change(({ tags }) => {
    tags['half made'] = [];
    throw new Error('refused');
  });
  const after = store.change(({ tags }) => Object.keys(tags));
  expect(store.state).toBe(before);
  await expect(thrown).rejects.toThrow('refused');
  await made;
  expect(await after).toEqual(['made']);
  expect(store.state.tags).toEqual({ made: [] });
  expect(before.tags).toEqual({});
});

it('undoes a change that cannot be written, gives the reason, and continues when there is space', async () => {
  await using location = await stateFile();
  const store = await openStateStore(location.file, fresh);
  await store.change(({ tags }) => void (tags['kept'] = []));
  const stored = await readFile(location.file, 'utf8');
  await fillDisk(location.file);
  const lost = ['a', 'b'].map((name) => store.change(({ tags }) => void (tags[name] = [])));
  for (const change of lost) await expect(change).rejects.toThrow(/disk is full \(ENOSPC\).*Nothing was changed/);
  expect(store.state.tags).toEqual({ kept: [] });
  expect(await readFile(location.file, 'utf8')).toBe(stored);
  // No partial file takes up space.
  expect(await readdir(dirname(location.file))).toEqual(['elasticache.json']);
  await store.change(({ tags }) => void (tags['later'] = []));
  expect((await openStateStore(location.file, fresh)).state.tags).toEqual({ kept: [], later: [] });
});

it.each(['{"version": 1', '{}', '{"version": 0}', '{"version": "2"}', '[]', ''])(
  'rejects the broken state %j, naming the file and the remedy, and leaves it unchanged',
  async (content) => {
    await using location = await stateFile();
    await (await openStateStore(location.file, fresh)).change(() => undefined);
    await writeFile(location.file, content);
    const opening = openStateStore(location.file, fresh);
    await expect(opening).rejects.toThrow(location.file);
    await expect(opening).rejects.toThrow('cachegraph reset');
    expect(await readFile(location.file, 'utf8')).toBe(content);
  },
);

it('rejects a state of a newer version without advising a reset, and leaves it unchanged', async () => {
  await using location = await stateFile();
  await (await openStateStore(location.file, fresh)).change(() => undefined);
  const newer = JSON.stringify({ ...fresh(), version: 2, somethingNew: true });
  await writeFile(location.file, newer);
  const opening = openStateStore(location.file, fresh);
  await expect(opening).rejects.toThrow(/newer version of cachegraph.*format 2.*up to 1.*--data-dir/);
  await expect(opening).rejects.not.toThrow('reset');
  expect(await readFile(location.file, 'utf8')).toBe(newer);
});
