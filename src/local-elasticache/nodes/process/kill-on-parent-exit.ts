import { spawn } from 'node:child_process';
import { runCommand } from './run-command.js';
import { childEnvironment } from './child-environment.js';

/** A method to kill a child when this process ends, even if this process is killed. */
interface KillOnParentExit {
  /** The program through which the child is started; undefined to start it directly. */
  readonly command: string | undefined;
  readonly prefix: readonly string[];
  /** Called with the process ID of the started child. Returns a function to call once the child is gone. */
  watch(this: void, pid: number): () => void;
}

/**
 * On Linux the kernel kills the child (when the *thread* that started it ends: start nodes from the main thread).
 * Elsewhere a shell waits for the end of a pipe that only this process holds open.
 */
export async function killOnParentExit(): Promise<KillOnParentExit> {
  return (await hasParentDeathSignal()) ? byKernel : byPipe;
}

const byKernel: KillOnParentExit = {
  command: 'setpriv',
  prefix: ['--pdeathsig', 'KILL', '--'],
  watch: () => () => undefined,
};

export const byPipe: KillOnParentExit = {
  command: undefined,
  prefix: [],
  watch(pid) {
    const script = 'cat >/dev/null; kill -9 "$1"';
    const shell = spawn('/bin/sh', ['-c', script, 'sh', String(pid)], {
      env: childEnvironment(),
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    shell.on('error', () => undefined);
    shell.unref();
    // The shell must end with its child, because the process ID may be reused later.
    return () => shell.kill('SIGKILL');
  },
};

let supported: Promise<boolean> | undefined;

/** The setpriv of util-linux supports it, that of busybox does not. */
function hasParentDeathSignal(): Promise<boolean> {
  supported ??=
    process.platform === 'linux'
      ? runCommand('setpriv', ['--pdeathsig', 'KILL', '--', 'true']).then(
          () => true,
          () => false,
        )
      : Promise.resolve(false);
  return supported;
}
