import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readlink } from 'node:fs/promises';
import { sep } from 'node:path';
import { ElastiCache } from '@aws-sdk/client-elasticache';
import type { FileChange } from './kill-at-file-change.js';

/** A local endpoint in a process of its own. */
export interface KillableEndpoint {
  readonly url: string;
  readonly client: ElastiCache;
  isRunning(): boolean;
  /** Resolves when the process has ended. */
  readonly ended: Promise<unknown>;
  /** Makes the process kill itself at this change of a file. */
  killAt(change: FileChange): void;
  /** Resolves when the process has ended. */
  kill(): Promise<void>;
}

/**
 * Starts an endpoint on this data directory.
 * @param program the built `endpoint-process`
 * @returns undefined if it killed itself while it started
 */
export async function startKillableEndpoint(
  program: string,
  dataDir: string,
  killAt?: FileChange,
): Promise<KillableEndpoint | undefined> {
  const given = killAt === undefined ? [] : [JSON.stringify(killAt)];
  const child = fork(program, [dataDir, ...given], { execArgv: [] });
  const ended = once(child, 'exit');
  const started = await Promise.race([once(child, 'message'), ended.then(() => undefined)]);
  if (!started) {
    if (child.signalCode === 'SIGKILL') return undefined;
    throw new Error(`The endpoint did not start: exit code ${child.exitCode ?? 'none'}.`);
  }
  const [url] = started as [string];
  const client = new ElastiCache({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  });
  void ended.then(() => client.destroy());
  return {
    url,
    client,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    ended,
    killAt: (change) => {
      if (child.connected) child.send(change, () => undefined);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The IDs of the processes that run in this folder or below. */
export async function processesIn(folder: string): Promise<number[]> {
  const ids = (await readdir('/proc')).map(Number).filter((id) => id > 0);
  const found = ids.map(async (id) => {
    const at = await readlink(`/proc/${id}/cwd`).catch(() => '');
    return at === folder || at.startsWith(`${folder}${sep}`) ? [id] : [];
  });
  return (await Promise.all(found)).flat();
}
