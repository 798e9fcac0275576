import type { ValkeyNode } from './ports.js';
import type { Session } from './session.js';
import { endpointKey, parseClusterSlots } from './topology.js';

/**
 * Asks the primaries in turn, every `everyMs`, who the primaries are, and has the session look again if that has changed. A
 * session learns of a new shard by its redirected commands; whoever only listens to key events sends none. Returns its end.
 */
export function watchPrimaries(current: () => Session, everyMs: number): () => void {
  let turn = 0;
  const look = async (): Promise<void> => {
    const session = current();
    const primaries = session.primaries();
    const node = primaries[turn++ % Math.max(1, primaries.length)];
    if (!node || !session.isClustered) return;
    const seen = parseClusterSlots(await node.send(['CLUSTER', 'SLOTS']), node.endpoint);
    const known = nodesOf(primaries);
    const isSame = seen.length === known.size && seen.every(({ primary }) => known.has(endpointKey(primary)));
    if (!isSame) session.suspect();
  };
  // A node that is away is noticed by the session itself; a user without CLUSTER SLOTS relies on its description.
  const looking = setInterval(() => void look().catch(() => undefined), everyMs);
  looking.unref();
  return () => clearInterval(looking);
}

/** The addresses of these nodes. */
export function nodesOf(nodes: readonly ValkeyNode[]): ReadonlySet<string> {
  return new Set(nodes.map(({ endpoint }) => endpointKey(endpoint)));
}
