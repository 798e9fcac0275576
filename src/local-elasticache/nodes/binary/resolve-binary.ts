import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { examine, isSupported } from './examine.js';
import { fetchFromDistribution } from './fetch.js';
import { fetchPinned, pinnedServer } from './fetch-pinned.js';
import type { ValkeyBinary } from '../interfaces.js';
import { pinnedVersions, type PinnedPackages } from './pinned-packages.js';
import { fillFolder, type ServerFolder } from './server-folder.js';
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
 * and without being installed. With `CACHEGRAPH_VALKEY_VERSION`, only that major version is accepted, and downloaded from
 * `CACHEGRAPH_DEBIAN_MIRROR`.
 * @throws ValkeyNotFound
 */
export async function resolveValkey(options: ResolveOptions = {}): Promise<ValkeyBinary> {
  const env = options.env ?? process.env;
  const required = requiredVersion(env);
  const named = env['CACHEGRAPH_VALKEY_SERVER'];
  if (named) return namedServer(named, required);
  const onPath = await firstOnPath(env['PATH'] ?? '', required);
  if (onPath) return onPath;
  const cacheDir = options.cacheDir ?? defaultCacheDir(env);
  const folder = required ? folderOfVersion(required, cacheDir, env, options) : folderOfDistribution(cacheDir, options);
  return (await folder.find(folder.path)) ?? fetchInto(folder, options, required);
}

/** A major version, and where to get it. */
interface RequiredVersion {
  readonly major: string;
  readonly packages: PinnedPackages;
}

function requiredVersion(env: NodeJS.ProcessEnv): RequiredVersion | undefined {
  const major = env['CACHEGRAPH_VALKEY_VERSION'];
  if (!major) return undefined;
  const packages = pinnedVersions.get(major);
  if (packages) return { major, packages };
  throw new ValkeyNotFound(`CACHEGRAPH_VALKEY_VERSION: expected one of ${[...pinnedVersions.keys()].join(', ')}.`);
}

function isRequired({ engine, version }: ValkeyBinary, required: RequiredVersion | undefined): boolean {
  return !required || (engine === 'valkey' && version.startsWith(`${required.major}.`));
}

function folderOfDistribution(cacheDir: string, options: ResolveOptions): ServerFolder {
  return {
    path: join(cacheDir, `valkey-${process.platform}-${process.arch}`),
    find: unpackedServer,
    fetch: (scratch) => fetchFromDistribution(scratch, options),
  };
}

function folderOfVersion(
  { packages }: RequiredVersion,
  cacheDir: string,
  env: NodeJS.ProcessEnv,
  options: ResolveOptions,
): ServerFolder {
  const mirror = env['CACHEGRAPH_DEBIAN_MIRROR'] ?? 'http://deb.debian.org/debian';
  return {
    path: join(cacheDir, `valkey-${packages.version}-${process.platform}-${process.arch}`),
    find: (root) => pinnedServer(root, packages),
    fetch: (scratch) => fetchPinned(scratch, packages, { ...options, mirror }),
  };
}

function defaultCacheDir(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'cachegraph');
}

async function namedServer(path: string, required: RequiredVersion | undefined): Promise<ValkeyBinary> {
  const found = await examine(path).catch((cause: unknown) => {
    throw new ValkeyNotFound(`CACHEGRAPH_VALKEY_SERVER names ${path}, which does not run as a server. ${remedy}`, {
      cause,
    });
  });
  if (required && !isRequired(found, required)) {
    const received = `${found.engine} ${found.version}; CACHEGRAPH_VALKEY_VERSION expects Valkey ${required.major}.`;
    throw new ValkeyNotFound(`CACHEGRAPH_VALKEY_SERVER names ${path}, which is ${received}`);
  }
  if (isSupported(found)) return found;
  throw new ValkeyNotFound(
    `CACHEGRAPH_VALKEY_SERVER names ${path}, which is ${found.engine} ${found.version}; ` +
      'expected Valkey 7.2 or later, or Redis 7.0 or later.',
  );
}

/** Only the environment variable can select a Redis, whatever the file is named. */
async function firstOnPath(path: string, required: RequiredVersion | undefined): Promise<ValkeyBinary | undefined> {
  for (const directory of path.split(delimiter).filter(Boolean)) {
    const file = join(directory, 'valkey-server');
    // Checked first, because trying to start a missing program takes milliseconds for each folder of the PATH.
    const found = await access(file, constants.X_OK)
      .then(() => examine(file))
      .catch(() => undefined);
    if (found?.engine === 'valkey' && isSupported(found) && isRequired(found, required)) return found;
  }
  return undefined;
}

async function fetchInto(
  folder: ServerFolder,
  { onProgress, signal }: ResolveOptions,
  required: RequiredVersion | undefined,
): Promise<ValkeyBinary> {
  const { path, find } = folder;
  try {
    await fillFolder(folder);
  } catch (cause) {
    signal?.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    const missing = required ? `Valkey ${required.major}` : 'valkey-server';
    throw new ValkeyNotFound(
      `No ${missing} on the PATH or in ${dirname(path)}, and none could be fetched: ${reason}\n${required ? remedyOf(required) : remedy}`,
      { cause },
    );
  }
  const binary = await find(path);
  if (!binary)
    throw new ValkeyNotFound(`The valkey-server in ${path} does not run. Remove that folder and start again.`);
  onProgress?.(`Valkey ${binary.version} is ready in ${path}.`);
  return binary;
}

/** Mirrors keep the newest packages only; Debian's snapshot archive keeps all. */
function remedyOf({ major, packages }: RequiredVersion): string {
  return (
    `Name a Valkey ${major} by CACHEGRAPH_VALKEY_SERVER=/path/to/valkey-server, or a mirror that has the packages of ${packages.version} ` +
    'by CACHEGRAPH_DEBIAN_MIRROR, e.g. https://snapshot.debian.org/archive/debian/20261101T000000Z.'
  );
}
