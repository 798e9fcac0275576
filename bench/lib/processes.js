import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { provideValkey } from '../../dist/local-elasticache/nodes/binary/provide.js';

const root = new URL('../../', import.meta.url).pathname;

/** Everything that this run has started, ended by `endAll`. */
const children = new Set();

/** A real Valkey without persistence on a free port. */
export async function startValkey() {
  const { path, env } = await provideValkey({ onProgress: console.error });
  const port = await freePort();
  const args = ['--port', String(port), '--save', '', '--bind', '127.0.0.1', '--dir', tmpdir()];
  const child = track(spawn(path, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] }));
  for await (const line of createInterface(child.stdout)) if (line.includes('Ready to accept')) break;
  child.stdout.resume();
  return port;
}

/** `cachegraph serve` against that Valkey as cluster `bench`; resolves to its URL. */
export async function startCachegraph(valkeyPort) {
  const folder = await mkdtemp(join(tmpdir(), 'cachegraph-bench-'));
  const config = join(folder, 'config.json');
  const clusters = [{ name: 'bench', endpoint: { host: '127.0.0.1', port: valkeyPort } }];
  await writeFile(config, JSON.stringify({ elasticache: false, port: 0, logLevel: 'warn', clusters }));
  const child = track(
    spawn(process.execPath, [join(root, 'dist/main.js'), 'serve', '--config', config], {
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  for await (const line of createInterface(child.stdout)) {
    const url = /http:\S+/.exec(line)?.[0];
    if (!url) continue;
    child.stdout.resume();
    await rm(folder, { recursive: true });
    return { url, pid: child.pid };
  }
  throw new Error('cachegraph ended before it was ready');
}

/** A script of this package as a process of its own; its first message says that it is ready. */
export async function start(script, ...args) {
  const child = track(fork(new URL(`../${script}`, import.meta.url), args.map(String)));
  const [ready] = await once(child, 'message');
  return { child, ready };
}

/** Asks a started script something and waits for its answer. */
export async function ask({ child }, message) {
  const answer = once(child, 'message');
  child.send(message);
  return (await answer)[0];
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
