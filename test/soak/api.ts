import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Held } from './observed-process.js';

/** `cachegraph serve` as a process that is ended and started again, always at the same address; port 0 takes a free one. */
export interface SoakApi extends AsyncDisposable {
  readonly url: string;
  /** What it holds after a garbage collection. */
  held(): Promise<Held>;
  /** The memory that the system counts as its. */
  rssMiB(): Promise<number>;
  /** Files and sockets that it has open. Unlike `held`, looking at this and at `rssMiB` costs the process nothing. */
  openFiles(): Promise<number>;
  /** Resolves when it listens again. */
  restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Tells it to stop; resolves to its exit code, or the signal that ended it, and how long it took. */
  stop(): Promise<{ readonly end: number | string; readonly ms: number }>;
}

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** `complained` is called with each line of an error in its log, and where it ends by itself. */
export async function startSoakApi(
  config: string,
  port: number,
  complained: (what: unknown) => void,
): Promise<SoakApi> {
  let isToldToEnd = false;
  let url = '';
  const start = async (): Promise<ChildProcess> => {
    isToldToEnd = false;
    const args = ['serve', '--config', config, '--port', String(port), '--log-level', 'error'];
    const execArgv = ['--expose-gc', '--import', 'tsx', '--import', path('observed-process.ts')];
    const child = fork(path('../../src/main.ts'), args, { execArgv, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    child.stderr?.setEncoding('utf8').on('data', complained);
    child.once('exit', (code, signal) => isToldToEnd || complained(`an API process ended: ${signal ?? code}`));
    const [said] = (await once(child.stdout!, 'data')) as [Buffer];
    url = /http\S+\/graphql/.exec(String(said))?.[0] ?? url;
    return child;
  };
  let child = await start();
  const end = async (signal: NodeJS.Signals): Promise<number | string> => {
    isToldToEnd = true;
    if (child.exitCode !== null || child.signalCode !== null) return child.signalCode ?? child.exitCode ?? 0;
    const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
    child.kill(signal);
    const [code, by] = await exited;
    return by ?? code ?? 0;
  };
  return {
    get url() {
      return url;
    },
    async held() {
      const answered = once(child, 'message') as Promise<[Held]>;
      child.send('look');
      return (await answered)[0];
    },
    async rssMiB() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    },
    openFiles: async () => (await readdir(`/proc/${child.pid}/fd`)).length,
    async restart(signal) {
      await end(signal);
      child = await start();
    },
    async stop() {
      const began = performance.now();
      return { end: await end('SIGTERM'), ms: performance.now() - began };
    },
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
    },
  };
}
