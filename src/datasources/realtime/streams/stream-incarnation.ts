import { beforeAll, compareEntryIds } from '../../../domain/realtime/stream-id.js';
import { createListeners } from '../../../runtime/listeners.js';

/** The knowledge about a stream before a command is sent. The reply is compared with it. */
export interface KnownIds {
  /** The highest known ID of the stream. */
  readonly highest: string;
  /** Grows when the stream is deleted or recreated. */
  readonly generation: number;
}

/**
 * Detects that a stream was deleted or recreated: its last ID falls, which it never does otherwise. All readers of a stream in
 * this process share one incarnation, so that the first reader detects the change for all of them.
 */
export interface StreamIncarnation {
  known(): KnownIds;
  /** An entry with this ID was read by a command that was sent when `since` was known. */
  saw(id: string, since: KnownIds): void;
  /** Valkey reported this last ID (`0-0` if there is no stream) to a command that was sent when `since` was known. */
  compare(lastId: string, since: KnownIds): void;
  /** Calls `listener` when the stream was deleted or recreated. Returns a function that removes the listener. */
  onRestart(listener: () => void): () => void;
}

export function createStreamIncarnation(): StreamIncarnation {
  const listeners = createListeners();
  let known: KnownIds = { highest: beforeAll, generation: 0 };

  const saw: StreamIncarnation['saw'] = (id, { generation }) => {
    // A reply about the former stream says nothing about this one.
    if (generation !== known.generation || compareEntryIds(id, known.highest) <= 0) return;
    known = { highest: id, generation };
  };
  return {
    known: () => known,
    saw,
    compare(lastId, since) {
      // Compared with the knowledge before the command was sent: other readers may have seen newer entries since.
      if (since.generation !== known.generation || compareEntryIds(lastId, since.highest) >= 0) {
        saw(lastId, since);
        return;
      }
      known = { highest: lastId, generation: known.generation + 1 };
      listeners.notify();
    },
    onRestart: listeners.add,
  };
}
