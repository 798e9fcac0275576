import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataFiles, lacksData, type DataFiles } from '../../../../src/local-elasticache/nodes/data/data-files.js';
import { createDataFilesRecorder } from '../../../../src/local-elasticache/nodes/data/data-files-recorder.js';
import { createProgressRecord } from '../../../../src/local-elasticache/nodes/data/progress.js';

const files = (number: number, incremental: number, base = 100): DataFiles => ({
  [`appendonly.aof.${number}.base.rdb`]: base,
  [`appendonly.aof.${number}.incr.aof`]: incremental,
});

/** A node's folder with append-only files, deleted at the end of the test's scope. */
async function nodeFolder() {
  const directory = await mkdtemp(join(tmpdir(), 'cachegraph-data-files-'));
  const folder = join(directory, 'appendonlydir');
  await mkdir(folder);
  return {
    directory,
    path: (name: string) => join(folder, name),
    write: (name: string, content: string) => writeFile(join(folder, name), content),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

describe('the append-only files of a node', () => {
  it.each([
    { change: 'the same', before: files(1, 50), found: files(1, 50), lacks: false },
    { change: 'more changes', before: files(1, 50), found: files(1, 51), lacks: false },
    { change: 'fewer changes', before: files(1, 50), found: files(1, 49), lacks: true },
    { change: 'no changes', before: files(1, 50), found: files(1, 0), lacks: true },
    { change: 'a smaller base', before: files(1, 50), found: files(1, 50, 99), lacks: true },
    { change: 'an empty base', before: undefined, found: files(1, 50, 0), lacks: true },
    { change: 'a later base', before: files(1, 50), found: files(2, 0), lacks: false },
    { change: 'an older base', before: files(2, 0), found: files(1, 50), lacks: true },
    { change: 'no files', before: files(1, 50), found: {}, lacks: true },
    {
      change: 'one of two lists of changes',
      before: { ...files(1, 50), 'appendonly.aof.2.incr.aof': 10 },
      found: files(1, 50),
      lacks: true,
    },
    {
      change: 'a rewrite under way',
      before: files(1, 50),
      found: { ...files(1, 50), 'appendonly.aof.2.incr.aof': 0 },
      lacks: false,
    },
    { change: 'files of which nothing is known', before: undefined, found: files(1, 0), lacks: false },
  ])('with $change lack data: $lacks', ({ before, found, lacks }) => {
    expect(lacksData(found, before)).toBe(lacks);
  });

  it('are those with data in the manifest; a missing one has size 0', async () => {
    await using node = await nodeFolder();
    expect(await dataFiles(node.directory)).toEqual({});
    await node.write('b.rdb', '12345');
    await node.write('old.aof', '1');
    await node.write('unlisted.aof', '1');
    await node.write(
      'appendonly.aof.manifest',
      'file b.rdb seq 2 type b\nfile old.aof seq 1 type h\nfile i.aof seq 2 type i\n',
    );
    expect(await dataFiles(node.directory)).toEqual({ 'b.rdb': 5, 'i.aof': 0 });
  });

  it('never appear missing while they are being replaced', async () => {
    await using node = await nodeFolder();
    const write = async (number: number): Promise<void> => {
      const [base, incremental] = Object.keys(files(number, 1));
      await node.write(base!, 'x');
      await node.write(incremental!, 'x');
      await node.write('next', `file ${base!} seq 1 type b\nfile ${incremental!} seq 1 type i\n`);
      await rename(node.path('next'), node.path('appendonly.aof.manifest'));
    };
    await write(1);
    const replaced = new AbortController();
    const replacing = (async () => {
      for (let number = 2; number < 300; number += 1) {
        await write(number);
        for (const name of Object.keys(files(number - 1, 1))) await rm(node.path(name));
      }
      replaced.abort();
    })();
    while (!replaced.signal.aborted) expect(Object.values(await dataFiles(node.directory))).toEqual([1, 1]);
    await replacing;
  });

  it('are recorded as they grow, at most once a second while the node runs, and never as they shrink', async () => {
    await using node = await nodeFolder();
    const progress = createProgressRecord({ a: { history: 1, offset: 5 } }, ['a', 'b']);
    let now = 0;
    const recorder = createDataFilesRecorder(progress, () => now);
    const nodes = [
      { id: 'a', directory: node.directory },
      { id: 'b', directory: node.directory },
    ];
    await node.write('appendonly.aof.manifest', 'file i.aof seq 1 type i\n');
    await node.write('i.aof', '12345');
    const recorded = (size: number) => ({
      a: { history: 1, offset: 5, files: { 'i.aof': size } },
      b: { history: -1, offset: 0, isBehind: true, files: { 'i.aof': size } },
    });
    expect(await recorder.recordIfDue(nodes)).toEqual(recorded(5));
    await node.write('i.aof', '123456');
    now = 999;
    expect(await recorder.recordIfDue(nodes)).toBeUndefined();
    now = 1_000;
    expect(await recorder.recordIfDue(nodes)).toEqual(recorded(6));
    await node.write('i.aof', '1234567');
    expect(await recorder.record(nodes)).toEqual(recorded(7));
    expect(await recorder.record(nodes)).toBeUndefined();
    await node.write('i.aof', '1');
    expect(await recorder.record(nodes)).toBeUndefined();
    expect(progress.filesOf('a')).toEqual({ 'i.aof': 7 });
    // A node that starts empty writes a new set of files.
    progress.startsEmpty('a');
    expect(progress.filesOf('a')).toBeUndefined();
  });
});
