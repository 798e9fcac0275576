import type { ChannelDelivery, ChannelMessage } from '../../../domain/realtime/delivery.js';
import { beforeAll, compareEntryIds, normalEntryId } from '../../../domain/realtime/stream-id.js';
import { asFailure } from '../shared/failure.js';
import { reconnectionRetryMs, waitsForReconnection } from '../shared/reconnection-policy.js';
import { createStateMachine, type Transitions } from '../shared/state-machine.js';
import type { HistoryRequest } from '../interfaces.js';
import type { ChannelSubscriber } from './channel-subscriber.js';
import type { DeliveredCursor } from './delivered-cursor.js';
import { createHeldDeliveries } from './held-deliveries.js';
import type { HistoryPage, HistoryPages } from './history-pages.js';
import { createReadPositions } from './read-positions.js';

/** The data that the subscribers of a feed with history share. */
export interface FeedHistory {
  /** Resolves once Valkey sends every message of the feed. From then on, history and live messages together are complete. */
  readonly whenSubscribed: Promise<void>;
  /** Keyed by the channel's bytes as Latin-1. */
  readonly channels: ReadonlyMap<string, HistoryPages>;
  readonly maxHeldBytes: number;
}

/** How the start is announced to a subscriber that requested an announcement. */
interface AnnouncedStart {
  confirmed(): Promise<void>;
  at(cursor: string | null): ChannelDelivery;
}

/**
 * - idle: The subscriber is behind, and reads nothing because it is paused, waits for a retry or has not begun.
 * - behind: It reads, and has to read at least one more page of each channel.
 * - catchingUp: It reads the pages that may be the last ones; the held live messages follow them without a gap.
 * - live: It delivers live messages as they arrive.
 */
type State = 'idle' | 'behind' | 'catchingUp' | 'live' | 'closed';
type Event = 'start' | 'readPages' | 'fallBehind' | 'reachEnd' | 'stop' | 'close';

const transitions: Transitions<State, Event> = {
  idle: { start: 'behind', close: 'closed' },
  behind: { readPages: 'catchingUp', stop: 'idle', close: 'closed' },
  catchingUp: { fallBehind: 'behind', reachEnd: 'live', stop: 'idle', close: 'closed' },
  live: { fallBehind: 'idle', close: 'closed' },
  closed: {},
};

/**
 * A subscriber that receives the messages of the history first, then live messages. It neither loses nor repeats a message of the
 * history: it holds live messages while it reads, and then drops those that it has read. After a reconnection it continues
 * to read at its position.
 */
export function createHistorySubscriber(
  subscriber: ChannelSubscriber,
  history: FeedHistory,
  { last, after }: HistoryRequest,
  { deliveredCursor, start }: { readonly deliveredCursor: DeliveredCursor; readonly start: AnnouncedStart | undefined },
): ChannelSubscriber {
  const state = createStateMachine<State, Event>('idle', transitions);
  const positions = createReadPositions([...history.channels.keys()]);
  const held = createHeldDeliveries(history.maxHeldBytes);
  let isPaused = false;
  const mayRead = (): boolean => !isPaused;

  const deliver = (delivery: ChannelDelivery): void => {
    if (delivery.messages.length > 0 || delivery.gap || delivery.started) subscriber.deliver(delivery);
  };
  const hold = (delivery: ChannelDelivery): void => {
    if (!held.hold(delivery)) state.send('fallBehind');
  };

  const run = async (): Promise<void> => {
    if (!mayRead() || !state.send('start')) return;
    try {
      await history.whenSubscribed;
      if (!positions.hasStarted()) await start?.confirmed();
      while (mayRead() && state.send('readPages')) {
        if (!(await deliverPages())) state.send('fallBehind');
      }
      if (state.send('reachEnd')) deliverHeld();
      else state.send('stop');
    } catch (error) {
      if (state.send('stop')) retryOrFail(asFailure(error));
    }
  };
  /** Delivers one page of each channel; resolves whether those were the last. */
  const deliverPages = async (): Promise<boolean> => {
    const read = await Promise.all(
      [...history.channels].map(async ([channel, pages]) => [channel, await nextPage(channel, pages)] as const),
    );
    if (state.is('closed')) return false;
    const isFirst = !positions.hasStarted();
    for (const [channel, { position }] of read) positions.advance(channel, position);
    const only = read.length === 1 ? read[0]?.[1] : undefined;
    if (start && isFirst) deliver(start.at(only?.from ?? null));
    const deliveries = read.map(([, { delivery }]) => delivery);
    for (const delivery of isFirst ? mergeByTime(deliveries) : deliveries) deliver(delivery);
    if (only?.delivery.messages.length === 0 && !only.delivery.gap) deliveredCursor.begin(only.position);
    return read.every(([, { complete }]) => complete);
  };
  const nextPage = async (channel: string, pages: HistoryPages): Promise<HistoryPage> => {
    const position = positions.of(channel);
    if (position !== undefined) return await pages.after(position);
    if (after === undefined) return await pages.last(last);
    const from = normalEntryId(after);
    const page = await pages.after(from);
    const isExpired = page.position === from && from !== beforeAll && page.complete && !(await pages.exists());
    return isExpired ? { ...page, ...expired } : page;
  };
  const deliverHeld = (): void => {
    const { deliveries, missed } = held.take();
    if (missed > 0) deliver({ messages: [], gap: { reason: 'SLOW_SUBSCRIBER', missed } });
    for (const delivery of deliveries) deliver(positions.withoutRead(delivery));
  };
  const retryOrFail = (reason: Error): void => {
    if (!waitsForReconnection(reason, positions.hasStarted())) historySubscriber.fail(reason);
    else setTimeout(() => void run(), reconnectionRetryMs).unref();
  };

  const historySubscriber: ChannelSubscriber = {
    deliver(delivery) {
      if (delivery.gap?.reason === 'RECONNECTED') {
        // Messages that were published without the history are lost. The others are read before the new live messages.
        if (positions.hasStarted())
          deliver(delivery.messages.length === 0 ? delivery : { messages: [], gap: delivery.gap });
        state.send('fallBehind');
        positions.expectRepeats();
        hold({ messages: delivery.messages, gap: null });
        void run();
      } else if (state.is('live')) {
        deliver(positions.withoutRead(delivery));
      } else {
        hold(delivery);
      }
    },
    fail(reason) {
      state.send('close');
      subscriber.fail(reason);
    },
    cursor: () => (history.channels.size === 1 ? deliveredCursor.cursor() : undefined),
    pause() {
      isPaused = true;
      subscriber.pause();
    },
    resume() {
      isPaused = false;
      subscriber.resume();
      void run();
    },
    close() {
      state.send('close');
      held.clear();
      subscriber.close();
    },
  };
  void run();
  return historySubscriber;
}

/** A history that has expired since the cursor was issued. Reading continues at the beginning of a new history. */
const expired = {
  delivery: { messages: [], gap: { reason: 'TRIMMED', missed: null }, cursor: beforeAll },
  position: beforeAll,
} as const;

/** The first pages of all channels as one delivery, ordered by time. A single page stays the object that subscribers share. */
function mergeByTime(deliveries: readonly ChannelDelivery[]): readonly ChannelDelivery[] {
  if (deliveries.length === 1) return deliveries;
  const messages = deliveries.flatMap((delivery) => delivery.messages);
  const cursorOf = ({ cursor = beforeAll }: ChannelMessage): string => cursor;
  return [{ messages: messages.sort((a, b) => compareEntryIds(cursorOf(a), cursorOf(b))), gap: null }];
}
