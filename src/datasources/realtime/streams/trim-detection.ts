import type { Gap } from '../../../domain/realtime/delivery.js';
import type { StreamEntry } from '../../../domain/realtime/stream-entry.js';
import { beforeAll, compareEntryIds } from '../../../domain/realtime/stream-id.js';
import { type StreamState } from '../../valkey/values/streams/stream-state.js';

/** What was read after a position. */
interface Reading {
  readonly position: string;
  readonly entries: readonly StreamEntry[];
  /** Whether the position's own entry still stands: then nothing after it was trimmed. */
  readonly stands: boolean;
  /** Whether the reading reached the stream's end. */
  readonly complete: boolean;
  /** Whether the stream may have been made again: its state is then asked for in any case. */
  readonly isDoubtful: boolean;
}

interface StreamLoss {
  readonly gap: Gap;
  /** The position after it, if no entry follows. */
  readonly lastId: string;
}

/** Finds out whether entries were removed before they were read, by counting all that were ever added. */
export interface TrimDetection {
  after(reading: Reading, readState: ReadState): Promise<StreamLoss | undefined>;
  clear(): void;
}

/** Null if there is no stream; undefined if its state cannot be asked for. */
type ReadState = () => Promise<StreamState | null | undefined>;

/** Positions whose count is remembered: enough for tails that are not far apart. */
const rememberedPositions = 256;

export function createTrimDetection(): TrimDetection {
  /** How many entries were ever added up to and including a position. */
  const counts = new Map<string, number>();
  let generation = 0;
  const remember = (id: string, count: number): void => {
    counts.delete(id);
    counts.set(id, count);
    if (counts.size > rememberedPositions) for (const oldest of [...counts.keys()].slice(0, 1)) counts.delete(oldest);
  };

  /** What was counted up to the page's end was of the stream that was there before. */
  const recount = (state: StreamState, position: string, entries: readonly StreamEntry[]): void => {
    const lastId = entries.at(-1)?.id ?? state.lastGeneratedId;
    if (state.lastGeneratedId === lastId) remember(lastId, state.added);
    else if (followsWhole(state, position)) remember(lastId, state.added - state.length + entries.length);
    else counts.delete(lastId);
  };

  return {
    async after({ position, entries, stands, complete, isDoubtful }, readState) {
      const before = counts.get(position);
      const lastId = entries.at(-1)?.id ?? position;
      const isSuspect = !stands && position !== beforeAll;
      // A first count is taken at the stream's end, where what XINFO says is about this very position.
      const isFirstCount = before === undefined && complete;
      const started = generation;
      const state = isSuspect || isDoubtful || isFirstCount ? await readState() : undefined;
      // What was counted before is about another stream.
      if (started !== generation) return undefined;
      if (state !== undefined && entries.length === 0 && isBehind(state, position)) return recreated;
      if (state && before !== undefined && isAnother(state, before, { position, entries, stands })) {
        recount(state, position, entries);
        return unknownLoss(state, lastId, entries);
      }
      if (before !== undefined && !isSuspect) {
        remember(lastId, before + entries.length);
        return undefined;
      }
      if (!state) return undefined;
      if (before === undefined) {
        if (state.lastGeneratedId === lastId) remember(lastId, state.added);
        return isSuspect ? inferGap(state, position) : undefined;
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
      generation += 1;
    },
  };
}

/** The stream is read from its start. */
const recreated: StreamLoss = { gap: { reason: 'TRIMMED', missed: null }, lastId: beforeAll };

/** Whether the stream has never had an entry with this ID: the position belongs to one that was there before. */
function isBehind(state: StreamState | null, position: string): boolean {
  return compareEntryIds(state?.lastGeneratedId ?? beforeAll, position) < 0;
}

/** Whether all entries that stand come after the position. */
function followsWhole({ firstEntryId }: StreamState, position: string): boolean {
  return firstEntryId !== undefined && compareEntryIds(firstEntryId, position) > 0;
}

/**
 * Whether the stream is not the one in which `before` entries were counted up to the position: it was made again with higher IDs, or
 * is that of a replica which lacked the newest entries. Then fewer entries were added than there must have been, or the
 * position's entry is gone although it was neither trimmed nor deleted.
 */
function isAnother(
  state: StreamState,
  before: number,
  { position, entries, stands }: Pick<Reading, 'position' | 'entries' | 'stands'>,
): boolean {
  const isWhole = followsWhole(state, position);
  if (state.added < before + Math.max(entries.length, isWhole ? state.length : 0)) return true;
  if (stands || position === beforeAll || isWhole || state.firstEntryId === undefined) return false;
  return compareEntryIds(state.maxDeletedId, position) < 0;
}

/** How many entries were lost cannot be known. */
function unknownLoss(state: StreamState, lastId: string, entries: readonly StreamEntry[]): StreamLoss {
  const end = entries.length > 0 || state.firstEntryId !== undefined ? lastId : state.lastGeneratedId;
  return { gap: { reason: 'TRIMMED', missed: null }, lastId: end };
}

/** Where it is not known how many entries came before the position: a loss that may have been is told. */
function inferGap(state: StreamState, position: string): StreamLoss | undefined {
  const { firstEntryId, lastGeneratedId, maxDeletedId } = state;
  const beginsLater = firstEntryId === undefined || compareEntryIds(firstEntryId, position) > 0;
  const hasGoneOn = compareEntryIds(lastGeneratedId, position) > 0;
  // Entries that somebody deleted on purpose (XDEL) were not lost by trimming.
  const isDeleted = compareEntryIds(maxDeletedId, position) >= 0;
  if (!beginsLater || !hasGoneOn || isDeleted || state.added === state.length) return undefined;
  return { gap: { reason: 'TRIMMED', missed: null }, lastId: firstEntryId === undefined ? lastGeneratedId : position };
}
