import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWholeFile } from '../../../runtime/files/write-whole-file.js';
import { asReplica } from '../cluster/nodes-conf.js';
import type { ManagedNode } from '../node.js';
import { untilClientsLeave } from './client-departure.js';
import { lagOf, roleOf, waitUntil, type Replication } from './replication.js';

/** The old primary blocks writes for five seconds. */
const catchUpMs = 3_000;

/** With cluster mode, nodes know their shard from nodes.conf, and learn of a new primary by its configuration epoch. */
export function clustered(
  signal: AbortSignal,
  /** Runs a takeover while no slot gets another owner, and `node` knows the owners. */
  withStableOwners: (node: ManagedNode, takeOver: () => Promise<void>) => Promise<void> = (_node, takeOver) =>
    takeOver(),
): Replication {
  const isPrimary = (node: ManagedNode) => async (): Promise<boolean> => (await roleOf(node)).role === 'primary';
  const promote = async (node: ManagedNode): Promise<void> => {
    // Two shards have no majority for an election; TAKEOVER needs none.
    await withStableOwners(node, async () => {
      await node.command('CLUSTER', 'FAILOVER', 'TAKEOVER');
    });
    if (!(await waitUntil(isPrimary(node), signal, 5_000))) throw new Error(`Node ${node.id} did not take over.`);
  };
  return {
    promote,
    async prepareEmpty(node, primary) {
      const primaryConf = await readFile(join(primary.directory, 'nodes.conf'), 'utf8');
      await writeWholeFile(join(node.directory, 'nodes.conf'), asReplica(primaryConf, node, primary));
    },
    // For two seconds after its start a primary refuses writes, in case its slots have moved.
    serves: async (node) => String(await node.command('CLUSTER', 'INFO')).includes('cluster_state:ok'),

    async findPrimary(roles, last) {
      const claimants = [...roles].filter(([, { role }]) => role === 'primary').map(([node]) => node);
      if (claimants.length < 2) return claimants[0] ?? last;
      // A former primary that returns claims its slots until it learns of the later epoch.
      const epochs = await Promise.all(claimants.map(async (node) => ({ node, epoch: await epochOf(node) })));
      return epochs.reduce((best, next) => (next.epoch > best.epoch ? next : best)).node;
    },

    async follow(node, primary) {
      const follows = async (): Promise<boolean> => {
        const role = await roleOf(node);
        return role.role === 'replica' && role.of === primary.port;
      };
      // A former primary learns of its successor through the cluster bus. REPLICATE is needed only if it does not.
      if (await waitUntil(follows, signal, 10_000)) return;
      await node.command('CLUSTER', 'REPLICATE', String(await primary.command('CLUSTER', 'MYID')));
    },

    async handOver(from, to, waitSignal, mustKeepWrites) {
      try {
        await to.command('CLUSTER', 'FAILOVER');
        // Clients give up on a primary that does not answer for a second or so.
        if (await waitUntil(isPrimary(to), waitSignal, 800)) return;
      } catch {
        waitSignal.throwIfAborted();
      }
      // Primaries vote for a shard once in ten seconds. The old primary still blocks writes, so none is lost once the
      // replica has the last one.
      if (mustKeepWrites && from.isRunning()) {
        const hasAll = async (): Promise<boolean> => (await lagOf(from, to)) <= 0 || (await isPrimary(to)());
        if (!(await waitUntil(hasAll, waitSignal, catchUpMs))) {
          throw new Error(`Node ${to.id} cannot catch up with ${from.id} to take over.`);
        }
      }
      await promote(to).catch(async (cause: unknown) => {
        // The election may have succeeded meanwhile.
        if (!(await isPrimary(to)().catch(() => false))) throw cause;
      });
    },

    // A replica answers MOVED to all commands with a key.
    drain: (from, drainSignal) => untilClientsLeave(from, drainSignal),
  };
}

async function epochOf(node: ManagedNode): Promise<number> {
  const [, epoch] = /cluster_my_epoch:(\d+)/.exec(String(await node.command('CLUSTER', 'INFO'))) ?? [];
  return Number(epoch ?? 0);
}

/** Tests whether the node sees all 16384 slots served and the cluster healthy. */
export async function servesAllSlots(node: ManagedNode): Promise<boolean> {
  const info = String(await node.command('CLUSTER', 'INFO'));
  return info.includes('cluster_state:ok') && info.includes('cluster_slots_ok:16384');
}
