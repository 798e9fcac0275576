import type { Logger } from '../../../telemetry/log.js';
import { CommandError } from '../../valkey/command-error.js';
import type { ChannelKind, SubscriberConnection } from '../../valkey/push-connections.js';
import { topicKey, type Topic } from './topic.js';

/** Keeps a subscriber connection subscribed to exactly the requested topics. */
export interface SubscriptionReconciler {
  /** Takes effect at the end of this tick, together with all other calls in it, in one command per kind of topic. */
  add(topic: Topic): void;
  /** Like `add`. The last call for a topic wins. */
  remove(topic: Topic): void;
  /** Resolves once all of these requested topics are subscribed. Never resolves if one is refused or removed. */
  whenSubscribed(topics: Iterable<Topic>): Promise<unknown>;
}

interface TopicState {
  readonly topic: Topic;
  requested: boolean;
  subscribed: boolean;
  /** Whether a command about the topic is in flight. The next one waits for it, so that they cannot overtake each other. */
  busy: boolean;
  /** Called once the topic is subscribed. */
  readonly waiting: (() => void)[];
}

/** Most topics in one command: enough to make round trips rare, few enough not to block Valkey for long. */
const batchSize = 1000;

/** The connection may still be opening. `refused` is called for each requested topic that Valkey refuses. */
export function createSubscriptionReconciler(
  connection: Promise<SubscriberConnection>,
  options: { log: Logger; refused: (topic: Topic, reason: Error) => void },
): SubscriptionReconciler {
  const states = new Map<string, TopicState>();
  const changed = new Set<TopicState>();
  let scheduled = false;

  const setRequested = (topic: Topic, requested: boolean): void => {
    const key = topicKey(topic);
    const state = states.get(key) ?? { topic, requested, subscribed: false, busy: false, waiting: [] };
    states.set(key, state);
    state.requested = requested;
    reconsider(state);
  };
  const reconsider = (state: TopicState): void => {
    changed.add(state);
    if (scheduled) return;
    scheduled = true;
    setImmediate(reconcile);
  };
  const reconcile = (): void => {
    scheduled = false;
    const due = [...changed].filter(({ busy }) => !busy);
    changed.clear();
    for (const state of due.filter(({ requested, subscribed }) => !requested && !subscribed)) {
      states.delete(topicKey(state.topic));
    }
    // Unsubscribing comes first: it frees capacity and cannot be refused.
    for (const batch of batches(due.filter(({ requested, subscribed }) => !requested && subscribed)))
      void unsubscribe(batch);
    for (const batch of batches(due.filter(({ requested, subscribed }) => requested && !subscribed)))
      void subscribe(batch);
  };
  const settle = (batch: readonly TopicState[], subscribed: boolean): void => {
    for (const state of batch) {
      state.busy = false;
      state.subscribed = subscribed;
      if (subscribed && state.requested) for (const resolve of state.waiting.splice(0)) resolve();
      if (state.requested !== subscribed || !state.requested) reconsider(state);
    }
  };

  const subscribe = async (batch: readonly TopicState[]): Promise<void> => {
    for (const state of batch) state.busy = true;
    try {
      await (await connection).subscribe(kindOf(batch), namesOf(batch));
      settle(batch, true);
    } catch (error) {
      const reason = error instanceof Error ? error : new Error('The subscription failed.', { cause: error });
      if (batch.length > 1) {
        await Promise.all(partsOf(batch, reason).map(subscribe));
        return;
      }
      const refused = batch.filter(({ requested }) => requested);
      for (const state of batch) state.requested = false;
      settle(batch, false);
      for (const { topic } of refused) options.refused(topic, reason);
    }
  };
  const unsubscribe = async (batch: readonly TopicState[]): Promise<void> => {
    for (const state of batch) state.busy = true;
    try {
      await (await connection).unsubscribe(kindOf(batch), namesOf(batch));
    } catch (error) {
      // A lost connection has no subscriptions, and does not restore those that were removed meanwhile.
      options.log.debug({ err: error }, 'unsubscribing from channels failed');
    }
    settle(batch, false);
  };

  const subscribed = (topic: Topic): Promise<void> =>
    new Promise((resolve) => {
      const state = states.get(topicKey(topic));
      if (state?.subscribed && !state.busy) resolve();
      else state?.waiting.push(resolve);
    });

  return {
    add: (topic) => setRequested(topic, true),
    remove: (topic) => setRequested(topic, false),
    whenSubscribed: (topics) => Promise.all([...topics].map(subscribed)),
  };
}

function batches(states: readonly TopicState[]): TopicState[][] {
  const kinds = new Set(states.map(({ topic }) => topic.kind));
  return [...kinds].flatMap((kind) => {
    const sameKind = states.filter(({ topic }) => topic.kind === kind);
    const count = Math.ceil(sameKind.length / batchSize);
    return Array.from({ length: count }, (_, at) => sameKind.slice(at * batchSize, (at + 1) * batchSize));
  });
}

/**
 * The batches to retry after a batch has failed, since one topic must not fail the others. After a refusal, these are the two
 * halves, until each refused topic is alone. After an outage, each topic is retried alone, since topics need different nodes.
 */
function partsOf(batch: readonly TopicState[], reason: Error): (readonly TopicState[])[] {
  if (!(reason instanceof CommandError)) return batch.map((state) => [state]);
  const middle = Math.ceil(batch.length / 2);
  return [batch.slice(0, middle), batch.slice(middle)];
}

function kindOf(batch: readonly TopicState[]): ChannelKind {
  return batch[0]?.topic.kind ?? 'channel';
}

function namesOf(batch: readonly TopicState[]): Buffer[] {
  return batch.map(({ topic }) => topic.name);
}
