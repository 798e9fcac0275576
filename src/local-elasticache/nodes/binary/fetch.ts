import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { renderSources, selectSources, type Distribution } from './apt-sources.js';
import { runCommand } from '../process/run-command.js';
import { libraryPath, serverIn } from './unpacked-server.js';

interface FetchOptions {
  readonly onProgress?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Downloads the distribution's Valkey package into a private folder, with the shared libraries that the machine lacks.
 * @returns the folder with the unpacked files, below `scratch`
 */
export async function fetchFromDistribution(scratch: string, { onProgress, signal }: FetchOptions): Promise<string> {
  if (process.platform !== 'linux') throw new Error('packages can be fetched on Debian and Ubuntu only.');
  await Promise.all(
    ['apt-get', 'dpkg', 'dpkg-deb'].map((tool) =>
      runCommand(tool, ['--version'], { signal }).catch((cause: unknown) => {
        throw new Error(`packages can be fetched on Debian and Ubuntu only (${tool} is missing).`, { cause });
      }),
    ),
  );
  const apt = await privateApt(scratch, signal);
  onProgress?.('No Valkey on this machine: fetching the package lists …');
  // A broken source must not hide packages of the others, so only the download decides.
  const listsFailure = await apt(['update']).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  const root = join(scratch, 'root');
  const fetched = new Set<string>();
  let names = ['valkey-server', 'valkey-tools'];
  while (names.length > 0) {
    onProgress?.(`Fetching ${names.join(', ')} …`);
    await apt(['download', ...names]).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(listsFailure instanceof Error ? `${listsFailure.message}\n${reason}` : reason, { cause });
    });
    for (const name of names) fetched.add(name);
    const packages = await unpack(scratch, root, names, signal);
    const lacking = await lacksLibraries(root, signal);
    names = lacking ? await missingLibraries(packages, fetched, signal) : [];
  }
  return root;
}

/**
 * Creates an apt-get with its own lists, state, cache and sources below `scratch`. It needs no root and changes nothing
 * outside.
 */
async function privateApt(scratch: string, signal?: AbortSignal): Promise<(args: string[]) => Promise<string>> {
  await mkdir(join(scratch, 'lists', 'partial'), { recursive: true });
  await mkdir(join(scratch, 'cache', 'archives', 'partial'), { recursive: true });
  const sources = renderSources(selectSources(await machineSources(), await distribution()));
  await mkdir(join(scratch, 'sources'));
  await writeFile(join(scratch, 'sources', 'private.sources'), sources.deb822);
  await writeFile(join(scratch, 'sources', 'private.list'), sources.oneLine);
  const settings = {
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': join(scratch, 'sources'),
    'Dir::State': scratch,
    'Dir::State::lists': join(scratch, 'lists'),
    'Dir::Cache': join(scratch, 'cache'),
    'Acquire::Languages': 'none',
    // Otherwise an unreachable mirror is only a warning, and the reason is lost.
    'APT::Update::Error-Mode': 'any',
    'Acquire::Retries': '3',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
    // As root, apt would switch to a user who cannot read a folder below /root.
    'APT::Sandbox::User': 'root',
  };
  // `-c` is read after the machine's own settings, so that its proxies apply and its hooks do not run.
  const lines = [
    ...Object.entries(settings).map(([name, value]) => `${name} "${value}";`),
    '#clear APT::Update::Post-Invoke-Success;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Pre-Invoke;',
  ];
  const config = join(scratch, 'apt.conf');
  await writeFile(config, `${lines.join('\n')}\n`);
  return (args) => runCommand('apt-get', ['-c', config, '-q', ...args], { cwd: scratch, signal });
}

async function machineSources(): Promise<{ name: string; text: string }[]> {
  const folder = '/etc/apt/sources.list.d';
  const names = await readdir(folder).catch(() => []);
  const files = ['/etc/apt/sources.list', ...names.map((name) => join(folder, name))];
  return Promise.all(
    files
      .filter((name) => /\.(?:list|sources)$/.test(name))
      .map(async (name) => ({ name, text: await readFile(name, 'utf8').catch(() => '') })),
  );
}

async function distribution(): Promise<Distribution> {
  const release = parseEnv(await readFile('/etc/os-release', 'utf8').catch(() => ''));
  const codename = release['UBUNTU_CODENAME'] ?? release['DEBIAN_CODENAME'] ?? release['VERSION_CODENAME'];
  if (!codename) throw new Error('/etc/os-release does not name a Debian or Ubuntu release.');
  return { codename };
}

/** Unpacks the downloaded packages. Returns their files. */
async function unpack(
  scratch: string,
  root: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const files = (await readdir(scratch)).filter(
    (file) => file.endsWith('.deb') && names.some((name) => file.startsWith(`${name}_`)),
  );
  const paths = files.map((file) => join(scratch, file));
  for (const path of paths) await runCommand('dpkg-deb', ['-x', path, root], { signal });
  return paths;
}

async function lacksLibraries(root: string, signal?: AbortSignal): Promise<boolean> {
  const linked = await runCommand('ldd', [serverIn(root)], { env: await libraryPath(root), signal });
  return linked.includes('not found');
}

/** Returns the libraries that the packages depend on and that are not installed. */
async function missingLibraries(
  packages: readonly string[],
  fetched: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<string[]> {
  const depends = await Promise.all(
    packages.map((path) => runCommand('dpkg-deb', ['-f', path, 'Depends'], { signal })),
  );
  const names = depends
    .join(',')
    .split(',')
    .map((dependency) => /^\s*([a-z0-9.+-]+)/.exec(dependency)?.[1] ?? '')
    .filter((name) => name.startsWith('lib') && !fetched.has(name));
  const installed = await Promise.all(
    names.map((name) =>
      runCommand('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], { signal }).then(
        (status) => status.startsWith('installed'),
        () => false,
      ),
    ),
  );
  return names.filter((_name, index) => !installed[index]);
}
