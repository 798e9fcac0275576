import { readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { examine, isSupported } from './examine.js';
import type { ValkeyBinary } from '../interfaces.js';

/** Finds the server in a folder of unpacked packages; undefined if there is none that runs. */
export async function unpackedServer(root: string): Promise<ValkeyBinary | undefined> {
  const found = await examine(serverIn(root), await libraryPath(root)).catch(() => undefined);
  return found?.engine === 'valkey' && isSupported(found) ? found : undefined;
}

export function serverIn(root: string): string {
  return join(root, 'usr', 'bin', 'valkey-server');
}

/** Puts the unpacked shared libraries before those of the machine. */
export async function libraryPath(root: string): Promise<{ readonly LD_LIBRARY_PATH: string }> {
  const parents = [join(root, 'usr', 'lib'), join(root, 'lib')];
  const nested = await Promise.all(
    parents.map(async (parent) => {
      const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(parent, name));
    }),
  );
  const inherited = process.env['LD_LIBRARY_PATH'];
  const folders = [...nested.flat(), ...parents, ...(inherited ? [inherited] : [])];
  return { LD_LIBRARY_PATH: folders.join(delimiter) };
}
