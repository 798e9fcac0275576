import type { ChannelDelivery } from '../../domain/delivery.js';
import type { LiveListener, LiveSubscription } from '../../domain/live-source.js';
import { afterReads } from '../../domain/turn-end.js';
import type { Logger } from '../../telemetry/log.js';
import type { SubscriberConnection, SubscriberListener } from '../valkey/ports.js';
import { createChannelFeed, type ChannelFeed } from './channel-feed.js';
import { createChannelSubscriber, type ChannelSubscriber } from './channel-subscriber.js';
import { asFailure, ownChannelFailure } from './failure.js';
import { followHandedOver } from './handed-over.js';
import { createHistoryPages } from './history-pages.js';
import { createHistorySubscriber, type FeedHistory } from './history-subscriber.js';
import { createKeptFeed } from './kept-feed.js';
import type { RealtimeLimits } from './limits.js';
import type { ChannelRequest } from './ports.js';
import type { SendToStream } from './stream-head.js';
import { topicKey, topicsOf, type Topic } from './topic.js';
import { createUpstreamTopics } from './upstream-topics.js';

/** The channels of one cluster: one subscriber connection, shared by all feeds and counted by reference. */
export interface ChannelHub {
  /** `kept` are the channels of the request that have a history, where that is asked for. */
  open(
    request: ChannelRequest,
    listener: LiveListener<ChannelDelivery>,
    kept?: readonly KeptChannel[],
  ): LiveSubscription;
  /** Resolves once what an open request asks for is subscribed; never where that is refused. */
  standing(request: Parameters<typeof topicsOf>[0]): Promise<unknown>;
  /** Fails all subscriptions and closes the connection; the hub is of no use any more. */
  fail(reason: Error): void;
  close(): Promise<void>;
}

/** A channel and the stream of its history. */
export interface KeptChannel {
  readonly name: Buffer;
  readonly stream: Buffer;
}

/** What equal subscribers share. */
interface SharedFeed {
  readonly feed: ChannelFeed;
  readonly history?: FeedHistory | undefined;
  /** One for all of them: each has little else of its own. */
  leave(this: void, subscriber: ChannelSubscriber): void;
}

interface HubOptions {
  readonly connect: (listener: SubscriberListener) => Promise<SubscriberConnection>;
  readonly near: (channel: Buffer) => Buffer | undefined;
  /** Whether a channel is this API's own, by which it speaks to itself. */
  readonly isOwn: (channel: Buffer) => boolean;
  /** Sends commands about a key. */
  readonly sendTo: (key: Buffer) => SendToStream;
  readonly log: Logger;
  readonly limits: RealtimeLimits;
  /** Called once, when the hub has failed or has been without subscriptions for a while, and is closed. */
  readonly ended: () => void;
}

/** A hub that begins to connect at once. */
export function createChannelHub({ connect, near, isOwn, sendTo, log, limits, ended }: HubOptions): ChannelHub {
  const feeds = new Map<string, SharedFeed>();
  const routes = new Map<string, Set<ChannelFeed>>();
  const due = new Set<ChannelFeed>();
  let idle: NodeJS.Timeout | undefined;

  const refused = (topic: Topic, reason: Error): void => {
    const failure = isOwn(topic.name) ? ownChannelFailure(topic.name, reason) : asFailure(reason);
    for (const feed of [...(routes.get(topicKey(topic)) ?? [])]) feed.fail(failure);
  };
  const connection = connect({
    near,
    message(kind, channel, payload, pattern) {
      // A pattern as wide as that means the channels of others; what is told here need not be for who may read them.
      if (pattern && isOwn(channel) && !isOwn(pattern)) return;
      const receivers = routes.get(topicKey({ kind, name: pattern ?? channel }));
      if (!receivers) return;
      const message = { channel, pattern, payload, receivedAt: new Date() };
      for (const feed of receivers) {
        if (feed.push(message)) flushSoon(feed);
      }
    },
    interrupted() {
      for (const { feed } of feeds.values()) feed.interrupted();
    },
    reconnected() {
      for (const { feed } of feeds.values()) {
        feed.reconnected();
        flushSoon(feed);
      }
    },
    refused: (kind, name, reason) => refused({ kind, name }, reason),
  });
  const upstream = createUpstreamTopics(connection, { log, refused });

  // Right after the reads of this turn: a message at rest leaves at once, and a burst leaves together.
  const flushSoon = (feed: ChannelFeed): void => {
    if (due.size === 0) afterReads(flush);
    due.add(feed);
  };
  const flush = (): void => {
    const flushing = [...due];
    due.clear();
    for (const feed of flushing) feed.flush();
  };

  const addFeed = (
    key: string,
    topics: ReadonlyMap<string, Topic>,
    { filter }: ChannelRequest,
    kept: readonly KeptChannel[] | undefined,
  ): SharedFeed => {
    const keptFeed =
      kept && createKeptFeed(filter, new Map(kept.map((each) => [textOf(each.stream), textOf(each.name)])));
    const feed = keptFeed ?? createChannelFeed(filter);
    for (const [name, topic] of topics) {
      const receivers = routes.get(name) ?? new Set();
      routes.set(name, receivers.add(feed));
      if (receivers.size === 1) upstream.want(topic);
    }
    const history = keptFeed && {
      standing: upstream.standing(topics.values()).then(() => keptFeed.begin()),
      channels: new Map(
        kept.map((each) => [textOf(each.name), createHistoryPages(sendTo(each.stream), { ...each, filter }, limits)]),
      ),
      maxHeldBytes: limits.maxQueuedBytes,
    };
    const leave = (subscriber: ChannelSubscriber): void => {
      feed.subscribers.delete(subscriber);
      if (feed.subscribers.size === 0) removeFeed(key, topics, feed);
    };
    const shared = { feed, history, leave };
    feeds.set(key, shared);
    return shared;
  };
  const openIn = (
    { history, leave }: SharedFeed,
    { overflow, history: asked }: ChannelRequest,
    listener: LiveListener<ChannelDelivery>,
  ): ChannelSubscriber => {
    const { maxQueuedBytes } = limits;
    if (!history || !asked) return createChannelSubscriber(listener, { overflow, maxQueuedBytes, leave });
    const handedOver = followHandedOver(listener);
    const options = { overflow, maxQueuedBytes, leave: () => leave(subscriber) };
    const live = createChannelSubscriber(handedOver.listener, options);
    const subscriber = createHistorySubscriber(live, history, asked, handedOver);
    return subscriber;
  };
  const removeFeed = (key: string, topics: ReadonlyMap<string, Topic>, feed: ChannelFeed): void => {
    feeds.delete(key);
    due.delete(feed);
    for (const [name, topic] of topics) {
      const receivers = routes.get(name);
      receivers?.delete(feed);
      if (receivers?.size !== 0) continue;
      routes.delete(name);
      upstream.release(topic);
    }
    if (feeds.size === 0) idle = setTimeout(() => void close(), limits.idleConnectionMs).unref();
  };

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeOnce());
  const closeOnce = async (): Promise<void> => {
    clearTimeout(idle);
    ended();
    await connection
      .then((open) => open.close())
      .catch((error: unknown) => log.debug({ err: error }, 'closing failed'));
  };
  const fail = (reason: Error): void => {
    for (const { feed } of [...feeds.values()]) feed.fail(reason);
    void close();
  };
  connection.catch((error: unknown) => fail(asFailure(error)));

  return {
    open(request, listener, kept) {
      const streams = kept?.map(({ stream }) => stream) ?? [];
      const topics = topicsOf({ ...request, channels: [...request.channels, ...streams] });
      clearTimeout(idle);
      const key = JSON.stringify([[...topics.keys()], request.filter?.key, kept !== undefined]);
      const shared = feeds.get(key) ?? addFeed(key, topics, request, kept);
      const subscriber = openIn(shared, request, listener);
      shared.feed.subscribers.add(subscriber);
      return subscriber;
    },
    standing: (request) => upstream.standing(topicsOf(request).values()),
    fail,
    close,
  };
}

/** Bytes as a map's key: Latin-1 keeps each apart. */
function textOf(bytes: Buffer): string {
  return bytes.toString('latin1');
}
