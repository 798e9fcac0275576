import type { ChannelDelivery, ChannelMessage } from '../../../domain/realtime/delivery.js';
import { beforeAll, compareEntryIds } from '../../../domain/realtime/stream-id.js';

/** How far one subscriber has read the history of each of its channels. Channels are keyed by their bytes as Latin-1. */
export interface ReadPositions {
  /** Whether a first page of each channel has been read. */
  hasStarted(): boolean;
  of(channel: string): string | undefined;
  advance(channel: string, position: string): void;
  /** The live delivery without the messages that were already read from the history. */
  withoutRead(delivery: ChannelDelivery): ChannelDelivery;
  /** The next live messages may repeat messages that were read from the history. */
  expectRepeats(): void;
}

export function createReadPositions(channels: readonly string[]): ReadPositions {
  const positions = new Map<string, string>();
  /** Channels that may still repeat messages: none of their live messages was newer than the history that was read. */
  const mayRepeat = new Set(channels);

  const [only] = channels;
  const keyOf = ({ channel }: ChannelMessage): string =>
    only !== undefined && channels.length === 1 ? only : channel.toString('latin1');
  const isNew = (message: ChannelMessage): boolean =>
    message.cursor === undefined || compareEntryIds(message.cursor, positions.get(keyOf(message)) ?? beforeAll) > 0;

  return {
    hasStarted: () => positions.size > 0,
    of: (channel) => positions.get(channel),
    advance: (channel, position) => void positions.set(channel, position),
    withoutRead(delivery) {
      const messages = mayRepeat.size === 0 ? delivery.messages : delivery.messages.filter(isNew);
      for (const message of messages) {
        if (message.cursor === undefined) continue;
        const channel = keyOf(message);
        positions.set(channel, message.cursor);
        mayRepeat.delete(channel);
      }
      // Unchanged if nothing was removed: all subscribers of the feed then share the same object.
      return messages.length === delivery.messages.length ? delivery : { messages, gap: delivery.gap };
    },
    expectRepeats() {
      for (const channel of channels) mayRepeat.add(channel);
    },
  };
}
