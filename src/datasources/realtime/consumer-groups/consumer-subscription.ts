import type { Gap, GroupDelivery, GroupEntry } from '../../../domain/realtime/delivery.js';
import type { LiveListener } from '../../../runtime/live-source.js';
import type { SubscriptionStart } from '../../../domain/realtime/subscription-start.js';
import type { GroupCommands } from './group-commands.js';
import type { GroupRequest } from '../interfaces.js';

/** One subscriber of a group: what it has out, and how much more it takes. */
export interface ConsumerSubscription {
  readonly request: GroupRequest;
  /** How many more entries it takes now. */
  credit(): number;
  /** Whether it takes no more until entries of its are acknowledged. */
  isFull(): boolean;
  /** Whether the entry has been handed over, or waits for that, unacknowledged. */
  holds(entryId: string): boolean;
  /** What is out unacknowledged: entry ID → deliveries so far. */
  held(): ReadonlyMap<string, number>;
  /** Acknowledged, or claimed by another; true where it held any of them. */
  release(entryIds: readonly string[]): boolean;
  /** Entries that Valkey counts as this consumer's: handed over now, or when it is no longer paused. */
  accept(entries: readonly GroupEntry[]): Promise<void>;
  /** Whether the group must be found to exist before anything is handed over, so that this can be announced. */
  mustBegin(): boolean;
  /** The group exists: announced now, or when it is no longer paused. */
  begin(): Promise<void>;
  /** Told now, or when it is no longer paused. */
  reportGap(gap: Gap): Promise<void>;
  setPaused(paused: boolean): void;
  /** The ID of the entry that was handed over last. */
  cursor(): string | undefined;
  /** Hands over what waited for the end of a pause. */
  handOver(): Promise<void>;
  /** Resolves when no entries are on their way between their acknowledgement and the listener. */
  drained(): Promise<void>;
  /** It takes nothing any more; what it holds is its to offer to others. */
  close(): void;
}

/** A member without entries. */
export function createConsumerSubscription(
  request: GroupRequest,
  listener: LiveListener<GroupDelivery>,
  commands: GroupCommands,
): ConsumerSubscription {
  const out = new Map<string, number>();
  let waiting: GroupEntry[] = [];
  let gap: Gap | null = null;
  let paused = false;
  let closed = false;
  let lastId: string | undefined;
  let hasBegun = request.announce !== true;
  let started: SubscriptionStart | undefined;
  const takesNone = (): boolean => paused || closed;
  const budget = (): number =>
    request.ack === 'MANUAL' ? request.maxInFlight - out.size : waiting.length > 0 ? 0 : request.maxInFlight;

  let underWay = Promise.resolve();
  const handOver = (): Promise<void> => {
    const handing = handOverWaiting();
    underWay = handing.catch(() => undefined);
    return handing;
  };
  const handOverWaiting = async (): Promise<void> => {
    if (takesNone() || !hasBegun) return;
    if (started) announce(started);
    if (takesNone() || (waiting.length === 0 && !gap)) return;
    const entries = waiting;
    waiting = [];
    if (request.ack === 'ON_SEND' && entries.length > 0) {
      try {
        await commands.acknowledge(entries.map(({ entry }) => entry.id));
      } catch (error) {
        // Not acknowledged for all we know, so not handed over: they are read again as pending.
        for (const { entry } of entries) out.delete(entry.id);
        throw error;
      }
      for (const { entry } of entries) out.delete(entry.id);
    }
    if (closed) return;
    lastId = entries.at(-1)?.entry.id ?? lastId;
    const told = gap;
    gap = null;
    listener.next({ entries, gap: told });
  };
  /** Apart from any entries, which are not acknowledged by it. */
  const announce = (now: SubscriptionStart): void => {
    const told = gap;
    started = undefined;
    gap = null;
    listener.next({ entries: [], gap: told, started: now });
  };
  return {
    request,
    credit: () => (takesNone() ? 0 : Math.max(0, budget())),
    isFull: () => !takesNone() && request.ack === 'MANUAL' && budget() <= 0,
    holds: (entryId) => out.has(entryId),
    held: () => out,
    release(entryIds) {
      const before = out.size;
      if (before > 0) for (const id of entryIds) out.delete(id);
      // Entries that wait for the end of a pause may have been claimed by another meanwhile.
      if (waiting.length > 0) waiting = waiting.filter(({ entry }) => out.has(entry.id));
      return out.size < before;
    },
    accept(entries) {
      for (const { entry, deliveryCount } of entries) out.set(entry.id, deliveryCount);
      waiting.push(...entries);
      return handOver();
    },
    mustBegin: () => !hasBegun,
    begin() {
      hasBegun = true;
      // The group keeps its own position: there is none from which a client could resume.
      started = { at: new Date(), cursor: null };
      return handOver();
    },
    reportGap(told) {
      gap = told;
      return handOver();
    },
    setPaused: (value) => void (paused = value),
    cursor: () => lastId,
    handOver,
    drained: () => underWay,
    close: () => void (closed = true),
  };
}
