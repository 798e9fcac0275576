import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The output of `npm run build` as it is installed: its files, the manifest and the packages. */
export interface BuiltProgram extends AsyncDisposable {
  readonly folder: string;
  readonly main: string;
}

/** Builds into a separate folder, so that a running `dist` is unaffected. */
export async function buildProgram(): Promise<BuiltProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'cachegraph-built-'));
  await cp(join(root, 'package.json'), join(folder, 'package.json'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await promisify(execFile)(process.execPath, ['build.js', join(folder, 'dist')], { cwd: root });
  return {
    folder,
    main: join(folder, 'dist/main.js'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
