import type { Gap, GroupDelivery, GroupEntry } from '../../../domain/realtime/delivery.js';
import type { LiveListener } from '../../../runtime/live-source.js';
import type { SubscriptionStart } from '../../../domain/realtime/subscription-start.js';
import type { GroupCommands } from './group-commands.js';
import type { GroupRequest } from '../interfaces.js';

/** One subscriber of a group, with its unacknowledged entries and its credit. */
export interface ConsumerSubscription {
  readonly request: GroupRequest;
  /** How many more entries it may receive now. */
  credit(): number;
  /** Whether it may receive no more until some of its entries are acknowledged. */
  isFull(): boolean;
  /** Whether the entry is unacknowledged, and was delivered or waits for delivery. */
  holds(entryId: string): boolean;
  /** The unacknowledged entries: ID → deliveries so far. */
  held(): ReadonlyMap<string, number>;
  /** The entries were acknowledged, or claimed by another consumer. Returns whether it held any of them. */
  release(entryIds: readonly string[]): boolean;
  /** Delivers entries that are pending for this consumer, now or when it is no longer paused. */
  accept(entries: readonly GroupEntry[]): Promise<void>;
  /** Whether the start has to be announced before any delivery. The caller first checks that the group exists. */
  mustAnnounceStart(): boolean;
  /** Announces the start now, or when it is no longer paused. */
  announceStart(): Promise<void>;
  /** Reports the gap now, or when it is no longer paused. */
  reportGap(gap: Gap): Promise<void>;
  setPaused(paused: boolean): void;
  /** The ID of the entry that was delivered last. */
  cursor(): string | undefined;
  /** Delivers the entries, gap and start that waited for the end of a pause. */
  deliverWaiting(): Promise<void>;
  /** Resolves when no entries are acknowledged but not yet delivered. */
  drained(): Promise<void>;
  close(): void;
}

export function createConsumerSubscription(
  request: GroupRequest,
  listener: LiveListener<GroupDelivery>,
  commands: GroupCommands,
): ConsumerSubscription {
  const unacknowledged = new Map<string, number>();
  let waiting: GroupEntry[] = [];
  let gap: Gap | null = null;
  let isPaused = false;
  let isClosed = false;
  let lastId: string | undefined;
  let mayDeliver = request.announce !== true;
  let started: SubscriptionStart | undefined;
  const isHalted = (): boolean => isPaused || isClosed;
  const budget = (): number =>
    request.ack === 'MANUAL' ? request.maxInFlight - unacknowledged.size : waiting.length > 0 ? 0 : request.maxInFlight;

  let lastDelivery = Promise.resolve();
  const deliverWaiting = (): Promise<void> => {
    const delivery = deliverNow();
    lastDelivery = delivery.catch(() => undefined);
    return delivery;
  };
  const deliverNow = async (): Promise<void> => {
    if (isHalted() || !mayDeliver) return;
    if (started) announce(started);
    if (isHalted() || (waiting.length === 0 && !gap)) return;
    const entries = waiting;
    waiting = [];
    if (request.ack === 'ON_SEND' && entries.length > 0) {
      try {
        await commands.acknowledge(entries.map(({ entry }) => entry.id));
      } catch (error) {
        // They may be unacknowledged and are not delivered now. They are read again as pending entries.
        for (const { entry } of entries) unacknowledged.delete(entry.id);
        throw error;
      }
      for (const { entry } of entries) unacknowledged.delete(entry.id);
    }
    if (isClosed) return;
    lastId = entries.at(-1)?.entry.id ?? lastId;
    const delivery = { entries, gap };
    gap = null;
    listener.next(delivery);
  };
  /** In a delivery of its own, which acknowledges no entries. */
  const announce = (now: SubscriptionStart): void => {
    const delivery = { entries: [], gap, started: now };
    started = undefined;
    gap = null;
    listener.next(delivery);
  };
  return {
    request,
    credit: () => (isHalted() ? 0 : Math.max(0, budget())),
    isFull: () => !isHalted() && request.ack === 'MANUAL' && budget() <= 0,
    holds: (entryId) => unacknowledged.has(entryId),
    held: () => unacknowledged,
    release(entryIds) {
      const before = unacknowledged.size;
      if (before > 0) for (const id of entryIds) unacknowledged.delete(id);
      // Another consumer may have claimed entries that wait for the end of a pause.
      if (waiting.length > 0) waiting = waiting.filter(({ entry }) => unacknowledged.has(entry.id));
      return unacknowledged.size < before;
    },
    accept(entries) {
      for (const { entry, deliveryCount } of entries) unacknowledged.set(entry.id, deliveryCount);
      waiting.push(...entries);
      return deliverWaiting();
    },
    mustAnnounceStart: () => !mayDeliver,
    announceStart() {
      mayDeliver = true;
      // The group keeps its position itself. A client has no cursor to resume from.
      started = { at: new Date(), cursor: null };
      return deliverWaiting();
    },
    reportGap(reported) {
      gap = reported;
      return deliverWaiting();
    },
    setPaused: (value) => void (isPaused = value),
    cursor: () => lastId,
    deliverWaiting,
    drained: () => lastDelivery,
    close: () => void (isClosed = true),
  };
}
