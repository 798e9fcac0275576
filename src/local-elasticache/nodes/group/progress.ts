import type { Role } from '../role.js';

/** How far each node of a shard is. Offsets can be compared within one history: the next one begins at 0. */
export type Progress = Readonly<Record<string, { readonly history: number; readonly offset: number }>>;

/** How many bytes a node may be further behind than was noted before that is noted. */
const tolerance = 1024;

/** Follows how far the nodes of one shard are, to know whose data are the latest if the primary's cannot be had. */
export interface ProgressRecord {
  /** @returns what is to be kept on disk; undefined if that would tell nothing new. */
  observe(roles: ReadonlyMap<{ readonly id: string }, Role>, primary: { readonly id: string }): Progress | undefined;
  /** The nodes, those with the latest data first. One of which nothing is known is last. */
  rank<Node extends { readonly id: string }>(this: void, nodes: readonly Node[]): Node[];
}

export function createProgressRecord(kept: Progress, ids: readonly string[]): ProgressRecord {
  const own = Object.entries(kept).filter(([id]) => ids.includes(id));
  let known: Progress = Object.fromEntries(own);
  let noted = known;
  // Nodes that start from disk begin a history of their own.
  let history = Math.max(0, ...own.map(([, entry]) => entry.history)) + 1;
  let reached = 0;

  return {
    observe(roles, primary) {
      const leader = [...roles].find(([{ id }]) => id === primary.id)?.[1];
      if (leader?.role !== 'primary') return undefined;
      if (leader.offset < reached) history += 1;
      reached = leader.offset;
      const seen = [...roles].filter(([{ id }, role]) => id === primary.id || (role.role === 'replica' && role.inSync));
      const entries = seen.map(([{ id }, { offset }]) => [id, { history, offset }] as const);
      known = { ...known, ...Object.fromEntries(entries) };
      if (!tellsMore(known, noted, primary.id)) return undefined;
      noted = known;
      return known;
    },
    rank: (nodes) => {
      const at = ({ id }: { readonly id: string }) => known[id] ?? { history: 0, offset: 0 };
      return [...nodes].sort((a, b) => at(b).history - at(a).history || at(b).offset - at(a).offset);
    },
  };
}

/** Whether anybody is behind the primary otherwise than was noted. That all get on together tells nothing. */
function tellsMore(known: Progress, noted: Progress, primary: string): boolean {
  const lag = (progress: Progress, id: string): number => {
    const [leader, node] = [progress[primary], progress[id]];
    if (!leader || !node) return Infinity;
    return leader.history === node.history ? leader.offset - node.offset : Infinity;
  };
  return Object.keys(known).some((id) => {
    if (known[id]?.history !== noted[id]?.history) return true;
    const [now, before] = [lag(known, id), lag(noted, id)];
    return now !== before && !(Math.abs(now - before) <= tolerance);
  });
}
