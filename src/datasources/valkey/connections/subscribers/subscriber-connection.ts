import { ExpectedFailure } from '../../../../domain/errors.js';
import { CommandError } from '../../command-error.js';
import type { ConnectCluster, ClusterConnection } from '../cluster-connection.js';
import { SubscribedTopic } from './subscribed-topic.js';
import { createSubscribedTopics } from './subscribed-topics.js';
import { unreachable } from '../nodes/connection-errors.js';
import type { ChannelKind, SubscriberConnection, SubscriberListener } from '../../push-connections.js';
import { createRestoration } from '../restoration.js';
import { parseRedirect } from '../routing/redirect.js';
import { openSubscriberSocket, type SubscriberSocket, type SubscriberSocketListener } from './subscriber-socket.js';
import { createNodeSockets } from '../nodes/node-sockets.js';
import { missingNodesOf } from './topic-placement.js';
import { nodesOf, watchTopology } from '../topology/topology-watch.js';

/**
 * Opens the subscriptions of one cluster. Each topic is subscribed on the nodes that `topic-placement.ts` chooses. A lost topic is
 * subscribed again, separately from other topics, until Valkey confirms or refuses it.
 */
export async function openSubscriber(
  connect: ConnectCluster,
  listener: SubscriberListener,
  onClosed: () => void,
): Promise<SubscriberConnection> {
  const stopped = new AbortController();
  let connection: ClusterConnection = await connect();
  let primaries: ReadonlySet<string> = new Set();
  let stopWatching = watch(connection);
  const isStopped = (): boolean => stopped.signal.aborted;
  const topics = createSubscribedTopics(
    () => primaries,
    () => watchTopology(() => connection.session, connection.limits.heartbeatMs),
  );

  function watch({ session }: ClusterConnection): () => void {
    primaries = nodesOf(session.primaries());
    return session.onChange(() => {
      // Other credentials were given. The subscriptions of the former user end.
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
    // A node that was removed from the cluster receives no more messages, even if its connections stay open.
    const removed = sockets.keepOnly(nodesOf(session.nodes()));
    const orphaned = new Set(removed.flatMap((node) => topics.all().filter((topic) => topic.lose(node))));
    const everywhere = topics.everywhere();
    for (const topic of everywhere) topic.leaveFormer(primaries);
    lost([...orphaned, ...everywhere.filter((topic) => !orphaned.has(topic) && !topic.isFullySubscribed(primaries))]);
  };
  /** The topics lose messages until they are restored. `subscribe` handles those that are still opening. */
  const lost = (all: readonly SubscribedTopic[]): void => {
    const interrupted = all.filter(({ state }) => state === 'subscribed');
    for (const topic of interrupted) topic.state = 'lost';
    if (interrupted.length > 0) listener.interrupted?.(interrupted);
    if (all.length > 0) void restore();
  };

  const sockets = createNodeSockets<SubscriberSocket, SubscriberSocketListener>(
    async (endpoint, wireListener) =>
      openSubscriberSocket(await connection.access(endpoint), connection.limits, wireListener),
    (node) => ({
      message(kind, channel, payload, pattern) {
        if (!topics.accept({ kind, channel, pattern }, node)) return;
        try {
          listener.message(kind, channel, payload, pattern, node);
        } catch (cause) {
          // If it were thrown, the rest of the received chunk would be lost.
          connection.log.error({ err: cause }, 'a listener of a channel threw an error');
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

  const establish = async (topic: SubscribedTopic): Promise<void> => {
    // Repeats if the primaries have changed meanwhile.
    while (topic.state !== 'left' && !topic.isFullySubscribed(primaries)) {
      const missing = missingNodesOf(topic, connection.session, sockets, listener.slotKey);
      if (missing.length === 0) throw connection.session.unavailableReason('a node of this channel');
      const attempts = await Promise.allSettled(
        missing.map(async ({ node, socket }) => {
          const open = await socket;
          if (topic.state !== 'left') await topic.subscribeOn(node, open);
        }),
      );
      for (const attempt of attempts) if (attempt.status === 'rejected') throw attempt.reason;
    }
    if (topic.state === 'opening') topic.state = 'subscribed';
  };

  const restore = createRestoration({
    signal: stopped.signal,
    longestPauseMs: () => connection.limits.reconnectMs,
    async attempt() {
      await reconnect();
      const missing = topics.opened().filter((topic) => !topic.isFullySubscribed(primaries));
      await Promise.all(
        missing.map((topic) => establish(topic).catch((cause: unknown) => refuseIfPermanent(topic, cause))),
      );
      if (isStopped()) return true;
      reportRestored();
      return topics.opened().every(({ state }) => state === 'subscribed');
    },
  });
  const reportRestored = (): void => {
    const restored = topics.opened().filter((topic) => topic.state === 'lost' && topic.isFullySubscribed(primaries));
    for (const topic of restored) topic.state = 'subscribed';
    if (restored.length > 0) listener.reconnected(restored);
  };
  const reconnect = async (): Promise<void> => {
    if (!connection.session.isClosed) return;
    try {
      connection = await connect();
      stopWatching();
      stopWatching = watch(connection);
    } catch (cause) {
      if (cause instanceof ExpectedFailure) for (const topic of topics.opened()) refuse(topic, cause);
    }
  };
  const refuseIfPermanent = (topic: SubscribedTopic, cause: unknown): void => {
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
      await reconnect();
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
    stopWatching();
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
      await Promise.all(channels.flatMap((channel) => topics.get(kind, channel) ?? []).map(remove));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
