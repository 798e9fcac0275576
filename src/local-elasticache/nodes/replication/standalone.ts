import { setTimeout as delay } from 'node:timers/promises';
import { untilClientsLeave } from './client-departure.js';
import type { ManagedNode } from '../node.js';
import { roleOf, waitUntil, type Replication } from './replication.js';

/** Attempts to hand over without losing a write. Clients give up on a primary that does not answer for a second or so. */
const safeAttempts = 10;
const safeBlockMs = 800;
/** A replica reports its position once a second. The next attempt begins at such a moment of the second that it is in time. */
const pauseMs = 500;
/** No process listens on this port, so that a replica of it has no primary. */
const noPort = '1';

/** Without cluster mode, the endpoint alone assigns the roles. */
export const standalone: Replication = {
  findPrimary: (_roles, last) => Promise.resolve(last),
  serves: () => Promise.resolve(true),

  async follow(node, primary) {
    const role = await roleOf(node);
    // Repeating it would restart a copy in progress.
    if (role.role === 'replica' && role.of === primary.port) return;
    await node.command('REPLICAOF', primary.host, String(primary.port));
  },

  // Nothing to do: each node starts alone, accepts no clients, and then receives REPLICAOF.
  prepareEmpty: () => Promise.resolve(),

  async promote(node) {
    await node.command('REPLICAOF', 'NO', 'ONE');
  },

  async handOver(from, to, signal, mustKeepWrites) {
    const isPrimary = async (): Promise<boolean> => (await roleOf(to)).role === 'primary';
    const [attempts, blockMs] = mustKeepWrites ? [safeAttempts, safeBlockMs] : [1, 3_000];
    for (let attempt = 1; attempt <= attempts && from.isRunning(); attempt += 1) {
      if (attempt > 1) await delay(pauseMs, undefined, { signal });
      try {
        await from.command('FAILOVER', 'TO', to.host, String(to.port), 'TIMEOUT', String(blockMs));
        const isDecided = async (): Promise<boolean> => (await isPrimary()) || !(await isHandingOver(from));
        await waitUntil(isDecided, signal, blockMs + 1_000);
        if (await isPrimary()) return;
        if (await isHandingOver(from)) await from.command('FAILOVER', 'ABORT');
      } catch {
        signal.throwIfAborted();
        // The old primary died, or the replica was too far behind: the commands below need neither.
      }
    }
    if (mustKeepWrites && from.isRunning() && !(await isPrimary())) {
      throw new Error(`Node ${to.id} cannot catch up with ${from.id} to take over.`);
    }
    if (!(await isPrimary())) await to.command('REPLICAOF', 'NO', 'ONE');
    if (from.isRunning()) await from.command('REPLICAOF', to.host, String(to.port));
  },

  // Reads would succeed on a replica, and their clients would never look for the new primary.
  async drain(from, signal) {
    await from.command('CONFIG', 'SET', 'replica-serve-stale-data', 'no');
    await from.command('REPLICAOF', from.host, noPort);
    try {
      await untilClientsLeave(from, signal);
    } finally {
      await from.command('CONFIG', 'SET', 'replica-serve-stale-data', 'yes');
    }
  },
};

/** FAILOVER ends by itself when its time is over. */
async function isHandingOver(node: ManagedNode): Promise<boolean> {
  return !String(await node.command('INFO', 'replication')).includes('master_failover_state:no-failover');
}
