import { access, constants, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fetchFromDistribution } from './fetch.js';
import { examine, isSupported } from './examine.js';
import type { ValkeyBinary } from '../interfaces.js';
import { unpackedServer } from './unpacked-server.js';

export interface ResolveOptions {
  /** Folder for a downloaded Valkey; default `$XDG_CACHE_HOME/cachegraph` or `~/.cache/cachegraph`. */
  readonly cacheDir?: string | undefined;
  /** The source of `CACHEGRAPH_VALKEY_SERVER`, `PATH` and `XDG_CACHE_HOME`; default `process.env`. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Receives progress messages for people, one line each. */
  readonly onProgress?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** There is no usable valkey-server. The message, for people, says what to do. */
export class ValkeyNotFound extends Error {
  override readonly name = 'ValkeyNotFound';
}

const remedy =
  'Install Valkey 7.2 or later (macOS: `brew install valkey`; Debian 13, Ubuntu 24.04 or later: `apt install valkey-server`; ' +
  'Fedora: `dnf install valkey`), or name one by CACHEGRAPH_VALKEY_SERVER=/path/to/valkey-server.';

/**
 * Finds a valkey-server: the one that `CACHEGRAPH_VALKEY_SERVER` names, else the one on the PATH, else the one in the
 * cache folder. On Debian and Ubuntu, the distribution's package is then downloaded into the cache folder, without root
 * and without being installed.
 * @throws ValkeyNotFound
 */
export async function resolveValkey(options: ResolveOptions = {}): Promise<ValkeyBinary> {
  const env = options.env ?? process.env;
  const named = env['CACHEGRAPH_VALKEY_SERVER'];
  if (named) return namedServer(named);
  const onPath = await firstOnPath(env['PATH'] ?? '');
  if (onPath) return onPath;
  const cacheDir = options.cacheDir ?? defaultCacheDir(env);
  const home = join(cacheDir, `valkey-${process.platform}-${process.arch}`);
  return (await unpackedServer(home)) ?? fetchInto(home, cacheDir, options);
}

function defaultCacheDir(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'cachegraph');
}

async function namedServer(path: string): Promise<ValkeyBinary> {
  const found = await examine(path).catch((cause: unknown) => {
    throw new ValkeyNotFound(`CACHEGRAPH_VALKEY_SERVER names ${path}, which does not run as a server. ${remedy}`, {
      cause,
    });
  });
  if (isSupported(found)) return found;
  throw new ValkeyNotFound(
    `CACHEGRAPH_VALKEY_SERVER names ${path}, which is ${found.engine} ${found.version}; ` +
      'expected Valkey 7.2 or later, or Redis 7.0 or later.',
  );
}

/** Only the environment variable can select a Redis, whatever the file is named. */
async function firstOnPath(path: string): Promise<ValkeyBinary | undefined> {
  for (const directory of path.split(delimiter).filter(Boolean)) {
    const file = join(directory, 'valkey-server');
    // Checked first, because trying to start a missing program takes milliseconds for each folder of the PATH.
    const found = await access(file, constants.X_OK)
      .then(() => examine(file))
      .catch(() => undefined);
    if (found?.engine === 'valkey' && isSupported(found)) return found;
  }
  return undefined;
}

async function fetchInto(home: string, cacheDir: string, options: ResolveOptions): Promise<ValkeyBinary> {
  const scratch = `${home}.${process.pid}-${Date.now().toString(36)}${partial}`;
  try {
    await removeAbandoned(cacheDir);
    await mkdir(scratch, { recursive: true, mode: 0o700 });
    const root = await fetchFromDistribution(scratch, options);
    if (!(await unpackedServer(root))) throw new Error('The fetched valkey-server does not run here.');
    await moveIntoPlace(root, home);
  } catch (cause) {
    options.signal?.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ValkeyNotFound(
      `No valkey-server on the PATH or in ${cacheDir}, and none could be fetched: ${reason}\n${remedy}`,
      {
        cause,
      },
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const binary = await unpackedServer(home);
  if (!binary)
    throw new ValkeyNotFound(`The valkey-server in ${home} does not run. Remove that folder and start again.`);
  options.onProgress?.(`Valkey ${binary.version} is ready in ${home}.`);
  return binary;
}

const partial = '.partial';
const abandonedAfterMs = 60 * 60 * 1000;

/** Removes the folders of downloads that were killed. */
async function removeAbandoned(cacheDir: string): Promise<void> {
  const names = await readdir(cacheDir).catch(() => []);
  const folders = names.filter((name) => name.endsWith(partial)).map((name) => join(cacheDir, name));
  for (const folder of folders) {
    const changed = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    if (changed < Date.now() - abandonedAfterMs) await rm(folder, { recursive: true, force: true });
  }
}

/** Moves the unpacked tree to its final place atomically. If another process has done so meanwhile, that tree is used. */
async function moveIntoPlace(root: string, home: string): Promise<void> {
  const aside = `${root}.broken`;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      await rename(root, home);
      return;
    } catch (cause) {
      if (await unpackedServer(home)) return;
      // The existing tree does not run (a half-removed folder, another libc): move it aside, into the scratch folder.
      await rename(home, `${aside}${attempt}`).catch(() => {
        throw cause;
      });
    }
  }
}
