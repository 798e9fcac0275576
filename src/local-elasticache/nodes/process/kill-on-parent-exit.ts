import { spawn } from 'node:child_process';
import { runCommand } from './run-command.js';
import { childEnvironment } from './child-environment.js';

/** How a child is made to die with this process, even if this process is killed. */
interface KillOnParentExit {
  /** The program that the child is started through; undefined where it is started directly. */
  readonly command: string | undefined;
  readonly prefix: readonly string[];
  /** Called with the started child's process id; answers what to call once the child is gone. */
  watch(this: void, pid: number): () => void;
}

/**
 * On Linux the kernel does it (it counts the *thread* that started the child as its parent: start nodes from the main
 * thread). Elsewhere a shell waits for the end of a pipe that only this process holds open.
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
    // The shell goes with its child: later the process id may be another's.
    return () => shell.kill('SIGKILL');
  },
};

let known: Promise<boolean> | undefined;

/** util-linux' setpriv has it, busybox' has not. */
function hasParentDeathSignal(): Promise<boolean> {
  known ??=
    process.platform === 'linux'
      ? runCommand('setpriv', ['--pdeathsig', 'KILL', '--', 'true']).then(
          () => true,
          () => false,
        )
      : Promise.resolve(false);
  return known;
}
