import { nearestDateTime } from '../../../runtime/date-time.js';
import type { ChannelDelivery, ChannelMessage, StreamDelivery } from '../../../domain/realtime/delivery.js';
import type { PayloadFilter } from '../../../domain/realtime/payload-filter.js';
import type { StreamEntry } from '../../../domain/realtime/stream-entry.js';
import { beforeAll, entryIdBefore } from '../../../domain/realtime/stream-id.js';
import { afterPoll } from '../../../runtime/event-loop.js';
import { historyFailure, payloadField } from '../../valkey/values/channels/channel-history.js';
import { numberOf } from '../../valkey/replies.js';
import { streamEntries } from '../../valkey/values/streams/stream-entries.js';
import type { RealtimeLimits } from '../shared/limits.js';
import { type SendToStream } from '../streams/stream-head.js';
import { createStreamIncarnation } from '../streams/stream-incarnation.js';
import { createStreamPages } from '../streams/stream-pages.js';

/** A page, the positions before and after it, and whether it reached the history's end when it was read. */
export interface HistoryPage {
  readonly delivery: ChannelDelivery;
  readonly from: string;
  readonly position: string;
  readonly complete: boolean;
}

/** The history of one channel, read for all subscribers of a feed. Equal reads in one tick return the same object. */
export interface HistoryPages {
  /** The newest messages that match the filter, oldest first. Returns fewer if they are large. */
  last(count: number): Promise<HistoryPage>;
  after(position: string): Promise<HistoryPage>;
  /** Whether the history exists. It expires with its last message. */
  exists(): Promise<boolean>;
}

/** Entries in the first page, when their size is unknown. */
const firstPage = 64;

export function createHistoryPages(
  send: SendToStream,
  channel: { readonly name: Buffer; readonly stream: Buffer; readonly filter: PayloadFilter | undefined },
  limits: RealtimeLimits,
): HistoryPages {
  const { name, stream, filter } = channel;
  const incarnation = createStreamIncarnation();
  const pages = createStreamPages(send, stream, limits, incarnation);
  incarnation.onRestart(() => pages.clear());
  const messages = new WeakMap<StreamDelivery, ChannelDelivery>();
  const lasts = new Map<number, Promise<HistoryPage>>();
  let isCurrentTick = false;

  const rethrow = (error: unknown): never => {
    throw historyFailure(error, stream);
  };
  const messageOf = ({ id, fields }: StreamEntry): (ChannelMessage & { readonly cursor: string }) | undefined => {
    const payload = fields.find((field) => field.name.toString('latin1') === payloadField)?.value;
    if (!payload) return undefined;
    const message = { channel: name, payload, receivedAt: nearestDateTime(Number(id.split('-')[0])), cursor: id };
    return !filter || filter.matches(message) ? message : undefined;
  };
  const deliveryOf = (page: StreamDelivery, lastId: string): ChannelDelivery => {
    const existing = messages.get(page);
    if (existing) return existing;
    const { entries, gap } = page;
    const delivery = {
      messages: entries.flatMap((entry) => messageOf(entry) ?? []),
      gap,
      ...(gap && { cursor: lastId }),
    };
    messages.set(page, delivery);
    return delivery;
  };
  /** A read may share the result of another read of this tick. A read of an earlier tick may miss newer messages. */
  const startTick = (): void => {
    if (isCurrentTick) return;
    isCurrentTick = true;
    pages.renew();
    lasts.clear();
    // Together with the deliveries of this tick: a subscriber that joins after them may not share an earlier read.
    afterPoll(() => (isCurrentTick = false));
  };

  const readLast = async (count: number): Promise<HistoryPage> => {
    const found: (ChannelMessage & { readonly cursor: string })[] = [];
    let foundBytes = 0;
    const take = (message: (typeof found)[number] | undefined): void => {
      if (!message || isFull()) return;
      foundBytes += message.payload.length;
      found.push(message);
    };
    const isFull = (): boolean => found.length >= count || foundBytes >= limits.maxQueuedBytes;
    let head: string | undefined;
    // Even if `count` is 0, one entry is read: it shows where the live messages begin.
    for (let pageEntries = Math.max(1, Math.min(count, firstPage)), from = '+'; ;) {
      const entries = streamEntries(await send(['XREVRANGE', stream, from, '-', 'COUNT', String(pageEntries)]));
      head ??= entries[0]?.id ?? beforeAll;
      for (const entry of entries) take(messageOf(entry));
      if (entries.length < pageEntries || isFull()) break;
      from = `(${entries.at(-1)?.id ?? beforeAll}`;
      pageEntries = Math.max(1, Math.min(limits.maxPageEntries, Math.floor(limits.pageBytes / averageSize(entries))));
    }
    const oldest = found.at(-1)?.cursor;
    const from = oldest === undefined ? head : entryIdBefore(oldest);
    return { delivery: { messages: found.reverse(), gap: null }, from, position: head, complete: true };
  };
  return {
    last(count) {
      startTick();
      const reading = lasts.get(count) ?? readLast(count).catch(rethrow);
      lasts.set(count, reading);
      return reading;
    },
    async after(position) {
      startTick();
      const { delivery, lastId, complete } = await pages.after(position).catch(rethrow);
      return { delivery: deliveryOf(delivery, lastId), from: position, position: lastId, complete };
    },
    exists: async () => numberOf(await send(['EXISTS', stream])) > 0,
  };
}

function averageSize(entries: readonly StreamEntry[]): number {
  const bytes = entries.flatMap(({ fields }) => fields).reduce((sum, { value }) => sum + value.length + 64, 0);
  return Math.max(64, bytes / Math.max(1, entries.length));
}
