import { afterPoll } from '../../../runtime/event-loop.js';

/** The subscribed topics that currently lose messages, by `topicKey`. */
export interface Interruptions {
  /** `partial` are those of the topics that only some of their nodes have lost; the other nodes continue. */
  begin(topics: readonly string[], partial: readonly string[]): void;
  /** The topics' gaps are delivered at the end of this tick. */
  end(topics: readonly string[]): void;
  /** The topic is no longer subscribed. */
  forget(topic: string): void;
  isAny(topics: Iterable<string>): boolean;
  /** Whether any of the topics is subscribed on only some of the nodes that it needs. */
  isAnyPartial(topics: Iterable<string>): boolean;
  /** Resolves once none of the topics loses messages and all their gaps have been delivered. */
  over(topics: Iterable<string>): Promise<void>;
}

export function createInterruptions(): Interruptions {
  const interrupted = new Set<string>();
  const partlyLost = new Set<string>();
  /** Topics whose gap is not delivered yet. A subscription that starts earlier would receive that gap. */
  const undelivered = new Set<string>();
  let waiting: (() => void)[] = [];

  const forget = (topic: string): void => {
    interrupted.delete(topic);
    partlyLost.delete(topic);
    undelivered.delete(topic);
  };
  return {
    begin(topics, partial) {
      for (const topic of topics) {
        interrupted.add(topic);
        undelivered.add(topic);
      }
      for (const topic of partial) partlyLost.add(topic);
    },
    end(topics) {
      for (const topic of topics) {
        interrupted.delete(topic);
        partlyLost.delete(topic);
      }
      afterPoll(() => {
        for (const topic of topics) if (!interrupted.has(topic)) undelivered.delete(topic);
        const resolved = waiting;
        waiting = [];
        for (const resolve of resolved) resolve();
      });
    },
    forget,
    isAny: (topics) => [...topics].some((topic) => interrupted.has(topic)),
    isAnyPartial: (topics) => [...topics].some((topic) => partlyLost.has(topic)),
    async over(topics) {
      const all = [...topics];
      while (all.some((topic) => undelivered.has(topic))) {
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}
