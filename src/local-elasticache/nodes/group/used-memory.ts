import type { ManagedNode } from '../node.js';

/** Resolves to the most bytes that count for `maxmemory` on one of the nodes. Nodes that do not answer are left out. */
export async function mostUsedMemory(nodes: readonly ManagedNode[]): Promise<number> {
  const answers = await Promise.allSettled(nodes.map((node) => node.command('INFO', 'memory')));
  const used = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [countedBytes(String(answer.value))] : []));
  return Math.max(0, ...used);
}

function countedBytes(info: string): number {
  const value = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  return value('used_memory') - value('mem_not_counted_for_evict');
}
