import { createHash } from 'node:crypto';
import { isEntryId } from '../../../domain/realtime/stream-id.js';

/**
 * Matches the messages of one channel with their entries in its history. Each message is announced right before it arrives, by its
 * entry's ID and its payload's SHA-1. The hash is for cluster mode: while a slot moves, a message that was published to another
 * node without the history may arrive in between. Equal messages are interchangeable.
 */
export interface HistoryCursorMatcher {
  announced(payload: Buffer): void;
  /** The ID of the history entry of a message that has arrived; undefined if it is in no history. */
  take(payload: Buffer): string | undefined;
  /** The announced messages that have not arrived are lost. */
  clear(): void;
}

/** Most messages that are announced but have not arrived. A healthy cluster never has more than a few. */
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
      // Messages arrive in the order of their announcements, so the earlier ones are lost.
      waiting = waiting.slice(at + 1);
      return id;
    },
    clear: () => void (waiting = []),
  };
}
