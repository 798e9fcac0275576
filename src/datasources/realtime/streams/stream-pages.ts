import type { StreamDelivery } from '../../../domain/realtime/delivery.js';
import type { StreamEntry } from '../../../domain/realtime/stream-entry.js';
import { beforeAll, compareEntryIds } from '../../../domain/realtime/stream-id.js';
import { streamEntries } from '../../valkey/values/streams/stream-entries.js';
import type { RealtimeLimits } from '../shared/limits.js';
import { type SendToStream } from './stream-head.js';
import { readState } from '../../valkey/values/streams/stream-state.js';
import type { StreamIncarnation } from './stream-incarnation.js';
import { createTrimDetection } from './trim-detection.js';

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

export function createStreamPages(
  send: SendToStream,
  stream: Buffer,
  { maxPageEntries, pageBytes }: RealtimeLimits,
  incarnation: StreamIncarnation,
): StreamPages {
  const underWay = new Map<string, Promise<StreamPage>>();
  const kept = new Map<string, { readonly page: StreamPage; readonly bytes: number }>();
  const trimDetection = createTrimDetection();
  let bytesKept = 0;
  let generation = 0;
  // Valkey bounds a page by entries only: the size of the last ones says how many to ask for.
  let count = Math.min(16, maxPageEntries);

  const read = async (position: string): Promise<StreamPage> => {
    const asked = count;
    const started = generation;
    const known = incarnation.known();
    // The position's own entry is read too: where it still stands, nothing after it was trimmed.
    const reply = await send(['XRANGE', stream, position, '+', 'COUNT', String(asked + 1)]);
    const found = streamEntries(reply);
    const stands = found[0]?.id === position;
    const entries = stands ? found.slice(1) : found.slice(0, asked);
    const complete = found.length <= asked;
    const newest = found.at(-1)?.id ?? beforeAll;
    incarnation.saw(newest, known);
    // A page that ends below the highest known ID may be of a stream that was made again. At the newest entry, where nearly
    // all reading is done, it is not, and nothing more is asked.
    const isDoubtful = !complete || compareEntryIds(newest, known.highest) < 0;
    const loss = await trimDetection.after({ position, entries, stands, complete, isDoubtful }, async () => {
      const state = await readState(send, stream);
      if (state !== undefined) incarnation.compare(state?.lastGeneratedId ?? beforeAll, known);
      return state;
    });
    if (started !== generation) return read(position);
    const lastId = entries.at(-1)?.id ?? loss?.lastId ?? position;
    const isBackAtStart = compareEntryIds(lastId, position) < 0;
    const page = { delivery: { entries, gap: loss?.gap ?? null }, lastId, complete: complete && !isBackAtStart };
    if (entries.length > 0) keep(position, page, entries);
    return page;
  };
  const keep = (position: string, page: StreamPage, entries: readonly StreamEntry[]): void => {
    const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
    count = Math.max(1, Math.min(maxPageEntries, Math.floor((pageBytes * entries.length) / bytes)));
    bytesKept += bytes - (kept.get(position)?.bytes ?? 0);
    kept.delete(position);
    kept.set(position, { page: { ...page, complete: false }, bytes });
    for (const [oldest, { bytes: freed }] of kept) {
      if (bytesKept <= pageBytes) break;
      kept.delete(oldest);
      bytesKept -= freed;
    }
  };

  return {
    after(position) {
      const existing = underWay.get(position);
      if (existing) return existing;
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
      trimDetection.clear();
      bytesKept = 0;
      generation += 1;
    },
  };
}

function sizeOf({ id, fields }: StreamEntry): number {
  return fields.reduce((sum, { name, value }) => sum + name.length + value.length + 64, id.length + 64);
}
