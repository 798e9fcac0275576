import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainDataDirFailure } from '../../../src/app/data-dir/data-dir-failure.js';
import { writeGitignore } from '../../../src/app/data-dir/data-dir-gitignore.js';
import { lockDataDir } from '../../../src/app/data-dir/data-dir-lock.js';
import { StateNotStored } from '../../../src/local-elasticache/state/store.js';
import { StartupError } from '../../../src/runtime/startup-error.js';
import { temporaryFolder } from '../../helpers/apis/command.js';
import { startProcess } from '../../helpers/run/built-programs.js';

describe('The lock of a data directory', () => {
  test('creates the directory, contains the process ID, and is removed by unlocking', async () => {
    await using folder = await temporaryFolder();
    const dataDir = join(folder.path, 'data');
    const unlock = await lockDataDir(dataDir);
    expect(await readFile(join(dataDir, 'lock'), 'utf8')).toBe(`${process.pid}\n`);
    await unlock();
    expect(await readdir(dataDir)).toEqual([]);
  });

  test('is refused while another Node.js process holds it, and taken over once that has ended', async () => {
    await using folder = await temporaryFolder();
    const owner = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1_000)']);
    await once(owner, 'spawn');
    const lock = join(folder.path, 'lock');
    await writeFile(lock, `${owner.pid}\n`);
    const failure = await lockDataDir(folder.path).catch((error: unknown) => error);
    const ended = once(owner, 'exit');
    owner.kill('SIGKILL');
    await ended;
    expect(failure).toBeInstanceOf(StartupError);
    expect(String(failure)).toContain(`in use by process ${owner.pid}`);
    await lockDataDir(folder.path);
    expect(await readFile(lock, 'utf8')).toBe(`${process.pid}\n`);
  });

  test.each(['', 'not a number', '-1', '1.5'])('is taken over if it contains %j', async (content) => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'lock'), content);
    await expect(lockDataDir(folder.path)).resolves.toBeDefined();
  });
});

describe('The lock of a data directory, if several processes start at the same moment,', () => {
  test.each([
    ['without a lock', undefined],
    ['after one that was killed', '999999999\n'],
  ])('belongs to one of them, %s', { timeout: 60_000 }, async (_, left) => {
    const processes = Array.from({ length: 4 }, () => startProcess('apis/locking-process'));
    try {
      await Promise.all(processes.map((one) => once(one, 'message')));
      for (let round = 0; round < 25; round += 1) {
        await using folder = await temporaryFolder();
        if (left !== undefined) await writeFile(join(folder.path, 'lock'), left);
        const answers = processes.map(async (one) => {
          const answer = once(one, 'message');
          one.send(folder.path);
          return ((await answer) as [boolean])[0];
        });
        expect((await Promise.all(answers)).filter(Boolean)).toHaveLength(1);
        expect(await readdir(folder.path)).toEqual(['lock']);
      }
    } finally {
      for (const one of processes) one.kill();
    }
  });
});

describe('A failure in the data directory', () => {
  const failing = (error: unknown) => explainDataDirFailure('/data', () => Promise.reject(error as Error));
  const fileError = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' });

  test.each([
    ['of the file system', fileError],
    ['of storing the state', new StateNotStored('not stored', { cause: fileError })],
  ])('%s is explained with a remedy', async (_, error) => {
    const explained = failing(error);
    await expect(explained).rejects.toThrow(StartupError);
    await expect(explained).rejects.toThrow(/\/data cannot be used\. The disk is full \(ENOSPC\).*--data-dir DIR/);
    await expect(explained).rejects.toMatchObject({ cause: error });
  });

  test.each([
    ['of a port', Object.assign(new Error('in use'), { code: 'EADDRINUSE', syscall: 'listen' })],
    ['of the program itself', new TypeError('undefined is not a function')],
  ])('%s is thrown unchanged', async (_, error) => {
    await expect(failing(error)).rejects.toBe(error);
  });

  test('does not change the result of work that succeeds', async () => {
    expect(await explainDataDirFailure('/data', () => Promise.resolve(7))).toBe(7);
  });
});

test('git ignores a data directory, but no directory with files of the user', async () => {
  await using own = await temporaryFolder();
  await writeFile(join(own.path, 'state.json'), '');
  await writeGitignore(own.path, ['state.json']);
  expect(await readFile(join(own.path, '.gitignore'), 'utf8')).toBe('*\n');
  await using others = await temporaryFolder();
  await writeFile(join(others.path, 'notes.txt'), '');
  await writeGitignore(others.path, ['state.json']);
  expect(await readdir(others.path)).toEqual(['notes.txt']);
});
