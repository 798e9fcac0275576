import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import { ExpectedFailure } from '../../../../domain/errors.js';
import { CommandError } from '../../command-error.js';
import type { ConnectCluster, ClusterConnection } from '../cluster-connection.js';
import { SubscribedTopic } from './subscribed-topic.js';
import { createSubscribedTopics } from './subscribed-topics.js';
import { unreachable } from '../nodes/connection-errors.js';
import type { ChannelKind, SubscriberConnection, SubscriberListener } from '../../interfaces.js';
import { parseRedirect } from '../routing/redirect.js';
import { openSubscriberSocket } from './subscriber-socket.js';
import { createSubscriberSockets, type NodeSocket } from './subscriber-sockets.js';
import { endpointKey } from '../nodes/endpoint-key.js';
import { nodesOf, watchTopology } from '../topology/topology-watch.js';

/**
 * One cluster's subscriptions: sharded channels on the primary of their slot, key events on every primary, all others on any
 * one node. What is lost is subscribed again, topic by topic, until it is confirmed or refused.
 */
export async function openSubscriber(
  connect: ConnectCluster,
  listener: SubscriberListener,
  onClosed: () => void,
): Promise<SubscriberConnection> {
  const stopped = new AbortController();
  let connection: ClusterConnection = await connect();
  let primaries: ReadonlySet<string> = new Set();
  let unwatch = watch(connection);
  const isStopped = (): boolean => stopped.signal.aborted;
  let isRestoring = false;
  const topics = createSubscribedTopics(
    () => primaries,
    () => watchTopology(() => connection.session, connection.limits.heartbeatMs),
  );

  function watch({ session }: ClusterConnection): () => void {
    primaries = nodesOf(session.primaries());
    return session.onChange(() => {
      // Other credentials were given: nothing is heard as the user from before.
      if (session.isClosed) dropAll();
      else followTopology();
    });
  }
  const dropAll = (): void => {
    sockets.closeAll();
    for (const topic of topics.all()) topic.loseAll();
    lost(topics.all());
  };
  const followTopology = (): void => {
    const { session } = connection;
    primaries = nodesOf(session.primaries());
    // A node that was removed from the cluster receives no messages any more, however long its connections live.
    const left = sockets.keepOnly(nodesOf(session.nodes()));
    const orphaned = new Set(left.flatMap((node) => topics.all().filter((topic) => topic.lose(node))));
    const everywhere = topics.everywhere();
    for (const topic of everywhere) topic.leaveFormer(primaries);
    lost([...orphaned, ...everywhere.filter((topic) => !orphaned.has(topic) && !topic.isWhole(primaries))]);
  };
  /** Of these, messages are lost until they are restored. One that is still opening looks after itself. */
  const lost = (all: readonly SubscribedTopic[]): void => {
    const interrupted = all.filter(({ state }) => state === 'heard');
    for (const topic of interrupted) topic.state = 'lost';
    if (interrupted.length > 0) listener.interrupted?.(interrupted);
    if (all.length > 0) void restore();
  };

  const sockets = createSubscriberSockets(
    async (endpoint, wireListener) =>
      openSubscriberSocket(await connection.access(endpoint), connection.limits, wireListener),
    (node) => ({
      message(kind, channel, payload, pattern) {
        if (!topics.accept({ kind, channel, pattern }, node)) return;
        try {
          listener.message(kind, channel, payload, pattern);
        } catch (cause) {
          // Thrown on, it would lose the rest of what the socket has brought.
          connection.log.error({ err: cause }, 'a subscriber of a channel failed');
        }
      },
      ended(channel) {
        connection.session.refreshSoon();
        const topic = topics.get('sharded', channel);
        if (topic?.lose(node) === true) lost([topic]);
      },
      lost: () => lost(topics.all().filter((topic) => topic.lose(node))),
    }),
  );

  /** The nodes on which a topic has still to be subscribed. */
  const missingOf = (topic: SubscribedTopic): readonly NodeSocket[] => {
    if (topic.needsEveryPrimary) {
      const endpoints = connection.session.primaries().map(({ endpoint }) => endpoint);
      return endpoints.filter((endpoint) => !topic.isOn(endpointKey(endpoint))).map((endpoint) => sockets.to(endpoint));
    }
    return topic.isNowhere ? [placeOf(topic)] : [];
  };
  /** Most ordinary channels are heard on any node, so that an open connection is as good as another. */
  const placeOf = ({ kind, channel }: SubscribedTopic): NodeSocket => {
    const key = kind === 'sharded' ? channel : kind === 'channel' ? listener.slotKey?.(channel) : undefined;
    const endpoint: Endpoint | undefined = connection.session.primaryFor(key);
    const any = key === undefined ? sockets.any() : undefined;
    if (any) return any;
    if (endpoint) return sockets.to(endpoint);
    throw connection.session.unavailableReason('the node of this channel');
  };
  const establish = async (topic: SubscribedTopic): Promise<void> => {
    // Again if the primaries have changed meanwhile.
    while (topic.state !== 'left' && !topic.isWhole(primaries)) {
      const missing = missingOf(topic);
      if (missing.length === 0) throw connection.session.unavailableReason('a node of this channel');
      const attempts = await Promise.allSettled(
        missing.map(async ({ node, socket }) => {
          const open = await socket;
          if (topic.state !== 'left') await topic.subscribeOn(node, open);
        }),
      );
      for (const attempt of attempts) if (attempt.status === 'rejected') throw attempt.reason;
    }
    if (topic.state === 'opening') topic.state = 'heard';
  };

  const restore = async (): Promise<void> => {
    if (isRestoring || isStopped()) return;
    isRestoring = true;
    try {
      for (let attempt = 0; !isStopped(); attempt += 1) {
        await reenter();
        const missing = topics.opened().filter((topic) => !topic.isWhole(primaries));
        await Promise.all(
          missing.map((topic) => establish(topic).catch((cause: unknown) => settleRefusal(topic, cause))),
        );
        if (isStopped()) return;
        tellRestored();
        if (topics.opened().every(({ state }) => state === 'heard')) return;
        const backoff = Math.min(25 * 2 ** attempt, connection.limits.reconnectMs);
        await delay(backoff, undefined, { signal: stopped.signal }).catch(() => undefined);
      }
    } finally {
      isRestoring = false;
    }
  };
  const tellRestored = (): void => {
    const restored = topics.opened().filter((topic) => topic.state === 'lost' && topic.isWhole(primaries));
    for (const topic of restored) topic.state = 'heard';
    if (restored.length > 0) listener.reconnected(restored);
  };
  const reenter = async (): Promise<void> => {
    if (!connection.session.isClosed) return;
    try {
      connection = await connect();
      unwatch();
      unwatch = watch(connection);
    } catch (cause) {
      if (cause instanceof ExpectedFailure) for (const topic of topics.opened()) refuse(topic, cause);
    }
  };
  const settleRefusal = (topic: SubscribedTopic, cause: unknown): void => {
    if (!(cause instanceof CommandError)) return;
    if (parseRedirect(cause.message, { host: '', port: 0 })) connection.session.refreshSoon();
    else refuse(topic, cause);
  };
  const refuse = (topic: SubscribedTopic, reason: Error): void => {
    if (topic.state === 'left') return;
    void remove(topic);
    listener.refused(topic.kind, topic.channel, reason);
  };
  const remove = async (topic: SubscribedTopic): Promise<void> => {
    topics.remove(topic);
    await topic.leave();
  };
  const subscribe = async (kind: ChannelKind, channel: Buffer): Promise<void> => {
    if (topics.get(kind, channel)) return;
    const topic = new SubscribedTopic(kind, channel);
    topics.add(topic);
    try {
      await reenter();
      await establish(topic);
    } catch (cause) {
      void remove(topic);
      if (cause instanceof CommandError && parseRedirect(cause.message, { host: '', port: 0 })) {
        connection.session.refreshSoon();
        throw unreachable('the node of this channel', cause);
      }
      throw cause;
    }
  };
  const close = (): Promise<void> => {
    stopped.abort();
    unwatch();
    topics.clear();
    sockets.closeAll();
    onClosed();
    return Promise.resolve();
  };

  return {
    async subscribe(kind, channels) {
      const results = await Promise.allSettled(channels.map((channel) => subscribe(kind, channel)));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
    async unsubscribe(kind, channels) {
      const left = channels.flatMap((channel) => topics.get(kind, channel) ?? []);
      await Promise.all(left.map(remove));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
