import type { ChannelDelivery } from '../../../domain/realtime/delivery.js';

/** Live deliveries that one subscriber holds back while it still reads its channels' history. */
export interface HeldDeliveries {
  /** Returns false if the bound is exceeded. All held deliveries are then dropped. */
  hold(delivery: ChannelDelivery): boolean;
  /** Removes and returns the held deliveries, and how many of the dropped messages are in no history. */
  take(): { readonly deliveries: readonly ChannelDelivery[]; readonly missed: number };
  clear(): void;
}

/** Estimated size of one message, or of one delivery, without its payloads. */
const overheadBytes = 128;

export function createHeldDeliveries(maxBytes: number): HeldDeliveries {
  let held: ChannelDelivery[] = [];
  let bytes = 0;
  let missed = 0;

  const clear = (): void => {
    held = [];
    bytes = 0;
  };
  return {
    hold(delivery) {
      held.push(delivery);
      bytes += delivery.messages.reduce((sum, { payload }) => sum + payload.length + overheadBytes, overheadBytes);
      if (bytes <= maxBytes) return true;
      // The subscriber reads messages with a cursor from the history later. The other messages are lost.
      missed += held.flatMap(({ messages }) => messages).filter(({ cursor }) => cursor === undefined).length;
      clear();
      return false;
    },
    take() {
      const taken = { deliveries: held, missed };
      clear();
      missed = 0;
      return taken;
    },
    clear,
  };
}
