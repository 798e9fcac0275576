import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** A change of a file, counted from the request on, at which a process is to be killed. */
export interface FileChange {
  /** 1 for the next one. */
  readonly number: number;
  /** `during` leaves half of a written or copied file. */
  readonly when: 'before' | 'during' | 'after';
}

const changing = ['rename', 'rm', 'writeFile', 'mkdir', 'open', 'copyFile', 'symlink'] as const;

/** Makes this process kill itself at a change of a file that it makes by `node:fs/promises`, when its parent asks for it. */
export function killAtFileChanges(first: FileChange | undefined): void {
  let left = first?.number ?? Infinity;
  let when = first?.when ?? 'before';
  process.on('message', (change: FileChange) => ({ number: left, when } = change));
  // Nobody would end it otherwise.
  process.on('disconnect', () => process.exit());
  const die = (): void => void process.kill(process.pid, 'SIGKILL');

  const { writeFile, readFile } = { ...fs };
  const makeHalf = async (name: string, [from, second]: readonly unknown[]): Promise<void> => {
    if (name === 'writeFile') await writeFile(String(from), half(Buffer.from(String(second))));
    if (name === 'copyFile') await writeFile(String(second), half(await readFile(String(from))));
  };
  for (const name of changing) {
    const original = fs[name] as (...args: unknown[]) => Promise<unknown>;
    const replaced = async (...args: unknown[]): Promise<unknown> => {
      if (name === 'open' && (args[1] ?? 'r') === 'r') return original(...args);
      left -= 1;
      const isFatal = left === 0;
      if (isFatal && when === 'before') die();
      if (isFatal && when === 'during') {
        await makeHalf(name, args);
        die();
      }
      const result = await original(...args);
      if (isFatal) die();
      return result;
    };
    Object.assign(fs, { [name]: replaced });
  }
  syncBuiltinESMExports();
}

const half = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length >> 1);
