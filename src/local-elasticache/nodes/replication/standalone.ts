import { roleOf, waitUntil, type Replication } from './replication.js';

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

  async handOver(from, to, signal) {
    const isPrimary = async (): Promise<boolean> => (await roleOf(to)).role === 'primary';
    try {
      await from.command('FAILOVER', 'TO', to.host, String(to.port), 'TIMEOUT', '3000');
      if (await waitUntil(isPrimary, signal, 4_000)) return;
      await from.command('FAILOVER', 'ABORT');
    } catch {
      signal.throwIfAborted();
      // The old primary died, or the replica was too far behind: the commands below need neither.
    }
    if (!(await isPrimary())) await to.command('REPLICAOF', 'NO', 'ONE');
    if (from.isRunning()) await from.command('REPLICAOF', to.host, String(to.port));
  },
};
