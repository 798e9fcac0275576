import type { NodeInfo } from '../../../domain/cluster/node-info.js';
import type { ValkeyNode } from '../interfaces.js';

/** Reads a node's INFO. Rejects like `ValkeyNode.send`. */
export async function nodeInfo(node: ValkeyNode): Promise<NodeInfo> {
  const reply = await node.send(['INFO']);
  return parseNodeInfo(Buffer.isBuffer(reply) ? reply.toString('latin1') : String(reply));
}

/** Parses the text of INFO. A missing line, such as one that the engine does not have, counts as 0. */
export function parseNodeInfo(text: string): NodeInfo {
  const lines = new Map(
    text
      .split('\n')
      .filter((line) => line.includes(':') && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const count = (name: string): number => {
    const number = Number(lines.get(name));
    return Number.isSafeInteger(number) ? number : 0;
  };
  const isReplica = lines.get('role') === 'slave';
  return {
    // Valkey always reports 7.2.4 as `redis_version`.
    version: lines.get('valkey_version') ?? lines.get('redis_version') ?? '',
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
