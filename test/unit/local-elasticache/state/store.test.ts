import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { defaultRegion, initialState, type State } from '../../../../src/local-elasticache/state/region-state.js';
import type { StoredState } from '../../../../src/local-elasticache/state/stored-state.js';
import { openStateStore, type StateStore } from '../../../../src/local-elasticache/state/store.js';
import { fillDisk } from '../../../helpers/elasticache/full-disk.js';

/** Changes the tags of one region. */
const tagging =
  <Value>(work: (tags: State['tags']) => Value) =>
  ({ regions }: StoredState): Value =>
    work((regions[defaultRegion] ??= initialState(defaultRegion)).tags);
const tagsIn = ({ state }: StateStore) => state.regions[defaultRegion]?.tags;

async function stateFile(): Promise<{ file: string } & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'cachegraph-state-'));
  return {
    file: join(directory, 'below', 'elasticache.json'),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

it('writes the latest state, readable by its owner only, however many changes are made at once', async () => {
  await using location = await stateFile();
  const store = await openStateStore(location.file);
  const changes = Array.from({ length: 20 }, (_, index) =>
    store.change(
      tagging((tags) => {
        tags[`arn-${index}`] = [];
        return index;
      }),
    ),
  );
  expect(await Promise.all(changes)).toEqual(changes.map((_, index) => index));
  const stored = JSON.parse(await readFile(location.file, 'utf8')) as StoredState;
  expect(Object.keys(stored.regions[defaultRegion]!.tags)).toHaveLength(20);
  expect((await stat(location.file)).mode & 0o777).toBe(0o600);
  expect((await openStateStore(location.file)).state).toEqual(store.state);
});

it('shows a change when it is stored, and never one that threw', async () => {
  await using location = await stateFile();
  const store = await openStateStore(location.file);
  const before = store.state;
  const made = store.change(tagging((tags) => void (tags['made'] = [])));
  const thrown = store.change(
    tagging((tags) => {
      tags['half made'] = [];
      throw new Error('refused');
    }),
  );
  const after = store.change(tagging((tags) => Object.keys(tags)));
  expect(store.state).toBe(before);
  await expect(thrown).rejects.toThrow('refused');
  await made;
  expect(await after).toEqual(['made']);
  expect(tagsIn(store)).toEqual({ made: [] });
  expect(before.regions).toEqual({});
});

it('undoes a change that cannot be written, gives the reason, and continues when there is space', async () => {
  await using location = await stateFile();
  const store = await openStateStore(location.file);
  await store.change(tagging((tags) => void (tags['kept'] = [])));
  const stored = await readFile(location.file, 'utf8');
  await fillDisk(location.file);
  const lost = ['a', 'b'].map((name) => store.change(tagging((tags) => void (tags[name] = []))));
  for (const change of lost) await expect(change).rejects.toThrow(/disk is full \(ENOSPC\).*Nothing was changed/);
  expect(tagsIn(store)).toEqual({ kept: [] });
  expect(await readFile(location.file, 'utf8')).toBe(stored);
  // No partial file takes up space.
  expect(await readdir(dirname(location.file))).toEqual(['elasticache.json']);
  await store.change(tagging((tags) => void (tags['later'] = [])));
  expect(tagsIn(await openStateStore(location.file))).toEqual({ kept: [], later: [] });
});

it.each(['{"version": 1', '{}', '{"version": 0}', '{"version": "2"}', '[]', ''])(
  'rejects the broken state %j, naming the file and the remedy, and leaves it unchanged',
  async (content) => {
    await using location = await stateFile();
    await (await openStateStore(location.file)).change(() => undefined);
    await writeFile(location.file, content);
    const opening = openStateStore(location.file);
    await expect(opening).rejects.toThrow(location.file);
    await expect(opening).rejects.toThrow('cachegraph reset');
    expect(await readFile(location.file, 'utf8')).toBe(content);
  },
);

it('reads the format of one region as the default region', async () => {
  await using location = await stateFile();
  await (await openStateStore(location.file)).change(() => undefined);
  const region = { ...initialState(defaultRegion), tags: { 'arn-1': [{ key: 'a', value: 'b' }] } };
  await writeFile(location.file, JSON.stringify({ version: 1, ...region }));
  const store = await openStateStore(location.file);
  expect(store.state).toEqual({ version: 3, regions: { [defaultRegion]: region } });
  await store.change(tagging((tags) => void (tags['arn-2'] = [])));
  expect(tagsIn(await openStateStore(location.file))).toEqual({ ...region.tags, 'arn-2': [] });
});

it('reads the format without cache clusters of their own', async () => {
  await using location = await stateFile();
  await (await openStateStore(location.file)).change(() => undefined);
  const regions = { [defaultRegion]: { ...initialState(defaultRegion), tags: { 'arn-1': [] } } };
  await writeFile(location.file, JSON.stringify({ version: 2, regions }));
  expect((await openStateStore(location.file)).state).toEqual({ version: 3, regions });
});

it('rejects a state of a newer version without advising a reset, and leaves it unchanged', async () => {
  await using location = await stateFile();
  await (await openStateStore(location.file)).change(() => undefined);
  const newer = JSON.stringify({ version: 4, regions: {}, somethingNew: true });
  await writeFile(location.file, newer);
  const opening = openStateStore(location.file);
  await expect(opening).rejects.toThrow(/newer version of cachegraph.*format 4.*up to 3.*--data-dir/);
  await expect(opening).rejects.not.toThrow('reset');
  expect(await readFile(location.file, 'utf8')).toBe(newer);
});
