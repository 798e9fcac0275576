import type { ChannelDelivery, ChannelMessage } from '../../../domain/realtime/delivery.js';
import { beforeAll, compareEntryIds, normalEntryId } from '../../../domain/realtime/stream-id.js';
import type { ChannelSubscriber } from './channel-subscriber.js';
import { asFailure, isPermanent } from '../shared/failure.js';
import type { DeliveredCursor } from './delivered-cursor.js';
import type { HistoryPage, HistoryPages } from './history-pages.js';
import type { HistoryRequest } from '../interfaces.js';

/** What the subscribers of a feed with history share. */
export interface FeedHistory {
  /** Resolves once Valkey tells of every message of the feed: what is read after that and what is told leave nothing out. */
  readonly whenSubscribed: Promise<void>;
  /** By the channel's bytes as Latin-1. */
  readonly channels: ReadonlyMap<string, HistoryPages>;
  readonly maxHeldBytes: number;
}

/** How the start is announced, if the subscriber asked for it. */
interface AnnouncedStart {
  confirmed(): Promise<void>;
  at(cursor: string | null): ChannelDelivery;
}

/** How long a subscriber waits after a read that failed. */
const retryMs = 250;

/**
 * A subscriber that is told what was published before, then what comes, without loss or repeat of what stands in the history:
 * live messages are held while it reads, and of those it has read already none is handed on. After a reconnection it reads on
 * from where it stood.
 */
export function createHistorySubscriber(
  subscriber: ChannelSubscriber,
  history: FeedHistory,
  { last, after }: HistoryRequest,
  { deliveredCursor, start }: { readonly deliveredCursor: DeliveredCursor; readonly start: AnnouncedStart | undefined },
): ChannelSubscriber {
  const positions = new Map<string, string>();
  let held: ChannelDelivery[] = [];
  let heldBytes = 0;
  let missed = 0;
  /** Channels of which no later message than those read has come: what they tell may have been read already, also when live. */
  const unsettled = new Set(history.channels.keys());
  /** Whether something was told that is neither held nor read: reading has to go on. */
  let isBehind = true;
  let isLive = false;
  let hasBegun = false;
  let running = false;
  let paused = false;
  let closed = false;
  const isClosed = (): boolean => closed;
  const mustRead = (): boolean => isBehind && !closed && !paused;
  const hasCaughtUp = (): boolean => !isBehind && !closed;

  const [only] = history.channels.keys();
  const keyOf = ({ channel }: ChannelMessage): string =>
    only !== undefined && history.channels.size === 1 ? only : channel.toString('latin1');

  const hand = (delivery: ChannelDelivery): void => {
    if (delivery.messages.length > 0 || delivery.gap || delivery.started) subscriber.deliver(delivery);
  };
  const pass = (delivery: ChannelDelivery): void => {
    const messages = unsettled.size === 0 ? delivery.messages : delivery.messages.filter(isNew);
    for (const message of messages) {
      if (message.cursor === undefined) continue;
      const channel = keyOf(message);
      positions.set(channel, message.cursor);
      unsettled.delete(channel);
    }
    // Where nothing of it was read already, it is what all others are handed.
    hand(messages.length === delivery.messages.length ? delivery : { messages, gap: delivery.gap });
  };
  const isNew = (message: ChannelMessage): boolean =>
    message.cursor === undefined || compareEntryIds(message.cursor, positions.get(keyOf(message)) ?? beforeAll) > 0;

  const hold = (delivery: ChannelDelivery): void => {
    held.push(delivery);
    heldBytes += delivery.messages.reduce((sum, { payload }) => sum + payload.length + 128, 128);
    if (heldBytes <= history.maxHeldBytes) return;
    // What stands in the history is read later; what others have published without it is lost, and told.
    missed += held.flatMap(({ messages }) => messages).filter(({ cursor }) => cursor === undefined).length;
    letGo();
    isBehind = true;
  };
  const letGo = (): void => {
    held = [];
    heldBytes = 0;
  };

  const run = async (): Promise<void> => {
    if (running || paused || isLive) return;
    running = true;
    try {
      await history.whenSubscribed;
      if (!hasBegun) await start?.confirmed();
      while (mustRead()) {
        isBehind = false;
        const complete = await readOn();
        if (!complete) isBehind = true;
      }
      if (hasCaughtUp()) goLive();
    } catch (error) {
      readFailed(asFailure(error));
    } finally {
      running = false;
    }
  };
  /** One page of each channel; whether those were the last. */
  const readOn = async (): Promise<boolean> => {
    const read = await Promise.all(
      [...history.channels].map(async ([channel, pages]) => [channel, await nextPage(channel, pages)] as const),
    );
    if (isClosed()) return false;
    for (const [channel, { position }] of read) positions.set(channel, position);
    const [single] = read;
    if (start && !hasBegun) hand(start.at(read.length === 1 && single ? single[1].from : null));
    const deliveries = read.map(([, { delivery }]) => delivery);
    for (const delivery of hasBegun ? deliveries : merged(deliveries)) hand(delivery);
    hasBegun = true;
    const quiet = single && read.length === 1 ? single[1] : undefined;
    if (quiet?.delivery.messages.length === 0 && !quiet.delivery.gap) deliveredCursor.begin(quiet.position);
    return read.every(([, { complete }]) => complete);
  };
  const nextPage = async (channel: string, pages: HistoryPages): Promise<HistoryPage> => {
    const position = positions.get(channel);
    if (position !== undefined) return await pages.after(position);
    if (after === undefined) return await pages.last(last);
    const from = normalEntryId(after);
    const page = await pages.after(from);
    const isGone = page.position === from && from !== beforeAll && page.complete && !(await pages.exists());
    return isGone ? { ...page, ...gone } : page;
  };
  const goLive = (): void => {
    const waiting = held;
    letGo();
    isLive = true;
    if (missed > 0) hand({ messages: [], gap: { reason: 'SLOW_SUBSCRIBER', missed } });
    missed = 0;
    for (const delivery of waiting) pass(delivery);
  };
  const readFailed = (reason: Error): void => {
    isBehind = true;
    // Who has begun waits for the cluster to come back; who begins is told at once.
    if (!hasBegun || isPermanent(reason)) historyChannel.fail(reason);
    else setTimeout(() => void run(), retryMs).unref();
  };

  const historyChannel: ChannelSubscriber = {
    deliver(delivery) {
      if (delivery.gap?.reason === 'RECONNECTED') {
        // What others published without the history is lost; the rest is read before what comes now.
        if (hasBegun) hand(delivery.messages.length === 0 ? delivery : { messages: [], gap: delivery.gap });
        isLive = false;
        isBehind = true;
        for (const channel of history.channels.keys()) unsettled.add(channel);
        hold({ messages: delivery.messages, gap: null });
        void run();
      } else if (isLive) {
        pass(delivery);
      } else {
        hold(delivery);
      }
    },
    fail(reason) {
      closed = true;
      subscriber.fail(reason);
    },
    cursor: () => (history.channels.size === 1 ? deliveredCursor.cursor() : undefined),
    pause() {
      paused = true;
      subscriber.pause();
    },
    resume() {
      paused = false;
      subscriber.resume();
      void run();
    },
    close() {
      closed = true;
      letGo();
      subscriber.close();
    },
  };
  void run();
  return historyChannel;
}

/** What comes is read from the start of the history, which may be made again. */
const gone = {
  delivery: { messages: [], gap: { reason: 'TRIMMED', missed: null }, cursor: beforeAll },
  position: beforeAll,
} as const;

/** What was published before of all channels, by time. One channel's is handed on as it is: others may share it. */
function merged(deliveries: readonly ChannelDelivery[]): readonly ChannelDelivery[] {
  if (deliveries.length === 1) return deliveries;
  const messages = deliveries.flatMap((delivery) => delivery.messages);
  const cursorOf = ({ cursor = beforeAll }: ChannelMessage): string => cursor;
  return [{ messages: messages.sort((a, b) => compareEntryIds(cursorOf(a), cursorOf(b))), gap: null }];
}
