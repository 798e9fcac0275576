import type { ChannelDelivery } from '../../../domain/realtime/delivery.js';
import { overrideListener, type LiveListener } from '../../../runtime/live-source.js';

/** How far a listener has been handed the messages of one channel with a history. */
export interface DeliveredCursor {
  readonly listener: LiveListener<ChannelDelivery>;
  cursor(): string | undefined;
  /** Where it begins, before any message. */
  begin(cursor: string): void;
}

/** What waits for a paused subscriber is behind this cursor: whoever goes on from it loses nothing. */
export function trackDeliveredCursor(listener: LiveListener<ChannelDelivery>): DeliveredCursor {
  let cursor: string | undefined;
  return {
    listener: overrideListener(listener, {
      next(delivery) {
        cursor = cursorOf(delivery) ?? cursor;
        listener.next(delivery);
      },
    }),
    cursor: () => cursor,
    begin(first) {
      if (cursor !== undefined) return;
      cursor = first;
      listener.cursorChanged?.();
    },
  };
}

function cursorOf({ messages, cursor, started }: ChannelDelivery): string | null | undefined {
  return cursor ?? messages.findLast((message) => message.cursor !== undefined)?.cursor ?? started?.cursor;
}
