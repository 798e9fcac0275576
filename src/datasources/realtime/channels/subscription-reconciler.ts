import type { Logger } from '../../../telemetry/log.js';
import { CommandError } from '../../valkey/command-error.js';
import type { ChannelKind, SubscriberConnection } from '../../valkey/interfaces.js';
import { topicKey, type Topic } from './topic.js';

/** Keeps a subscriber connection subscribed to exactly the topics that are wanted. */
export interface SubscriptionReconciler {
  /** Takes effect at the end of this turn, together with all that was said in it, in one command a kind. */
  add(topic: Topic): void;
  /** As `add`; what is said last counts. */
  remove(topic: Topic): void;
  /** Resolves once all of these wanted topics are subscribed; never where one is refused or released. */
  whenSubscribed(topics: Iterable<Topic>): Promise<unknown>;
}

interface TopicState {
  readonly topic: Topic;
  wanted: boolean;
  subscribed: boolean;
  /** A command about it is under way; the next waits for its end, so that they cannot overtake each other. */
  busy: boolean;
  /** Who waits until it is subscribed. */
  readonly waiting: (() => void)[];
}

/** Arguments of one command: enough to make round trips rare, few enough to keep Valkey's turn short. */
const batchSize = 1000;

/** Topics on a connection that may still be opening; `refused` is called for each wanted topic that Valkey refuses. */
export function createSubscriptionReconciler(
  connection: Promise<SubscriberConnection>,
  options: { log: Logger; refused: (topic: Topic, reason: Error) => void },
): SubscriptionReconciler {
  const states = new Map<string, TopicState>();
  const changed = new Set<TopicState>();
  let scheduled = false;

  const setWanted = (topic: Topic, wanted: boolean): void => {
    const key = topicKey(topic);
    const state = states.get(key) ?? { topic, wanted, subscribed: false, busy: false, waiting: [] };
    states.set(key, state);
    state.wanted = wanted;
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
    for (const state of due.filter(({ wanted, subscribed }) => !wanted && !subscribed)) {
      states.delete(topicKey(state.topic));
    }
    // Leaving goes first: it makes room and cannot be refused.
    for (const batch of batches(due.filter(({ wanted, subscribed }) => !wanted && subscribed))) void unsubscribe(batch);
    for (const batch of batches(due.filter(({ wanted, subscribed }) => wanted && !subscribed))) void subscribe(batch);
  };
  const settle = (batch: readonly TopicState[], subscribed: boolean): void => {
    for (const state of batch) {
      state.busy = false;
      state.subscribed = subscribed;
      if (subscribed && state.wanted) for (const tell of state.waiting.splice(0)) tell();
      if (state.wanted !== subscribed || !state.wanted) reconsider(state);
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
      const refused = batch.filter(({ wanted }) => wanted);
      for (const state of batch) state.wanted = false;
      settle(batch, false);
      for (const { topic } of refused) options.refused(topic, reason);
    }
  };
  const unsubscribe = async (batch: readonly TopicState[]): Promise<void> => {
    for (const state of batch) state.busy = true;
    try {
      await (await connection).unsubscribe(kindOf(batch), namesOf(batch));
    } catch (error) {
      // A connection that is away has no subscriptions; it does not take up again what was left meanwhile.
      options.log.debug({ err: error }, 'unsubscribing from channels failed');
    }
    settle(batch, false);
  };

  const existing = (topic: Topic): Promise<void> =>
    new Promise((resolve) => {
      const state = states.get(topicKey(topic));
      if (state?.subscribed && !state.busy) resolve();
      else state?.waiting.push(resolve);
    });

  return {
    add: (topic) => setWanted(topic, true),
    remove: (topic) => setWanted(topic, false),
    whenSubscribed: (topics) => Promise.all([...topics].map(existing)),
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
 * What is tried again after a batch has failed, since one topic must not fail the others: a refusal, by halves until the refused
 * topics are alone; an outage, each topic at once, since some need a node that others do not.
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
