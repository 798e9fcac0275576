import type { NodeCounters } from '../../../../domain/cluster/cluster-metrics.js';
import type { ReachableNode } from '../../interfaces.js';
import { defaultSections, factsOfInfo, readInfo } from './info.js';

/** Reads a node's counters with one INFO. Rejects like `ReachableNode.send`. */
export async function readCounters(node: Pick<ReachableNode, 'send'>): Promise<NodeCounters> {
  const facts = factsOfInfo(await readInfo(node, [defaultSections]));
  const count = (name: string): number | null => facts.number(name) ?? null;
  const [system, user] = [count('used_cpu_sys'), count('used_cpu_user')];
  return {
    runId: facts.text('run_id') ?? '',
    atMs: performance.now(),
    commands: count('total_commands_processed'),
    keyspaceHits: count('keyspace_hits'),
    keyspaceMisses: count('keyspace_misses'),
    evictedKeys: count('evicted_keys'),
    networkInBytes: count('total_net_input_bytes'),
    networkOutBytes: count('total_net_output_bytes'),
    cpuSeconds: system === null || user === null ? null : system + user,
    usedMemoryBytes: count('used_memory'),
    connectedClients: count('connected_clients'),
  };
}
