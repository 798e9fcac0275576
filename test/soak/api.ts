import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Held } from './observed-process.js';

/** `cachegraph serve` as a process that is stopped and restarted, always on the same address; port 0 selects a free one. */
export interface SoakApi extends AsyncDisposable {
  readonly url: string;
  /** Heap and resources after a garbage collection. */
  held(): Promise<Held>;
  /** Resident memory as the system counts it. */
  rssMiB(): Promise<number>;
  /** The number of open files and sockets. Unlike `held`, reading this and `rssMiB` does not affect the process. */
  openFiles(): Promise<number>;
  /** Resolves when it listens again. */
  restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Sends SIGTERM. Resolves to its exit code or the signal that ended it, and the time it took. */
  stop(): Promise<{ readonly end: number | string; readonly ms: number }>;
}

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** @param complained called with each line of its error log, and if it exits unexpectedly */
export async function startSoakApi(
  config: string,
  port: number,
  complained: (what: unknown) => void,
): Promise<SoakApi> {
  let isStopping = false;
  let url = '';
  const start = async (): Promise<ChildProcess> => {
    isStopping = false;
    const args = ['serve', '--config', config, '--port', String(port), '--log-level', 'error'];
    const execArgv = ['--expose-gc', '--import', 'tsx', '--import', path('observed-process.ts')];
    const child = fork(path('../../src/main.ts'), args, { execArgv, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    child.stderr?.setEncoding('utf8').on('data', complained);
    child.once('exit', (code, signal) => isStopping || complained(`an API process ended: ${signal ?? code}`));
    const [output] = (await once(child.stdout!, 'data')) as [Buffer];
    url = /http\S+\/graphql/.exec(String(output))?.[0] ?? url;
    return child;
  };
  let child = await start();
  const end = async (signal: NodeJS.Signals): Promise<number | string> => {
    isStopping = true;
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
