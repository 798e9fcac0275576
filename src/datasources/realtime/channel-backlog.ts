import type { ChannelDelivery, ChannelMessage, OverflowPolicy } from '../../domain/delivery.js';

/** Deliveries that wait for a paused subscriber, bounded by bytes; what is dropped is counted and told. */
export interface ChannelBacklog {
  /** False where the backlog is full and the policy is to disconnect. */
  push(delivery: ChannelDelivery): boolean;
  /** The next delivery; the shared object itself unless a gap has to be told with it. */
  shift(): ChannelDelivery | undefined;
}

/** What one delivery costs beside its payloads, so that many empty messages are bounded too. */
const overheadBytes = 128;

/** An empty backlog. The newest message is kept whatever its size. */
export function createChannelBacklog(overflow: OverflowPolicy, maxBytes: number): ChannelBacklog {
  const waiting: ChannelDelivery[] = [];
  let bytes = 0;
  let missed = 0;
  // A reconnection whose own delivery was dropped must still be told.
  let reconnected = false;

  const drop = (): void => {
    const oldest = waiting.shift();
    if (!oldest) return;
    bytes -= sizeOf(oldest);
    missed += oldest.messages.length;
    reconnected ||= oldest.gap !== null;
  };
  const keepMessages = (kept: (delivery: ChannelDelivery) => readonly ChannelMessage[]): void => {
    const [only] = waiting;
    if (!only) return;
    const messages = kept(only);
    drop();
    missed -= messages.length;
    const trimmed = { messages, gap: null };
    waiting.push(trimmed);
    bytes += sizeOf(trimmed);
  };

  return {
    push(delivery) {
      waiting.push(delivery);
      bytes += sizeOf(delivery);
      if (bytes <= maxBytes) return true;
      switch (overflow) {
        case 'DISCONNECT':
          return false;
        case 'KEEP_LATEST':
          while (waiting.length > 1) drop();
          keepMessages(({ messages }) => messages.slice(-1));
          return true;
        case 'DROP_OLDEST':
          while (waiting.length > 1 && bytes > maxBytes) drop();
          if (bytes > maxBytes) keepMessages(({ messages }) => newestWithin(messages, maxBytes));
          return true;
      }
    },
    shift() {
      if (reconnected) {
        reconnected = false;
        return { messages: [], gap: { reason: 'RECONNECTED', missed: null } };
      }
      const next = missed > 0 && waiting[0]?.gap ? undefined : waiting.shift();
      if (next) bytes -= sizeOf(next);
      if (missed === 0) return next;
      const gap = { reason: 'SLOW_SUBSCRIBER', missed } as const;
      missed = 0;
      return { messages: next?.messages ?? [], gap };
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
