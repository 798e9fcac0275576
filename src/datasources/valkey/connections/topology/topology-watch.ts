import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import { CommandError } from '../../command-error.js';
import type { ValkeyCommands, ValkeyNode } from '../../interfaces.js';
import { parseClusterSlots } from './topology.js';
import { endpointKey } from '../nodes/endpoint-key.js';

/** The session of the cluster's commands, so far as its topology is concerned. */
interface TopologySession extends Pick<ValkeyCommands, 'primaries' | 'nodes' | 'isClustered'> {
  refreshSoon(this: void): void;
}

/**
 * Asks the primaries in turn, every `everyMs`, which nodes the cluster has, and has the session look again if that has changed. A
 * session learns of a new shard by its redirected commands; whoever only listens sends none, and a node that was removed from the
 * cluster may keep its connections. Returns its end.
 */
export function watchTopology(current: () => TopologySession, everyMs: number): () => void {
  /** What each node said last: nodes may name each other differently, which is no change. */
  const answers = new Map<string, string>();
  let turn = 0;
  const look = async (): Promise<void> => {
    const session = current();
    const primaries = session.primaries();
    const node = primaries[turn++ % Math.max(1, primaries.length)];
    if (!node || !session.isClustered) return;
    const seen = parseClusterSlots(await node.send(['CLUSTER', 'SLOTS']), node.endpoint);
    const answer = textOf(seen.flatMap(({ primary, replicas }) => [primary, ...replicas]));
    const asked = endpointKey(node.endpoint);
    const isNews = answers.get(asked) !== answer;
    answers.set(asked, answer);
    if (isNews && answer !== textOf(session.nodes().map(({ endpoint }) => endpoint))) session.refreshSoon();
  };
  const looking = setInterval(() => {
    look().catch((cause: unknown) => {
      // A node that is away is noticed by the session itself. A user who may not ask is not to fill the server's log.
      if (cause instanceof CommandError && cause.prefix === 'NOPERM') clearInterval(looking);
    });
  }, everyMs);
  looking.unref();
  return () => clearInterval(looking);
}

/** The addresses of these nodes. */
export function nodesOf(nodes: readonly ValkeyNode[]): ReadonlySet<string> {
  return new Set(nodes.map(({ endpoint }) => endpointKey(endpoint)));
}

function textOf(nodes: readonly Endpoint[]): string {
  return nodes.map(endpointKey).sort().join(' ');
}
