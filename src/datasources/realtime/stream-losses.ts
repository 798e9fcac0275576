import type { Gap } from '../../domain/delivery.js';
import type { StreamEntry } from '../../domain/stream-entry.js';
import { compareEntryIds } from '../../domain/stream-id.js';
import { beforeAll, type StreamState } from './stream-head.js';

/** What was read after a position. */
interface Reading {
  readonly position: string;
  readonly entries: readonly StreamEntry[];
  /** Whether the position's own entry still stands: then nothing after it was trimmed. */
  readonly stands: boolean;
  /** Whether the reading reached the stream's end. */
  readonly complete: boolean;
}

interface StreamLoss {
  readonly gap: Gap;
  /** The position after it, where no entry follows. */
  readonly lastId: string;
}

/** Finds out whether entries were removed before they were read, by counting all that were ever added. */
export interface StreamLosses {
  after(reading: Reading): Promise<StreamLoss | undefined>;
  clear(): void;
}

/** Positions whose count is remembered: enough for tails that are not far apart. */
const rememberedPositions = 256;

/** `restarted` is called where the stream's last ID is below one that was read. */
export function createStreamLosses(
  readState: () => Promise<StreamState | null | undefined>,
  restarted: () => void,
): StreamLosses {
  /** How many entries were ever added up to and including a position. */
  const counts = new Map<string, number>();
  let highestRead = beforeAll;
  const remember = (id: string, count: number): void => {
    counts.delete(id);
    counts.set(id, count);
    if (counts.size > rememberedPositions) for (const oldest of [...counts.keys()].slice(0, 1)) counts.delete(oldest);
  };

  return {
    async after({ position, entries, stands, complete }) {
      const before = counts.get(position);
      const lastId = entries.at(-1)?.id ?? position;
      if (compareEntryIds(lastId, highestRead) > 0 && entries.length > 0) highestRead = lastId;
      const isSuspect = !stands && position !== beforeAll;
      if (before !== undefined && !isSuspect) {
        remember(lastId, before + entries.length);
        return undefined;
      }
      // A first count is taken at the stream's end, where what XINFO says is about this very position.
      if (!isSuspect && !complete) return undefined;
      // As it is now: while the state is asked, other readings may come to entries that are newer than the answer.
      const highestBefore = highestRead;
      const state = await readState();
      if (state === undefined) return undefined;
      if (compareEntryIds(state?.lastGeneratedId ?? beforeAll, highestBefore) < 0) restarted();
      if (state === null) return undefined;
      if (before === undefined) {
        if (state.lastGeneratedId === lastId) remember(lastId, state.added);
        return isSuspect ? guess(state, position) : undefined;
      }
      // All that stand come after the position; what was read may have gone since.
      const goneSince = entries.filter(({ id }) => !state.firstEntryId || compareEntryIds(id, state.firstEntryId) < 0);
      const missed = state.added - before - state.length - goneSince.length;
      if (missed <= 0) {
        remember(lastId, before + entries.length);
        return undefined;
      }
      const end = entries.length > 0 || state.firstEntryId ? lastId : state.lastGeneratedId;
      remember(end, before + missed + entries.length);
      // A loss without an entry to follow is told once the position can move past it.
      return end === position ? undefined : { gap: { reason: 'TRIMMED', missed }, lastId: end };
    },
    clear() {
      counts.clear();
      highestRead = beforeAll;
    },
  };
}

/** Where it is not known how many entries came before the position: a loss that may have been is told. */
function guess(state: StreamState, position: string): StreamLoss | undefined {
  const { firstEntryId, lastGeneratedId, maxDeletedId } = state;
  const beginsLater = firstEntryId === undefined || compareEntryIds(firstEntryId, position) > 0;
  const hasGoneOn = compareEntryIds(lastGeneratedId, position) > 0;
  // Entries that somebody deleted on purpose (XDEL) were not lost by trimming.
  const isDeleted = compareEntryIds(maxDeletedId, position) >= 0;
  if (!beginsLater || !hasGoneOn || isDeleted || state.added === state.length) return undefined;
  return { gap: { reason: 'TRIMMED', missed: null }, lastId: firstEntryId === undefined ? lastGeneratedId : position };
}
