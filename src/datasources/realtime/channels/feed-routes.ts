import { afterPoll } from '../../../runtime/event-loop.js';
import type { ChannelFeed } from './channel-feed.js';

/** Which feeds receive the messages of which topics, by `topicKey`. Each feed delivers once per tick. */
export interface FeedRoutes {
  /** Returns true if no other feed receives this topic. */
  add(topic: string, feed: ChannelFeed): boolean;
  /** Returns true if no other feed receives this topic. */
  remove(topic: string, feed: ChannelFeed): boolean;
  to(topic: string): ReadonlySet<ChannelFeed>;
  /** The feeds that receive any of these topics. */
  toAny(topics: readonly string[]): ReadonlySet<ChannelFeed>;
  /** Flushes the feed after the reads of this tick. A single message leaves immediately, and a burst leaves together. */
  flushSoon(feed: ChannelFeed): void;
  /** Cancels the feed's flush. */
  drop(feed: ChannelFeed): void;
}

const none: ReadonlySet<ChannelFeed> = new Set();

export function createFeedRoutes(): FeedRoutes {
  const routes = new Map<string, Set<ChannelFeed>>();
  let due = new Set<ChannelFeed>();
  const to = (topic: string): ReadonlySet<ChannelFeed> => routes.get(topic) ?? none;
  const flush = (): void => {
    const flushing = due;
    // A new set, because V8 links a cleared one to its earlier tables (docs/decisions/garbage-collection.md).
    due = new Set();
    for (const feed of flushing) feed.flush();
  };
  return {
    add(topic, feed) {
      const receivers = routes.get(topic) ?? new Set();
      routes.set(topic, receivers.add(feed));
      return receivers.size === 1;
    },
    remove(topic, feed) {
      const receivers = routes.get(topic);
      receivers?.delete(feed);
      return receivers?.size === 0 && routes.delete(topic);
    },
    to,
    toAny: (topics) => new Set(topics.flatMap((topic) => [...to(topic)])),
    flushSoon(feed) {
      if (due.size === 0) afterPoll(flush);
      due.add(feed);
    },
    drop: (feed) => void due.delete(feed),
  };
}
