import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports of outgoing connections (Linux from 32768, others from 49152), so that no connection can use a node's
 * port while the node is stopped.
 */
const range = { from: 21_000, to: 32_000 };

/** Finds ports on `host` on which nothing listens. Another process may still take one before it is used: be ready to retry. */
export async function freePorts(
  host: string,
  count: number,
  inUse: ReadonlySet<number> = new Set(),
): Promise<number[]> {
  const found: number[] = [];
  // A random start separates two fleets that start at the same time.
  let candidate = randomInt(range.from, range.to);
  for (let tried = 0; found.length < count; tried += 1, candidate += 1) {
    if (tried > range.to - range.from) throw new Error(`No free port on ${host} from ${range.from} to ${range.to}.`);
    if (candidate >= range.to) candidate = range.from;
    if (!inUse.has(candidate) && (await isFree(host, candidate))) found.push(candidate);
  }
  return found;
}

/** Tests whether a server could listen there now. */
export function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
