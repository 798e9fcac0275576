import { createHash } from 'node:crypto';
import { isEntryId } from '../../../domain/realtime/stream-id.js';

/**
 * Knows the messages of one channel that stand in its history. Each is announced, by its entry's ID and its payload's SHA-1,
 * right before it comes. The hash is for cluster mode: while a slot moves, a message that somebody published to another node
 * past the history may come in between. Of two that are equal it does not matter which is which.
 */
export interface HistoryCursorMatcher {
  announced(payload: Buffer): void;
  /** The ID of the entry of a message that has come; undefined where it is in no history. */
  take(payload: Buffer): string | undefined;
  /** What was announced and has not come is lost. */
  clear(): void;
}

/** Announced and not yet come; more than a few are never on the way between two nodes of a healthy cluster. */
const maxAnnounced = 1000;

export function createHistoryCursorMatcher(): HistoryCursorMatcher {
  let waiting: { readonly id: string; readonly hash: string }[] = [];
  return {
    announced(payload) {
      const [id = '', hash = ''] = payload.toString('latin1').split(' ');
      if (!isEntryId(id)) return;
      waiting.push({ id, hash });
      if (waiting.length > maxAnnounced) waiting.shift();
    },
    take(payload) {
      if (waiting.length === 0) return undefined;
      const hash = createHash('sha1').update(payload).digest('hex');
      const at = waiting.findIndex((announcement) => announcement.hash === hash);
      if (at < 0) return undefined;
      const id = waiting[at]?.id;
      // They come in the order in which they were announced: those before it will not come any more.
      waiting = waiting.slice(at + 1);
      return id;
    },
    clear: () => void (waiting = []),
  };
}
