import type { ChannelDelivery, ChannelMessage, OverflowPolicy } from '../../../domain/realtime/delivery.js';
import type { ByteBudget } from '../../../runtime/byte-budget.js';

/** Deliveries that wait for a paused subscriber, bounded by the available room. Dropped messages are counted and reported. */
export interface ChannelBacklog {
  /** False where there is no room and the policy is to disconnect. */
  push(delivery: ChannelDelivery): boolean;
  /** The next delivery, never an empty one; the shared object itself unless a gap has to be reported with it. */
  shift(): ChannelDelivery | undefined;
  /** Forgets all and gives its room back. */
  clear(): void;
}

/** What one delivery costs beside its payloads, so that many empty messages are bounded too. */
const overheadBytes = 128;

/** An empty backlog. The newest message is kept whatever its size, and however much others have taken of the room. */
export function createChannelBacklog(overflow: OverflowPolicy, budget: ByteBudget): ChannelBacklog {
  const waiting: ChannelDelivery[] = [];
  let missed = 0;
  // Of deliveries that were dropped; they must still be reported.
  let started: ChannelDelivery['started'];
  let reconnected = false;

  const drop = (): void => {
    const oldest = waiting.shift();
    if (!oldest) return;
    budget.release(sizeOf(oldest));
    missed += oldest.messages.length;
    started ??= oldest.started;
    reconnected ||= oldest.gap !== null;
  };
  const keepMessages = (history: (delivery: ChannelDelivery, maxBytes: number) => readonly ChannelMessage[]): void => {
    const [only] = waiting;
    if (!only) return;
    const messages = history(only, sizeOf(only) + budget.remaining());
    drop();
    missed -= messages.length;
    if (messages.length === 0) return;
    const trimmed = { messages, gap: null };
    waiting.push(trimmed);
    budget.reserve(sizeOf(trimmed));
  };

  return {
    push(delivery) {
      waiting.push(delivery);
      budget.reserve(sizeOf(delivery));
      if (budget.remaining() >= 0) return true;
      switch (overflow) {
        case 'DISCONNECT':
          return false;
        case 'KEEP_LATEST':
          while (waiting.length > 1) drop();
          keepMessages(({ messages }) => messages.slice(-1));
          return true;
        case 'DROP_OLDEST':
          while (waiting.length > 1 && budget.remaining() < 0) drop();
          if (budget.remaining() < 0) keepMessages(({ messages }, maxBytes) => newestWithin(messages, maxBytes));
          return true;
      }
    },
    shift() {
      if (started) {
        const first = { messages: [], gap: null, started };
        started = undefined;
        return first;
      }
      if (reconnected) {
        reconnected = false;
        return { messages: [], gap: { reason: 'RECONNECTED', missed: null } };
      }
      const next = missed > 0 && waiting[0]?.gap ? undefined : waiting.shift();
      if (next) budget.release(sizeOf(next));
      if (missed === 0) return next;
      const gap = { reason: 'SLOW_SUBSCRIBER', missed } as const;
      missed = 0;
      return { messages: next?.messages ?? [], gap };
    },
    clear() {
      for (const delivery of waiting.splice(0)) budget.release(sizeOf(delivery));
    },
  };
}

function newestWithin(messages: readonly ChannelMessage[], maxBytes: number): readonly ChannelMessage[] {
  let left = maxBytes - overheadBytes;
  let from = messages.length;
  for (const message of messages.toReversed()) {
    left -= messageSize(message);
    if (left < 0 && from < messages.length) break;
    from -= 1;
  }
  return messages.slice(from);
}

// Shared deliveries are pushed to many backlogs; each is measured once.
const sizes = new WeakMap<ChannelDelivery, number>();

function sizeOf(delivery: ChannelDelivery): number {
  const known = sizes.get(delivery);
  if (known !== undefined) return known;
  const size = delivery.messages.reduce((sum, message) => sum + messageSize(message), overheadBytes);
  sizes.set(delivery, size);
  return size;
}

function messageSize({ channel, payload }: ChannelMessage): number {
  return payload.length + channel.length + overheadBytes;
}
