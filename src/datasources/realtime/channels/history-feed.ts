import type { PayloadFilter } from '../../../domain/realtime/payload-filter.js';
import { createChannelFeed, type ChannelFeed } from './channel-feed.js';
import { createHistoryCursorMatcher } from './history-cursor-matcher.js';

/** A feed of channels with a history. Its messages carry their cursors in the history. */
export interface HistoryFeed extends ChannelFeed {
  /** From now on, every message arrives with its cursor. Subscribers read the earlier ones from the history. */
  startDelivering(): void;
}

/** `channels` maps each channel on which cursors are announced to the channel with the history; both as Latin-1. */
export function createHistoryFeed(
  filter: PayloadFilter | undefined,
  channels: ReadonlyMap<string, string>,
): HistoryFeed {
  const feed = createChannelFeed(filter);
  const cursors = new Map([...channels.values()].map((channel) => [channel, createHistoryCursorMatcher()]));
  let isDelivering = false;
  let isInterrupted = false;

  return {
    ...feed,
    startDelivering: () => void (isDelivering = true),
    push(message) {
      const name = message.channel.toString('latin1');
      const announced = channels.get(name);
      if (announced !== undefined) {
        cursors.get(announced)?.announced(message.payload);
        return false;
      }
      const cursor = cursors.get(name)?.take(message.payload);
      // Without its announcement, a message would seem to be in no history and would be delivered twice.
      return isDelivering && !isInterrupted && feed.push({ ...message, cursor });
    },
    interrupted() {
      isInterrupted = true;
      for (const matcher of cursors.values()) matcher.clear();
    },
    reconnected() {
      isInterrupted = false;
      feed.reconnected();
    },
  };
}
