import type { ChannelDelivery, ChannelMessage, OverflowPolicy } from '../../../domain/realtime/delivery.js';
import type { ByteBudget } from '../../../runtime/byte-budget.js';

/** The queued deliveries of a paused subscriber, bounded by a byte budget. Dropped messages are counted and reported. */
export interface ChannelBacklog {
  /** Returns false if the budget is exceeded and the policy is DISCONNECT. */
  push(delivery: ChannelDelivery): boolean;
  /** The next delivery, never an empty one. It is the shared object itself unless a gap has to be reported with it. */
  shift(): ChannelDelivery | undefined;
  /** Drops all deliveries and releases their bytes. */
  clear(): void;
}

/** Estimated size of a delivery or message without its payload, so that many empty messages are bounded too. */
const overheadBytes = 128;

/** The newest message stays queued whatever its size, even if other queues have used up the budget. */
export function createChannelBacklog(overflow: OverflowPolicy, budget: ByteBudget): ChannelBacklog {
  const waiting: ChannelDelivery[] = [];
  let missed = 0;
  // From dropped deliveries. Both must still be reported.
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
  /** Shortens the only queued delivery to the messages that `select` returns. */
  const trimOnly = (select: (delivery: ChannelDelivery, maxBytes: number) => readonly ChannelMessage[]): void => {
    const [only] = waiting;
    if (!only) return;
    const messages = select(only, sizeOf(only) + budget.remaining());
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
          trimOnly(({ messages }) => messages.slice(-1));
          return true;
        case 'DROP_OLDEST':
          while (waiting.length > 1 && budget.remaining() < 0) drop();
          if (budget.remaining() < 0) trimOnly(({ messages }, maxBytes) => newestWithin(messages, maxBytes));
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

// A shared delivery is pushed to many backlogs but measured once.
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
