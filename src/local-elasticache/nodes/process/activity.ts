import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import type { NodeAddress } from '../interfaces.js';

/** The activity of a process, as seen from outside. */
export interface Activity {
  /** CPU time used so far, in clock ticks; undefined if unknown. */
  readonly cpu: number | undefined;
  /** Whether it waits for a disk, which no signal interrupts. */
  readonly isWaitingForDisk: boolean;
}

/** Reads Linux's /proc (proc_pid_stat(5)). The name in parentheses may contain spaces. */
export async function activityOf(pid: number): Promise<Activity> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[10]), Number(fields[11])];
  return { cpu: Number.isNaN(user + system) ? undefined : user + system, isWaitingForDisk: state === 'D' };
}

/** Tests whether a connection is accepted within a second. */
export function acceptsConnections({ host, port }: NodeAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const end = (accepts: boolean): void => {
      socket.destroy();
      resolve(accepts);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
