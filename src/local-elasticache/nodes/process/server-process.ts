import { spawn, type ChildProcess } from 'node:child_process';
import { open } from 'node:fs/promises';
import type { ValkeyBinary } from '../interfaces.js';
import { childEnvironment } from './child-environment.js';
import { killOnParentExit } from './kill-on-parent-exit.js';

/** A running valkey-server that is killed when this process ends, for whatever reason. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves when the process has ended, to how it ended, e.g. `exit code 1` or `SIGKILL`. */
  readonly exited: Promise<string>;
  isRunning(): boolean;
  signal(name: NodeJS.Signals): void;
  /** Sends SIGTERM, then SIGKILL if it does not end (e.g. a frozen one). Resolves when it has ended. */
  stop(timeoutMs?: number): Promise<void>;
}

interface LaunchOptions {
  readonly binary: ValkeyBinary;
  /** Its working directory, for its data. */
  readonly directory: string;
  /** Arguments of valkey-server: a configuration file and/or `--options`. */
  readonly args: readonly string[];
  /** Its standard input, e.g. a configuration that must not be in a file. */
  readonly input?: string | undefined;
  /** The file to which its output is appended. */
  readonly logFile: string;
}

/** Starts the process. The caller must check that it listens. */
export async function launch({ binary, directory, args, input, logFile }: LaunchOptions): Promise<ServerProcess> {
  const log = await open(logFile, 'a', 0o600);
  try {
    const { command, prefix, watch } = await killOnParentExit();
    const child = spawn(command ?? binary.path, command ? [...prefix, binary.path, ...args] : [...args], {
      cwd: directory,
      env: childEnvironment(binary.env),
      stdio: ['pipe', log.fd, log.fd],
      // In its own session: Ctrl-C in the terminal is for the endpoint, which then stops its nodes in order.
      detached: true,
    });
    const started = await spawned(child);
    // If the process ends before it has read everything, its exit is handled.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
    const unwatch = watch(started.pid);
    void started.exited.then(unwatch);
    return started;
  } finally {
    await log.close();
  }
}

function spawned(child: ChildProcess): Promise<ServerProcess> {
  let running = true;
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      running = false;
      resolve(signal ?? `exit code ${code ?? 'unknown'}`);
    });
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      const { pid } = child;
      if (pid === undefined) return;
      const signal = (name: NodeJS.Signals): void => {
        if (running) child.kill(name);
      };
      resolve({
        pid,
        exited,
        isRunning: () => running,
        signal,
        async stop(timeoutMs = 4_000) {
          signal('SIGTERM');
          // A replica that writes its first AOF ignores SIGTERM, so the signal is sent again until the process ends.
          const resending = setInterval(() => signal('SIGTERM'), 100);
          const killing = setTimeout(() => signal('SIGKILL'), timeoutMs);
          await exited;
          clearInterval(resending);
          clearTimeout(killing);
        },
      });
    });
  });
}
