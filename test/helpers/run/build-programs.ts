import { execFile } from 'node:child_process';
import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, stop } from 'esbuild';
import { processScripts, programsFolder, type ProcessScript } from './built-programs.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Builds into a new folder what tests start as processes, since a start from the sources takes five times as long. From then on,
 * this process and its children find it by `built-programs`. A running `dist` is unaffected.
 */
export async function buildPrograms(folder: string): Promise<void> {
  await cp(join(root, 'package.json'), join(folder, 'package.json'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await rebuildPrograms(folder);
  process.env[programsFolder] = folder;
}

/** Builds again from the current sources. */
export async function rebuildPrograms(folder: string): Promise<void> {
  await Promise.all([
    promisify(execFile)(process.execPath, ['build.js', join(folder, 'dist')], { cwd: root }),
    buildScripts(join(folder, 'processes'), processScripts),
  ]);
  // Otherwise esbuild's own process runs as long as this one.
  await stop();
}

/** Bundles scripts into a folder, each as a file with its name and `.mjs`. */
export async function buildScripts(folder: string, names: readonly ProcessScript[]): Promise<void> {
  await build({
    entryPoints: Object.fromEntries(names.map((name) => [name, join(root, 'test/helpers', `${name}.ts`)])),
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.11',
    mainFields: ['module', 'main'],
    external: ['@opentelemetry/api'],
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    outExtension: { '.js': '.mjs' },
    logLevel: 'warning',
  });
}
