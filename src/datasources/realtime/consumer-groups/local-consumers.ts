import type { ConsumerSubscription } from './consumer-subscription.js';

/** One consumer of this process in a group. */
export interface LocalConsumer {
  readonly subscription: ConsumerSubscription;
  /** Ends its subscription with an error. */
  fail(this: void, reason: Error): void;
  /** Whether entries may be pending for this consumer that its subscription does not hold. */
  mustRecover: boolean;
  hasRead: boolean;
}

/** This process's consumers of a group by name, ordered by when they read last. */
export interface LocalConsumers {
  add(consumer: Buffer, localConsumer: LocalConsumer): void;
  remove(consumer: Buffer): void;
  get(consumer: Buffer): LocalConsumer | undefined;
  all(): readonly LocalConsumer[];
  /** The consumers that may read new entries now. The one that has waited longest comes first. */
  readable(): readonly LocalConsumer[];
  /** Called when the consumer reads. */
  moveToEnd(consumer: LocalConsumer): void;
}

export function createLocalConsumers(): LocalConsumers {
  const consumers = new Map<string, LocalConsumer>();
  // Latin-1 maps each byte to its own character.
  const nameOf = (consumer: Buffer): string => consumer.toString('latin1');
  return {
    add: (consumer, localConsumer) => void consumers.set(nameOf(consumer), localConsumer),
    remove: (consumer) => void consumers.delete(nameOf(consumer)),
    get: (consumer) => consumers.get(nameOf(consumer)),
    all: () => [...consumers.values()],
    readable: () =>
      [...consumers.values()].filter(({ subscription, mustRecover }) => !mustRecover && subscription.credit() > 0),
    moveToEnd(localConsumer) {
      const name = nameOf(localConsumer.subscription.request.consumer);
      if (consumers.delete(name)) consumers.set(name, localConsumer);
    },
  };
}
