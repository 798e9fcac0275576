import type { Gap } from '../../../domain/realtime/delivery.js';
import type { StreamEntry } from '../../../domain/realtime/stream-entry.js';
import { beforeAll, compareEntryIds } from '../../../domain/realtime/stream-id.js';
import { type StreamState } from '../../valkey/values/streams/stream-state.js';

/** The entries that were read after a position. */
interface Reading {
  readonly position: string;
  readonly entries: readonly StreamEntry[];
  /** Whether the position's own entry still exists. If so, no entry after it was trimmed. */
  readonly exists: boolean;
  /** Whether the reading reached the stream's end. */
  readonly complete: boolean;
  /** Whether the stream may have been recreated. Its state is then read in any case. */
  readonly isDoubtful: boolean;
}

interface StreamLoss {
  readonly gap: Gap;
  /** The position after the loss, if no entry follows. */
  readonly lastId: string;
}

/** Detects that entries were removed before they were read, by counting all entries that were ever added. */
export interface TrimDetection {
  after(reading: Reading, readState: ReadState): Promise<StreamLoss | undefined>;
  clear(): void;
}

/** Null if there is no stream; undefined if the user may not read its state. */
type ReadState = () => Promise<StreamState | null | undefined>;

/** How many positions have a remembered count: enough for tails that are close together. */
const rememberedPositions = 256;

export function createTrimDetection(): TrimDetection {
  /** How many entries were ever added, up to and including a position. */
  const counts = new Map<string, number>();
  let generation = 0;
  const remember = (id: string, count: number): void => {
    counts.delete(id);
    counts.set(id, count);
    if (counts.size > rememberedPositions) for (const oldest of [...counts.keys()].slice(0, 1)) counts.delete(oldest);
  };

  /** Replaces the count at the page's end, which belongs to the former stream. */
  const recount = (state: StreamState, position: string, entries: readonly StreamEntry[]): void => {
    const lastId = entries.at(-1)?.id ?? state.lastGeneratedId;
    if (state.lastGeneratedId === lastId) remember(lastId, state.added);
    else if (allEntriesFollow(state, position)) remember(lastId, state.added - state.length + entries.length);
    else counts.delete(lastId);
  };

  return {
    async after({ position, entries, exists, complete, isDoubtful }, readState) {
      const before = counts.get(position);
      const lastId = entries.at(-1)?.id ?? position;
      const mayBeTrimmed = !exists && position !== beforeAll;
      // The first count is taken at the stream's end, where XINFO's numbers apply to this position.
      const isFirstCount = before === undefined && complete;
      const started = generation;
      const state = mayBeTrimmed || isDoubtful || isFirstCount ? await readState() : undefined;
      // The earlier count belongs to a former stream.
      if (started !== generation) return undefined;
      if (state !== undefined && entries.length === 0 && isBehind(state, position)) return recreated;
      if (state && before !== undefined && isOtherStream(state, before, { position, entries, exists })) {
        recount(state, position, entries);
        return unknownLoss(state, lastId, entries);
      }
      if (before !== undefined && !mayBeTrimmed) {
        remember(lastId, before + entries.length);
        return undefined;
      }
      if (!state) return undefined;
      if (before === undefined) {
        if (state.lastGeneratedId === lastId) remember(lastId, state.added);
        return mayBeTrimmed ? inferGap(state, position) : undefined;
      }
      // All existing entries come after the position. Some that were read may have been removed since.
      const removedSince = entries.filter(
        ({ id }) => !state.firstEntryId || compareEntryIds(id, state.firstEntryId) < 0,
      );
      const missed = state.added - before - state.length - removedSince.length;
      if (missed <= 0) {
        remember(lastId, before + entries.length);
        return undefined;
      }
      const end = entries.length > 0 || state.firstEntryId ? lastId : state.lastGeneratedId;
      remember(end, before + missed + entries.length);
      // A loss that no entry follows is reported once the position can move past it.
      return end === position ? undefined : { gap: { reason: 'TRIMMED', missed }, lastId: end };
    },
    clear() {
      counts.clear();
      generation += 1;
    },
  };
}

/** The recreated stream is read from its start. */
const recreated: StreamLoss = { gap: { reason: 'TRIMMED', missed: null }, lastId: beforeAll };

/** Whether the stream's IDs never reached the position, which then belongs to a former stream. */
function isBehind(state: StreamState | null, position: string): boolean {
  return compareEntryIds(state?.lastGeneratedId ?? beforeAll, position) < 0;
}

/** Whether all existing entries come after the position. */
function allEntriesFollow({ firstEntryId }: StreamState, position: string): boolean {
  return firstEntryId !== undefined && compareEntryIds(firstEntryId, position) > 0;
}

/**
 * Whether the stream is not the one in which `before` entries were counted up to the position. It may have been recreated with
 * higher IDs, or belong to a promoted replica that lacked the newest entries. Then its count of added entries is too low, or the
 * position's entry is missing although it was neither trimmed nor deleted.
 */
function isOtherStream(
  state: StreamState,
  before: number,
  { position, entries, exists }: Pick<Reading, 'position' | 'entries' | 'exists'>,
): boolean {
  const allFollow = allEntriesFollow(state, position);
  if (state.added < before + Math.max(entries.length, allFollow ? state.length : 0)) return true;
  if (exists || position === beforeAll || allFollow || state.firstEntryId === undefined) return false;
  return compareEntryIds(state.maxDeletedId, position) < 0;
}

/** A loss of an unknown number of entries. */
function unknownLoss(state: StreamState, lastId: string, entries: readonly StreamEntry[]): StreamLoss {
  const end = entries.length > 0 || state.firstEntryId !== undefined ? lastId : state.lastGeneratedId;
  return { gap: { reason: 'TRIMMED', missed: null }, lastId: end };
}

/** Reports a possible loss if it is unknown how many entries were added up to the position. */
function inferGap(state: StreamState, position: string): StreamLoss | undefined {
  const { firstEntryId, lastGeneratedId, maxDeletedId } = state;
  const beginsLater = firstEntryId === undefined || compareEntryIds(firstEntryId, position) > 0;
  const hasGrown = compareEntryIds(lastGeneratedId, position) > 0;
  // Entries that were deleted on purpose (XDEL) were not lost by trimming.
  const isDeleted = compareEntryIds(maxDeletedId, position) >= 0;
  if (!beginsLater || !hasGrown || isDeleted || state.added === state.length) return undefined;
  return { gap: { reason: 'TRIMMED', missed: null }, lastId: firstEntryId === undefined ? lastGeneratedId : position };
}
