import type { ManagedNode } from '../node.js';
import { waitUntil } from '../replication/replication.js';
import { notOnDisk } from '../data/node-data.js';

const rewriteTimeoutMs = 60_000;

/**
 * To be called before a node is restarted with these settings, which may have fewer databases. Valkey does not start if
 * its files name a database that it does not have.
 * @throws Error if the node has keys in such a database
 */
export async function requireDatabases(
  node: Pick<ManagedNode, 'id' | 'command'>,
  { databases }: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const [, now] = (await node.command('CONFIG', 'GET', 'databases')) as readonly string[];
  if (databases === undefined || Number(now) <= Number(databases)) return;
  const keyspace = String(await node.command('INFO', 'keyspace'));
  const last = Math.max(0, ...[...keyspace.matchAll(/^db(\d+):/gm)].map(([, number]) => Number(number)));
  if (last >= Number(databases)) {
    const expected = `expected keys in the first ${databases === '1' ? 'database' : `${databases} databases`} only`;
    throw new Error(`Node ${node.id} has keys in database ${last}: ${expected}. Delete them or move them (MOVE).`);
  }
  // The current file may name a database whose keys are gone.
  const isRewritten = async (): Promise<boolean> => (await notOnDisk([node])).size === 0;
  const rewrite = async (): Promise<boolean> => {
    // Refused while an earlier rewrite runs, which may have begun before the keys were deleted.
    await node.command('BGREWRITEAOF');
    return true;
  };
  const hasBegun = await waitUntil(rewrite, signal, rewriteTimeoutMs);
  if (hasBegun && (await waitUntil(isRewritten, signal, rewriteTimeoutMs))) return;
  throw new Error(`Node ${node.id} could not write its data again, without databases that it will not have.`);
}
