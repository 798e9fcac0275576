import type { ChannelDelivery } from '../../../domain/realtime/delivery.js';
import type { ChannelRules } from '../../../domain/realtime/channel-rules.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import type { Logger } from '../../../telemetry/log.js';
import type { SubscribedChannel, SubscriberConnection, SubscriberListener } from '../../valkey/push-connections.js';
import { createChannelFeed, type ChannelFeed } from './channel-feed.js';
import type { ChannelSubscriber } from './channel-subscriber.js';
import { asFailure, ownChannelFailure } from '../shared/failure.js';
import { createFeedRoutes } from './feed-routes.js';
import { createHistoryPages } from './history-pages.js';
import { createInterruptions } from './interruptions.js';
import { createHistoryFeed } from './history-feed.js';
import type { RealtimeLimits } from '../shared/limits.js';
import type { ChannelRequest } from '../interfaces.js';
import { createSharedConnection } from '../shared/shared-connection.js';
import { subscribeTo, type SharedFeed } from './shared-feed.js';
import type { SendToStream } from '../streams/stream-head.js';
import { createSubscriptionStarts } from './subscription-starts.js';
import { topicKey, topicsOf, type Topic } from './topic.js';
import { createSubscriptionReconciler } from './subscription-reconciler.js';

/** The channels of one cluster. All feeds share one subscriber connection, on which topics are reference-counted. */
export interface ChannelHub {
  /** `history` has the request's channels and the streams of their history, if the request asks for history. */
  open(
    request: ChannelRequest,
    listener: LiveListener<ChannelDelivery>,
    history?: readonly HistoryChannel[],
  ): LiveSubscription;
  /** Resolves once the topics of an open request are subscribed. Never resolves if one is refused. */
  whenSubscribed(request: Parameters<typeof topicsOf>[0]): Promise<unknown>;
  /** Fails all subscriptions and closes the connection. The hub cannot be used afterwards. */
  fail(reason: Error): void;
  close(): Promise<void>;
}

/** A channel and the stream of its history. */
export interface HistoryChannel {
  readonly name: Buffer;
  readonly stream: Buffer;
}

interface HubOptions {
  readonly connect: (listener: SubscriberListener) => Promise<SubscriberConnection>;
  readonly slotKey: (channel: Buffer) => Buffer | undefined;
  /** Which channels are reserved for this API's own announcements, and which messages are about its own keys. */
  readonly rules: Pick<ChannelRules, 'isOwn' | 'isOfOwnKey'>;
  /** Returns a function that sends commands to the node of a key. */
  readonly sendTo: (key: Buffer) => SendToStream;
  readonly log: Logger;
  readonly limits: RealtimeLimits;
  /** Called once, when the hub closes: after a failure, or after some time without subscriptions. */
  readonly ended: () => void;
}

/** Starts to connect immediately. */
export function createChannelHub({ connect, slotKey, rules, sendTo, log, limits, ended }: HubOptions): ChannelHub {
  const { isOwn, isOfOwnKey } = rules;
  const feeds = new Map<string, SharedFeed>();
  const routes = createFeedRoutes();
  const interruptions = createInterruptions();
  const starts = createSubscriptionStarts();

  const refused = (topic: Topic, reason: Error): void => {
    const failure = isOwn(topic.name) ? ownChannelFailure(topic.name, reason) : asFailure(reason);
    for (const feed of [...routes.to(topicKey(topic))]) feed.fail(failure);
  };
  const reportLoss = (topics: readonly string[]): void => {
    const affected = routes.toAny(topics);
    for (const shared of feeds.values()) {
      if (!affected.has(shared.feed)) continue;
      // A message of a history is complete only with its cursor, which arrives on a separate channel.
      if (shared.history && interruptions.isAny(shared.topics.keys())) continue;
      shared.feed.reconnected();
      routes.flushSoon(shared.feed);
    }
  };
  const connection = connect({
    slotKey,
    message(kind, channel, payload, pattern, node) {
      // A wide pattern is meant for other channels. Its subscribers need not be allowed to know this API's announcements and keys.
      if (pattern && isOwn(channel) && !isOwn(pattern)) return;
      if (isOfOwnKey(channel, payload)) return;
      const receivers = routes.to(topicKey({ kind, name: pattern ?? channel }));
      if (receivers.size === 0) return;
      const message = { channel, pattern, payload, node, receivedAt: new Date() };
      for (const feed of receivers) {
        if (feed.push(message)) routes.flushSoon(feed);
      }
    },
    interrupted(channels) {
      const topics = keysOf(channels);
      const partial = keysOf(channels.filter(({ needsEveryPrimary }) => needsEveryPrimary));
      interruptions.begin(topics, partial);
      for (const feed of routes.toAny(topics)) feed.interrupted();
      // The other nodes continue, and the lost one may never come back: the gap is reported now, not after a reconnection.
      reportLoss(partial);
    },
    reconnected(channels) {
      const topics = keysOf(channels);
      interruptions.end(topics);
      reportLoss(topics);
    },
    refused: (kind, name, reason) => refused({ kind, name }, reason),
  });
  const upstream = createSubscriptionReconciler(connection, { log, refused });
  const confirmed = async (topics: ReadonlyMap<string, Topic>): Promise<void> => {
    await upstream.whenSubscribed(topics.values());
    await interruptions.over(topics.keys());
  };

  const addFeed = (
    key: string,
    topics: ReadonlyMap<string, Topic>,
    { filter }: ChannelRequest,
    historyChannels: readonly HistoryChannel[] | undefined,
  ): SharedFeed => {
    const historyFeed =
      historyChannels &&
      createHistoryFeed(filter, new Map(historyChannels.map(({ stream, name }) => [latin1(stream), latin1(name)])));
    const feed = historyFeed ?? createChannelFeed(filter);
    for (const [name, topic] of topics) if (routes.add(name, feed)) upstream.add(topic);
    const history = historyFeed && {
      whenSubscribed: upstream.whenSubscribed(topics.values()).then(() => historyFeed.startDelivering()),
      channels: new Map(
        historyChannels.map((channel) => [
          latin1(channel.name),
          createHistoryPages(sendTo(channel.stream), { ...channel, filter }, limits),
        ]),
      ),
      maxHeldBytes: limits.maxQueuedBytes,
    };
    const leave = (subscriber: ChannelSubscriber): void => {
      feed.subscribers.delete(subscriber);
      if (feed.subscribers.size === 0) removeFeed(key, topics, feed);
    };
    const shared = { feed, topics, history, confirmed: () => confirmed(topics), leave };
    feeds.set(key, shared);
    return shared;
  };
  const removeFeed = (key: string, topics: ReadonlyMap<string, Topic>, feed: ChannelFeed): void => {
    feeds.delete(key);
    routes.drop(feed);
    for (const [name, topic] of topics) {
      if (!routes.remove(name, feed)) continue;
      interruptions.forget(name);
      upstream.remove(topic);
    }
    if (feeds.size === 0) sharedConnection.unused();
  };
  const sharedConnection = createSharedConnection(connection, {
    idleMs: limits.idleConnectionMs,
    log,
    ended,
    failAll(reason) {
      for (const { feed } of [...feeds.values()]) feed.fail(reason);
    },
  });

  return {
    open(request, listener, historyChannels) {
      const streams = historyChannels?.map(({ stream }) => stream) ?? [];
      const topics = topicsOf({ ...request, channels: [...request.channels, ...streams] });
      sharedConnection.used();
      const key = JSON.stringify([[...topics.keys()], request.filter?.key, historyChannels !== undefined]);
      const shared = feeds.get(key) ?? addFeed(key, topics, request, historyChannels);
      const subscriber = subscribeTo(shared, request, listener, { starts, maxQueuedBytes: limits.maxQueuedBytes });
      // A subscription that announces its start waits for the missing node instead.
      if (request.announce !== true && interruptions.isAnyPartial(topics.keys())) {
        queueMicrotask(() => {
          if (shared.feed.subscribers.has(subscriber)) subscriber.deliver(knownLoss);
        });
      }
      return subscriber;
    },
    whenSubscribed: (request) => upstream.whenSubscribed(topicsOf(request).values()),
    fail: sharedConnection.fail,
    close: sharedConnection.close,
  };
}

const knownLoss: ChannelDelivery = { messages: [], gap: { reason: 'RECONNECTED', missed: null } };

function keysOf(channels: readonly SubscribedChannel[]): string[] {
  return channels.map(({ kind, channel: name }) => topicKey({ kind, name }));
}

/** Bytes as the key of a map. Latin-1 maps each byte to its own character. */
function latin1(bytes: Buffer): string {
  return bytes.toString('latin1');
}
