import { spawn, type ChildProcess } from 'node:child_process';
import { open } from 'node:fs/promises';
import type { ValkeyBinary } from '../interfaces.js';
import { childEnvironment } from './child-environment.js';
import { killOnParentExit } from './kill-on-parent-exit.js';

/** A running valkey-server that dies with this process, whatever ends this process. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves when the process is gone, with how it ended, e.g. `exit code 1` or `SIGKILL`. */
  readonly exited: Promise<string>;
  isRunning(): boolean;
  signal(name: NodeJS.Signals): void;
  /** SIGTERM, then SIGKILL for one that does not go (a frozen one among them); resolves when it is gone. */
  stop(patienceMs?: number): Promise<void>;
}

interface LaunchOptions {
  readonly binary: ValkeyBinary;
  /** Its working directory, where it keeps its data. */
  readonly directory: string;
  /** What valkey-server is started with: a configuration file and/or `--options`. */
  readonly args: readonly string[];
  /** What it reads on standard input, e.g. a configuration that should not stand in a file. */
  readonly input?: string | undefined;
  /** The file its output is appended to. */
  readonly logFile: string;
}

/** Starts the process; that it listens, and keeps doing so, is the caller's to find out. */
export async function launch({ binary, directory, args, input, logFile }: LaunchOptions): Promise<ServerProcess> {
  const log = await open(logFile, 'a', 0o600);
  try {
    const { command, prefix, watch } = await killOnParentExit();
    const child = spawn(command ?? binary.path, command ? [...prefix, binary.path, ...args] : [...args], {
      cwd: directory,
      env: childEnvironment(binary.env),
      stdio: ['pipe', log.fd, log.fd],
      // A session of its own: Ctrl-C in the terminal is for the endpoint, which then ends its nodes in its own order.
      detached: true,
    });
    const started = await spawned(child);
    // A process that ended before it read all of it is seen by its exit.
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
        async stop(patienceMs = 4_000) {
          signal('SIGTERM');
          // A replica that writes its first AOF refuses, and forgets that it was asked: it is asked again.
          const again = setInterval(() => signal('SIGTERM'), 100);
          const enough = setTimeout(() => signal('SIGKILL'), patienceMs);
          await exited;
          clearInterval(again);
          clearTimeout(enough);
        },
      });
    });
  });
}
