import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { tsImport } from 'tsx/esm/api';

// From its source: the built program has no such file.
const binary = '../../src/local-elasticache/nodes/binary/resolve-binary.ts';
const { resolveValkey } = await tsImport(binary, import.meta.url);
const root = process.env.CACHEGRAPH_ROOT ?? new URL('../../', import.meta.url).pathname;

/** Everything that this run has started, ended by `endAll`. */
const children = new Set();
const folders = [];
process.once('exit', () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A real Valkey without persistence on a free port. */
export async function startValkey() {
  const { path, env } = await resolveValkey({ onProgress: console.error });
  const port = await freePort();
  const args = ['--port', String(port), '--save', '', '--bind', '127.0.0.1', '--dir', tmpdir()];
  const child = track(spawn(path, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] }));
  for await (const line of createInterface(child.stdout)) if (line.includes('Ready to accept')) break;
  child.stdout.resume();
  return { port, pid: child.pid };
}

/** `cachegraph serve` against that Valkey as cluster `bench`; resolves to its URL. `access` is an access file's content. */
export async function startCachegraph({ port, nodeArguments = [], access, logLevel = 'warn' }) {
  const folder = await mkdtemp(join(tmpdir(), 'cachegraph-bench-'));
  const config = join(folder, 'config.json');
  const clusters = [{ name: 'bench', endpoint: { host: '127.0.0.1', port } }];
  folders.push(folder);
  const accessFile = access && join(folder, 'access.json');
  if (access) await writeFile(accessFile, JSON.stringify(access));
  await writeFile(config, JSON.stringify({ elasticache: false, port: 0, logLevel, clusters, accessFile }));
  return await startCommand(nodeArguments, ['serve', '--config', config]);
}

/** `cachegraph dev` as `npm start` runs it, on free ports, with clusters of these names and one node each. */
export async function startDev(...clusters) {
  const folder = await mkdtemp(join(tmpdir(), 'cachegraph-bench-'));
  folders.push(folder);
  const flags = ['--port', '0', '--elasticache-port', '0', '--data-dir', join(folder, 'data')];
  const api = await startCommand(['--max-semi-space-size=64'], ['dev', ...flags]);
  const run = async (query) => {
    const body = JSON.stringify({ query });
    const response = await fetch(api.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { data, errors } = await response.json();
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  const ports = [];
  for (const cluster of clusters) {
    await run(
      `mutation { createCluster(input: { name: "${cluster}", replicasPerShard: 0 }) { userErrors { message } } }`,
    );
    for (;;) {
      const { cluster: made } = await run(`{ cluster(name: "${cluster}") { status primaryEndpoint { port } } }`);
      if (made.status === 'AVAILABLE') {
        ports.push(made.primaryEndpoint.port);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  // The first one's, where there is one.
  return { ...api, valkey: { port: ports[0] } };
}

/** `cachegraph elasticache` on a free port with an empty data directory; resolves to its URL. */
export async function startElastiCacheProcess() {
  const folder = await mkdtemp(join(tmpdir(), 'cachegraph-bench-'));
  folders.push(folder);
  const command = ['elasticache', '--elasticache-port', '0', '--data-dir', join(folder, 'data')];
  return startCommand([], command, /Local ElastiCache: (http:\S+)/);
}

async function startCommand(nodeArguments, command, announced = /(http:\S+graphql)/) {
  const child = track(
    spawn(process.execPath, [...nodeArguments, join(root, 'dist/main.js'), ...command], {
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  for await (const line of createInterface(child.stdout)) {
    const url = announced.exec(line)?.[1];
    if (!url) continue;
    child.stdout.resume();
    return { url, pid: child.pid };
  }
  throw new Error('cachegraph ended before it was ready');
}

/** A script of this package as a process of its own; its first message says that it is ready. */
export async function start(script, { nodeArguments = [] } = {}, ...args) {
  const child = track(fork(new URL(`../${script}`, import.meta.url), args.map(String), { execArgv: nodeArguments }));
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${script} ended with ${code}`);
  });
  const [ready] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  return { child, ready, ended };
}

/** Starts the selected contenders: name → what its start resolves to. */
export async function startAll(contenders, isSelected, options) {
  const started = {};
  for (const [name, begin] of Object.entries(contenders)) {
    if (isSelected.contender(name)) started[name] = await begin(options);
  }
  return started;
}

/** Sends a message to a started script and waits for its reply. */
export async function ask({ child, ended }, message) {
  const answer = Promise.race([once(child, 'message'), ended]);
  child.send(message);
  return (await answer)[0];
}

/** Ends one of them and waits until it has. */
export async function end(pid) {
  const child = [...children].find((one) => one.pid === pid);
  if (!child) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

export function endAll() {
  for (const child of children) child.kill('SIGTERM');
}

function track(child) {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

async function freePort() {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
