import type { Role } from '../role.js';
import type { DataFiles } from './data-files.js';

/** The progress of each node of a shard. Offsets are comparable within one history; the next history starts at 0. */
export type Progress = Readonly<Record<string, NodeProgress>>;

interface NodeProgress {
  readonly history: number;
  readonly offset: number;
  /** The primary has accepted changes that this node's files may lack. */
  readonly isBehind?: boolean | undefined;
  /** The node started empty, and its files do not contain a complete copy of the data yet. */
  readonly isEmpty?: boolean | undefined;
  /** Its append-only files, with sizes that are safely on disk. */
  readonly files?: DataFiles | undefined;
}

/** A node that has not been observed yet. */
const unknown: NodeProgress = { history: -1, offset: 0, isBehind: true };

/** Additional lag in bytes that is not worth a write. */
const tolerance = 1024;

/** Tracks the progress of a shard's nodes, to know the node with the latest data if the primary's data are lost. */
export interface ProgressRecord {
  /**
   * @param unwritten IDs of nodes whose files do not contain yet what they have in memory
   * @returns what to store on disk; undefined if nothing changed
   */
  observe(
    roles: ReadonlyMap<{ readonly id: string }, Role>,
    primary: { readonly id: string },
    unwritten?: ReadonlySet<string>,
  ): Progress | undefined;
  /** Records the append-only files of a node. @returns what to store on disk */
  recordFiles(id: string, files: DataFiles): Progress;
  /** The recorded append-only files of a node, if any. */
  filesOf(id: string): DataFiles | undefined;
  /** To be called before a node starts empty, e.g. a new one. @returns what must be on disk before it starts */
  startsEmpty(id: string): Progress;
  /** To be called when a node was removed from the shard. */
  forget(id: string): void;
  /** Tests whether the node started empty and its files have no complete copy yet, so that they must not be used. */
  isEmpty(this: void, id: string): boolean;
  /** Tests whether the node's files may lack changes that the primary has accepted. */
  isBehind(this: void, id: string): boolean;
  /** Sorts nodes by their data, latest first. Nodes that are behind and unknown nodes come last. */
  rank<Node extends { readonly id: string }>(this: void, nodes: readonly Node[]): Node[];
}

export function createProgressRecord(initial: Progress, ids: readonly string[]): ProgressRecord {
  const known = new Set(ids);
  const own = Object.entries(initial).filter(([id]) => known.has(id));
  let latest: Progress = Object.fromEntries(own);
  let stored = latest;
  // Nodes that start from disk start a new history.
  let history = Math.max(0, ...own.map(([, entry]) => entry.history)) + 1;
  let reached = 0;

  return {
    observe(roles, primary, unwritten = new Set()) {
      const leader = [...roles].find(([{ id }]) => id === primary.id)?.[1];
      if (leader?.role !== 'primary') return undefined;
      if (leader.offset < reached) history += 1;
      reached = leader.offset;
      const byId = new Map([...roles].map(([{ id }, role]) => [id, role]));
      const entries = [...known].flatMap((id): [string, NodeProgress][] => {
        const [role, before] = [byId.get(id), latest[id]];
        const hasAll = id === primary.id || (role?.role === 'replica' && role.inSync);
        const files = before?.files && { files: before.files };
        if (role && hasAll && !unwritten.has(id)) return [[id, { history, offset: role.offset, ...files }]];
        return before ? [[id, { ...before, isBehind: true }]] : [];
      });
      latest = Object.fromEntries(entries);
      if (!isWorthStoring(latest, stored, primary.id)) return undefined;
      stored = latest;
      return latest;
    },
    recordFiles(id, files) {
      latest = { ...latest, [id]: { ...(latest[id] ?? unknown), files } };
      stored = latest;
      return latest;
    },
    filesOf: (id) => latest[id]?.files,
    startsEmpty(id) {
      known.add(id);
      latest = { ...latest, [id]: { history: 0, offset: 0, isBehind: true, isEmpty: true } };
      stored = latest;
      return latest;
    },
    forget(id) {
      known.delete(id);
      latest = Object.fromEntries(Object.entries(latest).filter(([other]) => other !== id));
    },
    isEmpty: (id) => latest[id]?.isEmpty === true,
    isBehind: (id) => latest[id]?.isBehind === true,
    rank: (nodes) => {
      const at = ({ id }: { readonly id: string }): NodeProgress => latest[id] ?? unknown;
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
 * Tests whether a node has left or caught up with the primary, or lags more than stored. Equal progress of all nodes is
 * not worth a write. A node in sync lags only for moments, so its lag has a tolerance.
 */
function isWorthStoring(latest: Progress, stored: Progress, primary: string): boolean {
  const lag = (progress: Progress, id: string): number => {
    const [leader, node] = [progress[primary], progress[id]];
    if (!leader || !node) return Infinity;
    return leader.history === node.history ? leader.offset - node.offset : Infinity;
  };
  return Object.keys(latest).some((id) => {
    const [is, was] = [latest[id], stored[id]];
    if (is?.history !== was?.history || is?.isBehind !== was?.isBehind || is?.isEmpty !== was?.isEmpty) return true;
    if (is?.isBehind) return false;
    const [now, before] = [lag(latest, id), lag(stored, id)];
    return now !== before && !(Math.abs(now - before) <= tolerance);
  });
}
