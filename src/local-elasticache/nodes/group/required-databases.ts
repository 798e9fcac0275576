import { setTimeout as delay } from 'node:timers/promises';
import type { ManagedNode } from '../node.js';
import { notOnDisk } from './node-data.js';

const pollMs = 20;

/**
 * To be called before a node is restarted with these settings, which may have fewer databases. Valkey does not start if
 * its files name a database that it does not have.
 * @throws Error if the node has keys in such a database
 */
export async function requireDatabases(
  node: Pick<ManagedNode, 'id' | 'command'>,
  { databases }: Readonly<Record<string, string>>,
): Promise<void> {
  const [, now] = (await node.command('CONFIG', 'GET', 'databases')) as readonly string[];
  if (databases === undefined || Number(now) <= Number(databases)) return;
  const keyspace = String(await node.command('INFO', 'keyspace'));
  const last = Math.max(0, ...[...keyspace.matchAll(/^db(\d+):/gm)].map(([, number]) => Number(number)));
  if (last >= Number(databases)) {
    throw new Error(
      `Node ${node.id} has keys in database ${last}, and would start with the ${databases} databases of its parameter group. ` +
        'Delete these keys, or increase the parameter databases.',
    );
  }
  // The current file may name a database whose keys are gone.
  await node.command('BGREWRITEAOF');
  while ((await notOnDisk([node])).size > 0) await delay(pollMs);
}
