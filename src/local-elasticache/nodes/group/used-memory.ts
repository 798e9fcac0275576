import type { ManagedNode } from '../node.js';

interface ShardNodes {
  readonly id: string;
  readonly nodes: readonly Pick<ManagedNode, 'command'>[];
}

/**
 * Resolves to the most bytes that count for `maxmemory` on one of the nodes. The nodes of a shard have the same data, so that
 * one that answers is enough.
 * @throws Error if no node of a shard answers
 */
export async function mostUsedMemory(shards: readonly ShardNodes[]): Promise<number> {
  return Math.max(0, ...(await Promise.all(shards.map(usedInShard))));
}

async function usedInShard({ id, nodes }: ShardNodes): Promise<number> {
  const answers = await Promise.allSettled(nodes.map((node) => node.command('INFO', 'memory')));
  const used = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [countedBytes(String(answer.value))] : []));
  if (used.length === 0) throw new Error(`No node of shard ${id} answers: the memory used by its data is unknown.`);
  return Math.max(...used);
}

function countedBytes(info: string): number {
  const value = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  return value('used_memory') - value('mem_not_counted_for_evict');
}
