import type { PayloadFilter } from '../../../domain/realtime/payload-filter.js';
import { createChannelFeed, type ChannelFeed } from './channel-feed.js';
import { createHistoryCursorMatcher } from './history-cursor-matcher.js';

/** A feed of channels with a history, whose messages carry the cursors by which they stand there. */
export interface HistoryFeed extends ChannelFeed {
  /** From now on it is told of every message and of its cursor; what came before is left to the history. */
  begin(): void;
}

/** `channels` are those that have a history, by the channel on which their cursors are announced; both as Latin-1. */
export function createHistoryFeed(
  filter: PayloadFilter | undefined,
  channels: ReadonlyMap<string, string>,
): HistoryFeed {
  const feed = createChannelFeed(filter);
  const cursors = new Map([...channels.values()].map((channel) => [channel, createHistoryCursorMatcher()]));
  let hasBegun = false;
  let isInterrupted = false;

  return {
    ...feed,
    begin: () => void (hasBegun = true),
    push(message) {
      const name = message.channel.toString('latin1');
      const announced = channels.get(name);
      if (announced !== undefined) {
        cursors.get(announced)?.announced(message.payload);
        return false;
      }
      const cursor = cursors.get(name)?.take(message.payload);
      // One that has come without its announcement would be taken for one that is in no history, and be told twice.
      return hasBegun && !isInterrupted && feed.push({ ...message, cursor });
    },
    interrupted() {
      isInterrupted = true;
      for (const each of cursors.values()) each.clear();
    },
    reconnected() {
      isInterrupted = false;
      feed.reconnected();
    },
  };
}
