import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { livePage } from './live-page.js';

const run = promisify(execFile);

/** Type-checks and builds the example with its own packages, once before the browser tests. */
export default async function setup(): Promise<void> {
  if (await isOutdated()) await npm('ci', '--no-fund', '--no-audit');
  await npm('run', 'build');
}

async function isOutdated(): Promise<boolean> {
  const changed = (file: string) =>
    stat(`${livePage}/${file}`).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
  return (await changed('node_modules/.package-lock.json')) < (await changed('package-lock.json'));
}

async function npm(...args: readonly string[]): Promise<void> {
  process.stderr.write(`npm ${args.join(' ')} in examples/live-page\n`);
  await run('npm', args, { cwd: livePage }).catch((cause: unknown) => {
    const { stdout, stderr } = cause as { stdout?: string; stderr?: string };
    throw new Error(`npm ${args.join(' ')} failed in examples/live-page:\n${stdout ?? ''}${stderr ?? ''}`, { cause });
  });
}
