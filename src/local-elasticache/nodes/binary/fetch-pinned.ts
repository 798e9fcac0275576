import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PinnedPackages } from './pinned-packages.js';
import { examine } from './examine.js';
import type { ValkeyBinary } from '../interfaces.js';
import { runCommand } from '../process/run-command.js';

interface FetchPinnedOptions {
  /** A mirror of Debian, e.g. `http://deb.debian.org/debian`. */
  readonly mirror: string;
  readonly onProgress?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Downloads with apt's proxies and checks the hash of each file. It is part of every Debian and Ubuntu, but not on the PATH. */
const aptHelper = '/usr/lib/apt/apt-helper';

/**
 * Downloads the packages into a private folder, without root, and unpacks them beside a script that starts their server.
 * @returns the folder with the unpacked files, below `scratch`
 */
export async function fetchPinned(
  scratch: string,
  { version, files, libraries, loader }: PinnedPackages,
  { mirror, onProgress, signal }: FetchPinnedOptions,
): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('packages can be fetched for Linux on x64 only.');
  onProgress?.(`Fetching Valkey ${version} and its libraries from ${mirror} …`);
  const archives = files.map(({ path, sha256 }, index) => ({
    url: `${mirror.replace(/\/+$/, '')}/${path}`,
    file: join(scratch, `${index}.deb`),
    hash: `SHA256:${sha256}`,
  }));
  // As root, apt would switch to a user who cannot write to this folder.
  const options = ['APT::Sandbox::User=root', 'Acquire::Retries=1', 'Acquire::http::Timeout=20'].flatMap((option) => [
    '-o',
    option,
  ]);
  const downloads = archives.flatMap(({ url, file, hash }) => [url, file, hash]);
  await runCommand(aptHelper, ['-q', ...options, 'download-file', ...downloads], { signal });
  const root = join(scratch, 'root');
  await mkdir(root);
  for (const { file } of archives) await runCommand('dpkg-deb', ['-x', file, root], { signal });
  await writeFile(launcherIn(root), launcher(libraries, loader));
  await chmod(launcherIn(root), 0o755);
  return root;
}

/** Finds the server in a folder of pinned packages; undefined if there is none that runs. */
export async function pinnedServer(root: string, { version }: PinnedPackages): Promise<ValkeyBinary | undefined> {
  const found = await examine(launcherIn(root)).catch(() => undefined);
  return found?.engine === 'valkey' && found.version === version ? found : undefined;
}

function launcherIn(root: string): string {
  return join(root, 'valkey-server');
}

/**
 * The libraries must not be those of other programs, so their folder is an argument of the loader, not part of the environment. `exec` keeps the
 * process ID, and `--argv0` lets a server that restarts itself start this script again.
 */
function launcher(libraries: string, loader: string): string {
  return `#!/bin/sh
root=\${0%/*}
libraries=$root/${libraries}
exec "$libraries/${loader}" --library-path "$libraries" --argv0 "$0" "$root/usr/bin/valkey-server" "$@"
`;
}
