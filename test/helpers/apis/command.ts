import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtProgram } from '../run/built-programs.js';
import { keepState, keepWritten } from '../run/written.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A folder that is removed at the end of the test. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'cachegraph-command-'));
  return {
    path,
    async [Symbol.asyncDispose]() {
      keepState(path);
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** `cachegraph …` as a process. */
export interface RunningCommand extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Standard output and error so far. */
  output(): string;
  /** Resolves with the match once the output contains it; rejects if the command ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves to the exit code or signal when it has ended. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/**
 * @param stdout a file descriptor; by default a pipe that is read. `closed` is a pipe whose reader leaves at once.
 * @param program Node's arguments that start the program; by default `mainProgram`
 */
export function runCommand(
  args: readonly string[],
  env: Record<string, string> = {},
  {
    stdout = 'pipe',
    stderr = 'pipe',
    program = mainProgram(),
  }: {
    readonly stdout?: number | 'closed' | 'pipe';
    readonly stderr?: number | 'pipe';
    readonly program?: readonly string[];
  } = {},
): RunningCommand {
  const child = spawn(process.execPath, [...program, ...args], {
    ...surroundings(env),
    stdio: ['ignore', stdout === 'closed' ? 'pipe' : stdout, stderr],
  });
  if (stdout === 'closed') child.stdout?.destroy();
  return watch(child, !args.includes('api-key'));
}

/** A shell script whose arguments start `cachegraph`. */
export function runInShell(script: string): RunningCommand {
  const child = spawn('/bin/sh', ['-c', script, 'sh', process.execPath, ...mainProgram()], {
    ...surroundings({}),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return watch(child, true);
}

const surroundings = (env: Record<string, string>) => ({
  cwd: root,
  env: { ...process.env, CACHEGRAPH_CONFIG: undefined, PORT: undefined, ...env },
});

/** Node's arguments that start `cachegraph`: as it is installed, or outside of vitest, where nothing is built, from the sources. */
function mainProgram(): readonly string[] {
  const built = builtProgram();
  return built ? [built.main] : ['--import', 'tsx', 'src/main.ts'];
}

function watch(child: ChildProcess, keepsOutput: boolean): RunningCommand {
  let output = '';
  let heard: () => void = () => undefined;
  let over = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      heard();
    });
  }
  const ended = (once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>).then(([code, signal]) => {
    over = true;
    if (keepsOutput) keepWritten('output', output);
    heard();
    return signal ?? code ?? 0;
  });
  return {
    child,
    output: () => output,
    ended,
    async says(pattern) {
      for (;;) {
        const found = pattern.exec(output);
        if (found) return found;
        if (over) throw new Error(`The command ended without saying ${String(pattern)}:\n${output}`);
        await new Promise<void>((resolve) => (heard = resolve));
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** IDs of the processes with a working directory in or below a folder. */
export async function processesIn(folder: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const places = await Promise.all(ids.map((id) => readlink(`/proc/${id}/cwd`).catch(() => '')));
  return ids.filter((_, at) => places[at]!.startsWith(folder));
}
