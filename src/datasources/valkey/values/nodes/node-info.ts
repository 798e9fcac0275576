import type { NodeInfo } from '../../../../domain/cluster/node-info.js';
import type { ReachableNode } from '../../interfaces.js';
import { defaultSections, factsOfInfo, readInfo, type Info } from './info.js';

/** Reads a node's INFO. Rejects like `ReachableNode.send`. */
export async function nodeInfo(node: ReachableNode): Promise<NodeInfo> {
  return nodeInfoOf(await readInfo(node, [defaultSections]));
}

/** The most used facts of INFO. A missing line, such as one that the engine does not have, counts as 0. */
export function nodeInfoOf(info: Info): NodeInfo {
  const facts = factsOfInfo(info);
  const count = (name: string): number => {
    const number = facts.number(name);
    return Number.isSafeInteger(number) ? (number ?? 0) : 0;
  };
  const isReplica = facts.text('role') === 'slave';
  return {
    // Valkey always reports 7.2.4 as `redis_version`.
    version: facts.text('valkey_version') ?? facts.text('redis_version') ?? '',
    uptimeSeconds: count('uptime_in_seconds'),
    usedMemoryBytes: count('used_memory'),
    maxMemoryBytes: count('maxmemory'),
    connectedClients: count('connected_clients'),
    opsPerSecond: count('instantaneous_ops_per_sec'),
    keyspaceHits: count('keyspace_hits'),
    keyspaceMisses: count('keyspace_misses'),
    evictedKeys: count('evicted_keys'),
    expiredKeys: count('expired_keys'),
    role: isReplica ? 'REPLICA' : 'PRIMARY',
    replicationOffset: count(isReplica ? 'slave_repl_offset' : 'master_repl_offset'),
  };
}
