import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import { CommandError } from '../../command-error.js';
import type { ValkeyCommands, ValkeyNode } from '../../interfaces.js';
import { parseClusterSlots, type SlotRange } from './topology.js';
import { endpointKey } from '../nodes/endpoint-key.js';

/** The part of a session that concerns the topology. */
interface TopologySession extends Pick<ValkeyCommands, 'primaries' | 'nodes' | 'isClustered'> {
  refreshSoon(this: void): void;
}

/** The changes that matter: of the nodes, or also of the slots that each primary serves. */
type Aspect = 'nodes' | 'slots';

/**
 * Asks one primary after another, every `everyMs`, for the nodes of the cluster, and refreshes the session if they have changed. A
 * session detects a new shard by redirected commands, but a subscriber sends none, and a node that was removed from the cluster may
 * keep its connections. Returns a function that stops the watch.
 */
export function watchTopology(current: () => TopologySession, everyMs: number, aspect: Aspect = 'nodes'): () => void {
  /** The last answer of each node. Nodes may name each other differently, which is not a change. */
  const answers = new Map<string, string>();
  let next = 0;
  const check = async (): Promise<void> => {
    const session = current();
    const primaries = session.primaries();
    const node = primaries[next++ % Math.max(1, primaries.length)];
    if (!node || !session.isClustered) return;
    const seen = parseClusterSlots(await node.send(['CLUSTER', 'SLOTS']), node.endpoint);
    const answer =
      aspect === 'nodes'
        ? textOf(seen.flatMap(({ primary, replicas }) => [primary, ...replicas]))
        : textOfSlots(seen.map(({ primary, ranges }) => [primary, ranges]));
    const key = endpointKey(node.endpoint);
    const hasChanged = answers.get(key) !== answer;
    answers.set(key, answer);
    const known =
      aspect === 'nodes'
        ? textOf(session.nodes().map(({ endpoint }) => endpoint))
        : textOfSlots(primaries.map(({ endpoint, slots }) => [endpoint, slots]));
    if (hasChanged && answer !== known) session.refreshSoon();
  };
  const interval = setInterval(() => {
    check().catch((cause: unknown) => {
      // The session detects a lost node itself. Refused commands would only fill the server's ACL log.
      if (cause instanceof CommandError && cause.prefix === 'NOPERM') clearInterval(interval);
    });
  }, everyMs);
  interval.unref();
  return () => clearInterval(interval);
}

/** The addresses of these nodes. */
export function nodesOf(nodes: readonly ValkeyNode[]): ReadonlySet<string> {
  return new Set(nodes.map(({ endpoint }) => endpointKey(endpoint)));
}

function textOf(nodes: readonly Endpoint[]): string {
  return nodes.map(endpointKey).sort().join(' ');
}

function textOfSlots(shards: readonly (readonly [primary: Endpoint, slots: readonly SlotRange[]])[]): string {
  return shards
    .map(([primary, slots]) => `${endpointKey(primary)} ${slots.join(' ')}`)
    .sort()
    .join('\n');
}
