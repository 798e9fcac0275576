import { CommandError } from './command-error.js';
import type { ValkeyNode } from './ports.js';
import type { Session } from './session.js';
import { endpointKey, parseClusterSlots } from './topology.js';

/**
 * Asks the primaries in turn, every `everyMs`, who the primaries are, and has the session look again if that has changed. A
 * session learns of a new shard by its redirected commands; whoever only listens to key events sends none. Returns its end.
 */
export function watchPrimaries(current: () => Session, everyMs: number): () => void {
  /** What each node said last: nodes may name each other differently, which is no change. */
  const answers = new Map<string, string>();
  let turn = 0;
  const look = async (): Promise<void> => {
    const session = current();
    const primaries = session.primaries();
    const node = primaries[turn++ % Math.max(1, primaries.length)];
    if (!node || !session.isClustered) return;
    const seen = parseClusterSlots(await node.send(['CLUSTER', 'SLOTS']), node.endpoint);
    const answer = textOf(new Set(seen.map(({ primary }) => endpointKey(primary))));
    const asked = endpointKey(node.endpoint);
    const isNews = answers.get(asked) !== answer;
    answers.set(asked, answer);
    if (isNews && answer !== textOf(nodesOf(primaries))) session.suspect();
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

function textOf(nodes: ReadonlySet<string>): string {
  return [...nodes].sort().join(' ');
}
