import type { Role } from '../role.js';
import type { DataFiles } from './data-files.js';

/** How far each node of a shard is. Offsets can be compared within one history: the next one begins at 0. */
export type Progress = Readonly<Record<string, NodeProgress>>;

interface NodeProgress {
  readonly history: number;
  readonly offset: number;
  /** The primary has accepted changes that may be missing in this node's files. */
  readonly isBehind?: boolean | undefined;
  /** The node started empty, and its files do not hold a complete copy of the data yet. */
  readonly isEmpty?: boolean | undefined;
  /** Its append-only files, at least as long as this on its disk. */
  readonly files?: DataFiles | undefined;
}

/** A node that was not seen yet. */
const unknown: NodeProgress = { history: -1, offset: 0, isBehind: true };

/** How many bytes a node may be further behind than was noted before that is noted. */
const tolerance = 1024;

/** Follows how far the nodes of one shard are, to know whose data are the latest if the primary's cannot be had. */
export interface ProgressRecord {
  /**
   * @param unwritten IDs of nodes whose files do not hold yet what they have in memory
   * @returns what is to be kept on disk; undefined if nothing changed
   */
  observe(
    roles: ReadonlyMap<{ readonly id: string }, Role>,
    primary: { readonly id: string },
    unwritten?: ReadonlySet<string>,
  ): Progress | undefined;
  /** Notes the append-only files of a node. @returns what is to be kept on disk */
  noteFiles(id: string, files: DataFiles): Progress;
  /** The append-only files of a node as they were noted; undefined if they were not. */
  filesOf(id: string): DataFiles | undefined;
  /** Before a node starts empty. @returns what must be on disk before it does. */
  startsEmpty(id: string): Progress;
  /** Whether the node started empty and its files do not hold a complete copy yet: they are no data to go on with. */
  isEmpty(this: void, id: string): boolean;
  /** Whether the node's files may lack changes that the primary has accepted. */
  isBehind(this: void, id: string): boolean;
  /** The nodes, those with the latest data first: those that are behind, then unknown ones, are last. */
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
    observe(roles, primary, unwritten = new Set()) {
      const leader = [...roles].find(([{ id }]) => id === primary.id)?.[1];
      if (leader?.role !== 'primary') return undefined;
      if (leader.offset < reached) history += 1;
      reached = leader.offset;
      const byId = new Map([...roles].map(([{ id }, role]) => [id, role]));
      const entries = ids.flatMap((id): [string, NodeProgress][] => {
        const [role, before] = [byId.get(id), known[id]];
        const hasAll = id === primary.id || (role?.role === 'replica' && role.inSync);
        const files = before?.files && { files: before.files };
        if (role && hasAll && !unwritten.has(id)) return [[id, { history, offset: role.offset, ...files }]];
        return before ? [[id, { ...before, isBehind: true }]] : [];
      });
      known = Object.fromEntries(entries);
      if (!tellsMore(known, noted, primary.id)) return undefined;
      noted = known;
      return known;
    },
    noteFiles(id, files) {
      known = { ...known, [id]: { ...(known[id] ?? unknown), files } };
      noted = known;
      return known;
    },
    filesOf: (id) => known[id]?.files,
    startsEmpty(id) {
      known = { ...known, [id]: { history: 0, offset: 0, isBehind: true, isEmpty: true } };
      noted = known;
      return known;
    },
    isEmpty: (id) => known[id]?.isEmpty === true,
    isBehind: (id) => known[id]?.isBehind === true,
    rank: (nodes) => {
      const at = ({ id }: { readonly id: string }): NodeProgress => known[id] ?? unknown;
      return [...nodes].sort((one, other) => {
        const [a, b] = [at(one), at(other)];
        return (
          Number(a.isBehind ?? false) - Number(b.isBehind ?? false) || b.history - a.history || b.offset - a.offset
        );
      });
    },
  };
}

/**
 * Whether a node has left or reached the primary, or is further behind than was noted. Equal progress of all is not worth a
 * write. A node that is in sync lags for moments only: its lag has a tolerance.
 */
function tellsMore(known: Progress, noted: Progress, primary: string): boolean {
  const lag = (progress: Progress, id: string): number => {
    const [leader, node] = [progress[primary], progress[id]];
    if (!leader || !node) return Infinity;
    return leader.history === node.history ? leader.offset - node.offset : Infinity;
  };
  return Object.keys(known).some((id) => {
    const [is, was] = [known[id], noted[id]];
    if (is?.history !== was?.history || is?.isBehind !== was?.isBehind || is?.isEmpty !== was?.isEmpty) return true;
    if (is?.isBehind) return false;
    const [now, before] = [lag(known, id), lag(noted, id)];
    return now !== before && !(Math.abs(now - before) <= tolerance);
  });
}
