import { readdir, readFile, readlink } from 'node:fs/promises';

/**
 * Explains which address is in use, by which process if that is visible, and how to choose another one; undefined for
 * other errors.
 */
export async function explainPortInUse(error: unknown, howToChoose: string): Promise<string | undefined> {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') return undefined;
  const { address, port } = error as Error & { address?: string; port?: number };
  const owner = port === undefined ? undefined : await listenerOf(port).catch(() => undefined);
  return `Port ${port} on ${address} is in use${owner ? ` by ${owner}` : ''}. End that program, or choose another port: ${howToChoose}.`;
}

/** Describes the process that listens on a TCP port, e.g. `node dist/main.js dev (process 4711)`. Linux only: reads /proc. */
async function listenerOf(port: number): Promise<string | undefined> {
  const inode = await listeningInode(port);
  if (inode === undefined) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      if (target !== `socket:[${inode}]`) continue;
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
      return `"${command}" (process ${pid})`;
    }
  }
  return undefined;
}

/** Columns of /proc/net/tcp (proc_pid_net(5)): local address as hex `IP:PORT`, remote, state (0A listens), …, inode tenth. */
async function listeningInode(port: number): Promise<string | undefined> {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n').slice(1);
    for (const line of lines) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === '0A' && local?.endsWith(`:${hexPort}`)) return inode;
    }
  }
  return undefined;
}
