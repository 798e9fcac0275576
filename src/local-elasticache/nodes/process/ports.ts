import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections (Linux from 32768, others from 49152): one that is kept over
 * restarts must not be taken by a connection meanwhile.
 */
const range = { from: 21_000, to: 32_000 };

/** Ports on `host` that nothing listens on now. Another process may still take one before it is used: be ready to retry. */
export async function freePorts(
  host: string,
  count: number,
  taken: ReadonlySet<number> = new Set(),
): Promise<number[]> {
  const found: number[] = [];
  // A random start keeps two fleets that start at once apart.
  let candidate = randomInt(range.from, range.to);
  for (let tried = 0; found.length < count; tried += 1, candidate += 1) {
    if (tried > range.to - range.from) throw new Error(`No free port on ${host} from ${range.from} to ${range.to}.`);
    if (candidate >= range.to) candidate = range.from;
    if (!taken.has(candidate) && (await isFree(host, candidate))) found.push(candidate);
  }
  return found;
}

/** Whether a server could listen there now. */
export function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
