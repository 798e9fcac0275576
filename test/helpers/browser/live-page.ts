import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

/** The folder of the example. */
export const livePage = fileURLToPath(new URL('../../../examples/live-page', import.meta.url));

/** The built example, served by Vite on a free port until the scope ends. */
export async function serveLivePage(): Promise<AsyncDisposable & { readonly url: string }> {
  const args = ['node_modules/vite/bin/vite.js', 'preview', '--host', '127.0.0.1', '--port', '0'];
  const vite = spawn(process.execPath, args, { cwd: livePage, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(vite, 'exit');
  for await (const line of createInterface(vite.stdout)) {
    const url = /http:\S+/.exec(stripVTControlCharacters(line))?.[0];
    if (url === undefined) continue;
    return {
      url,
      async [Symbol.asyncDispose]() {
        vite.kill('SIGKILL');
        await exited;
      },
    };
  }
  throw new Error('vite preview ended without printing its address.');
}
