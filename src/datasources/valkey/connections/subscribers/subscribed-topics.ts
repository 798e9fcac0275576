import { isKeyEventChannel } from '../../../../domain/realtime/key-event-channels.js';
import type { SubscribedTopic } from './subscribed-topic.js';
import type { ChannelKind } from '../../push-connections.js';

/** The topics of one cluster's subscriber connection, by kind and name. */
export interface SubscribedTopics {
  get(kind: ChannelKind, channel: Buffer): SubscribedTopic | undefined;
  add(topic: SubscribedTopic): void;
  remove(topic: SubscribedTopic): void;
  all(): readonly SubscribedTopic[];
  /** The topics that were confirmed at least once. */
  opened(): readonly SubscribedTopic[];
  /** The topics that need every primary. */
  everywhere(): readonly SubscribedTopic[];
  /** Whether the message is accepted from this node: key events from primaries only, messages that all nodes send from one of them. */
  accept(message: { kind: ChannelKind; channel: Buffer; pattern: Buffer | undefined }, node: string): boolean;
  clear(): void;
}

/** `primaries` returns the current primaries. `watch` starts to watch the cluster's nodes and returns a function that stops it. */
export function createSubscribedTopics(
  primaries: () => ReadonlySet<string>,
  watch: () => () => void,
): SubscribedTopics {
  const topics = new Map<string, SubscribedTopic>();
  const everywhere = new Set<SubscribedTopic>();
  let stopWatching: (() => void) | undefined;
  const watchIfNeeded = (): void => {
    if (topics.size > 0) {
      stopWatching ??= watch();
    } else {
      stopWatching?.();
      stopWatching = undefined;
    }
  };
  return {
    get: (kind, channel) => topics.get(keyOf(kind, channel)),
    add(topic) {
      topics.set(keyOf(topic.kind, topic.channel), topic);
      if (topic.needsEveryPrimary) everywhere.add(topic);
      watchIfNeeded();
    },
    remove(topic) {
      topics.delete(keyOf(topic.kind, topic.channel));
      everywhere.delete(topic);
      watchIfNeeded();
    },
    all: () => [...topics.values()],
    opened: () => [...topics.values()].filter(({ state }) => state !== 'opening'),
    everywhere: () => [...everywhere],
    accept({ kind, channel, pattern }, node) {
      if (everywhere.size === 0 || (kind !== 'pattern' && !isKeyEventChannel(channel))) return true;
      const topic = topics.get(keyOf(kind, pattern ?? channel));
      if (!topic) return false;
      return !topic.needsEveryPrimary || topic.accepts(channel, node, primaries());
    },
    clear() {
      topics.clear();
      everywhere.clear();
      watchIfNeeded();
    },
  };
}

function keyOf(kind: ChannelKind, channel: Buffer): string {
  return `${kind}:${channel.toString('latin1')}`;
}
