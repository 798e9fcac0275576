import { beforeAll, compareEntryIds } from '../../../domain/realtime/stream-id.js';

/** What was known of a stream before a command was sent whose answer is compared with it. */
export interface KnownIds {
  /** The highest ID that the stream is known to have had. */
  readonly highest: string;
  /** Grows when the stream was made again. */
  readonly generation: number;
}

/**
 * Notices that a stream was deleted or made again: its last ID falls, which it never does otherwise. All readers of a stream
 * in this process share one of these, so that each such change is noticed once, by whoever reads first.
 */
export interface StreamIncarnation {
  known(): KnownIds;
  /** An entry with this ID was read, by a command sent when `since` was known. */
  saw(id: string, since: KnownIds): void;
  /** The stream's last ID, as answered to a command sent when `since` was known; `0-0` if there is no stream. */
  compare(lastId: string, since: KnownIds): void;
  /** Calls back when the stream was deleted or made again; returns its undo. */
  onRestart(listener: () => void): () => void;
}

export function createStreamIncarnation(): StreamIncarnation {
  const listeners = new Set<() => void>();
  let known: KnownIds = { highest: beforeAll, generation: 0 };

  const saw: StreamIncarnation['saw'] = (id, { generation }) => {
    // An answer about the stream that was there before says nothing about this one.
    if (generation !== known.generation || compareEntryIds(id, known.highest) <= 0) return;
    known = { highest: id, generation };
  };
  return {
    known: () => known,
    saw,
    compare(lastId, since) {
      // Compared with what was known before the command was sent: other readers may have seen newer entries since.
      if (since.generation !== known.generation || compareEntryIds(lastId, since.highest) >= 0) {
        saw(lastId, since);
        return;
      }
      known = { highest: lastId, generation: known.generation + 1 };
      for (const listener of [...listeners]) listener();
    },
    onRestart(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
