import type { ChannelDelivery } from '../../../domain/realtime/delivery.js';
import { overrideListener, type LiveListener } from '../../../runtime/live-source.js';

/** The cursor of the last message of a channel with history that was delivered to a listener. */
export interface DeliveredCursor {
  readonly listener: LiveListener<ChannelDelivery>;
  cursor(): string | undefined;
  /** Sets the cursor before the first delivery. */
  begin(cursor: string): void;
}

/** Messages that are queued for a paused subscriber come after this cursor. A client that resumes from it loses nothing. */
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
