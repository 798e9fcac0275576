import type { Gap, StreamDelivery } from '../../domain/delivery.js';
import type { StreamEntry } from '../../domain/stream-entry.js';
import { compareEntryIds } from '../../domain/stream-id.js';
import { streamEntries } from '../valkey/stream-entries.js';
import type { RealtimeLimits } from './limits.js';
import { beforeAll, readState, type SendToStream } from './stream-head.js';

/** What stands in a stream after a position, up to a bound. */
export interface StreamPage {
  /** One object for all who read from this position. */
  readonly delivery: StreamDelivery;
  /** The position after it. */
  readonly lastId: string;
  /** Whether it reached the stream's end when it was read. */
  readonly complete: boolean;
}

/** Reads one stream for all its tails: who stands at the same position gets the same page, read once. */
export interface StreamPages {
  after(position: string): Promise<StreamPage>;
  /** A page read not long ago, for who had to pause. */
  recent(position: string): StreamPage | undefined;
  /** Later reads see what is added from now on: they do not join reads under way. */
  renew(): void;
  /** The stream is another one now. */
  clear(): void;
}

/** How many bytes of pages are kept for those who pause. */
const keptBytes = 1024 * 1024;

export function createStreamPages(
  send: SendToStream,
  stream: Buffer,
  { maxPageEntries, pageBytes }: RealtimeLimits,
): StreamPages {
  const underWay = new Map<string, Promise<StreamPage>>();
  const kept = new Map<string, { readonly page: StreamPage; readonly bytes: number }>();
  let bytesKept = 0;
  // Valkey bounds a page by entries only: the size of the last ones says how many to ask for.
  let count = Math.min(64, maxPageEntries);

  const read = async (position: string): Promise<StreamPage> => {
    const asked = count;
    // The position's own entry is read too: where it still stands, nothing after it was trimmed.
    const reply = await send(['XRANGE', stream, position, '+', 'COUNT', String(asked + 1)]);
    const found = streamEntries(reply);
    const stands = found[0]?.id === position;
    const entries = stands ? found.slice(1) : found.slice(0, asked);
    const cut = stands || position === beforeAll ? undefined : await cutAfter(position);
    // A cut without an entry after it ends at the last ID given; one that an entry followed by now is told with that.
    const lastId = entries.at(-1)?.id ?? (cut?.isEmpty ? cut.lastId : position);
    const gap = cut && lastId !== position ? trimmed : null;
    const page: StreamPage = { delivery: { entries, gap }, lastId, complete: found.length <= asked };
    if (entries.length > 0) keep(position, page, entries);
    return page;
  };
  const cutAfter = async (position: string): Promise<{ lastId: string; isEmpty: boolean } | undefined> => {
    const state = await readState(send, stream);
    if (!state || state.removed === 0n) return undefined;
    const { lastGeneratedId: lastId, firstEntryId, maxDeletedId } = state;
    const isEmpty = firstEntryId === undefined;
    const beginsLater = isEmpty || compareEntryIds(firstEntryId, position) > 0;
    const hasGoneOn = compareEntryIds(lastId, position) > 0;
    // Entries that somebody deleted on purpose (XDEL) were not lost by trimming.
    const isDeleted = compareEntryIds(maxDeletedId, position) >= 0;
    return beginsLater && hasGoneOn && !isDeleted ? { lastId, isEmpty } : undefined;
  };
  const keep = (position: string, page: StreamPage, entries: readonly StreamEntry[]): void => {
    const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
    count = Math.max(1, Math.min(maxPageEntries, Math.floor((pageBytes * entries.length) / bytes)));
    bytesKept += bytes - (kept.get(position)?.bytes ?? 0);
    kept.delete(position);
    kept.set(position, { page: { ...page, complete: false }, bytes });
    for (const [oldest, { bytes: freed }] of kept) {
      if (bytesKept <= keptBytes) break;
      kept.delete(oldest);
      bytesKept -= freed;
    }
  };

  return {
    after(position) {
      const standing = underWay.get(position);
      if (standing) return standing;
      const reading = read(position).finally(() => {
        if (underWay.get(position) === reading) underWay.delete(position);
      });
      underWay.set(position, reading);
      return reading;
    },
    recent: (position) => kept.get(position)?.page,
    renew: () => underWay.clear(),
    clear() {
      underWay.clear();
      kept.clear();
      bytesKept = 0;
    },
  };
}

const trimmed: Gap = { reason: 'TRIMMED', missed: null };

function sizeOf({ id, fields }: StreamEntry): number {
  return fields.reduce((sum, { name, value }) => sum + name.length + value.length + 64, id.length + 64);
}
