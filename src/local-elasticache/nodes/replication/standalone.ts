import { roleOf, waitUntil, type Replication } from './replication.js';

/** Without cluster mode: the endpoint alone decides who follows whom. */
export const standalone: Replication = {
  recognise: (_roles, last) => Promise.resolve(last),
  serves: () => Promise.resolve(true),

  async follow(node, primary) {
    const role = await roleOf(node);
    // Said again it would be harmless, but a copy under way would start anew.
    if (role.role === 'replica' && role.of === primary.port) return;
    await node.command('REPLICAOF', primary.host, String(primary.port));
  },

  // Each node starts alone, lets nobody in, and is told whom to follow.
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
      // The old primary died over it, or the replica was too far behind: what follows needs neither.
    }
    if (!(await isPrimary())) await to.command('REPLICAOF', 'NO', 'ONE');
    if (from.isRunning()) await from.command('REPLICAOF', to.host, String(to.port));
  },
};
