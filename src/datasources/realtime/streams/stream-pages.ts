import type { StreamDelivery } from '../../../domain/realtime/delivery.js';
import type { StreamEntry } from '../../../domain/realtime/stream-entry.js';
import { beforeAll, compareEntryIds } from '../../../domain/realtime/stream-id.js';
import { streamEntries } from '../../valkey/values/streams/stream-entries.js';
import type { RealtimeLimits } from '../shared/limits.js';
import { type SendToStream } from './stream-head.js';
import { readState } from '../../valkey/values/streams/stream-state.js';
import type { StreamIncarnation } from './stream-incarnation.js';
import { createTrimDetection } from './trim-detection.js';

/** The entries of a stream after a position, up to a bound. */
export interface StreamPage {
  /** One object for all tails that read from this position. */
  readonly delivery: StreamDelivery;
  /** The position after the page. */
  readonly lastId: string;
  /** Whether the page reached the stream's end when it was read. */
  readonly complete: boolean;
}

/** Reads one stream for all its tails. Tails at the same position share one page, which is read once. */
export interface StreamPages {
  after(position: string): Promise<StreamPage>;
  /** A page that was read recently, for a tail that had to pause. */
  recent(position: string): StreamPage | undefined;
  /** Later reads do not join the current ones, so that they see the entries that are added from now on. */
  renew(): void;
  /** Forgets all pages, because the stream was recreated. */
  clear(): void;
}

export function createStreamPages(
  send: SendToStream,
  stream: Buffer,
  { maxPageEntries, pageBytes }: RealtimeLimits,
  incarnation: StreamIncarnation,
): StreamPages {
  const current = new Map<string, Promise<StreamPage>>();
  const recentPages = new Map<string, { readonly page: StreamPage; readonly bytes: number }>();
  const trimDetection = createTrimDetection();
  let recentBytes = 0;
  let generation = 0;
  // Valkey limits a page by entries only. How many to request follows from the size of the last entries.
  let count = Math.min(16, maxPageEntries);

  const read = async (position: string): Promise<StreamPage> => {
    const limit = count;
    const started = generation;
    const known = incarnation.known();
    // The position's own entry is read too. If it still exists, no entry after it was trimmed.
    const reply = await send(['XRANGE', stream, position, '+', 'COUNT', String(limit + 1)]);
    const found = streamEntries(reply);
    const exists = found[0]?.id === position;
    const entries = exists ? found.slice(1) : found.slice(0, limit);
    const complete = found.length <= limit;
    const newest = found.at(-1)?.id ?? beforeAll;
    incarnation.saw(newest, known);
    // A page that ends below the highest known ID may be of a recreated stream. Nearly all reads happen at the newest entry,
    // where this is impossible and no further command is needed.
    const isDoubtful = !complete || compareEntryIds(newest, known.highest) < 0;
    const loss = await trimDetection.after({ position, entries, exists, complete, isDoubtful }, async () => {
      const state = await readState(send, stream);
      if (state !== undefined) incarnation.compare(state?.lastGeneratedId ?? beforeAll, known);
      return state;
    });
    if (started !== generation) return read(position);
    const lastId = entries.at(-1)?.id ?? loss?.lastId ?? position;
    const isBackAtStart = compareEntryIds(lastId, position) < 0;
    const page = { delivery: { entries, gap: loss?.gap ?? null }, lastId, complete: complete && !isBackAtStart };
    if (entries.length > 0) remember(position, page, entries);
    return page;
  };
  const remember = (position: string, page: StreamPage, entries: readonly StreamEntry[]): void => {
    const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
    count = Math.max(1, Math.min(maxPageEntries, Math.floor((pageBytes * entries.length) / bytes)));
    recentBytes += bytes - (recentPages.get(position)?.bytes ?? 0);
    recentPages.delete(position);
    recentPages.set(position, { page: { ...page, complete: false }, bytes });
    for (const [oldest, { bytes: freed }] of recentPages) {
      if (recentBytes <= pageBytes) break;
      recentPages.delete(oldest);
      recentBytes -= freed;
    }
  };

  return {
    after(position) {
      const existing = current.get(position);
      if (existing) return existing;
      const reading = read(position).finally(() => {
        if (current.get(position) === reading) current.delete(position);
      });
      current.set(position, reading);
      return reading;
    },
    recent: (position) => recentPages.get(position)?.page,
    renew: () => current.clear(),
    clear() {
      current.clear();
      recentPages.clear();
      trimDetection.clear();
      recentBytes = 0;
      generation += 1;
    },
  };
}

function sizeOf({ id, fields }: StreamEntry): number {
  return fields.reduce((sum, { name, value }) => sum + name.length + value.length + 64, id.length + 64);
}
