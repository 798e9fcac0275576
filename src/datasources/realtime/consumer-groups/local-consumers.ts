import type { ConsumerSubscription } from './consumer-subscription.js';

/** One consumer of this process in a group. */
export interface LocalConsumer {
  readonly subscription: ConsumerSubscription;
  /** Ends its subscription with an error. */
  fail(this: void, reason: Error): void;
  /** Whether Valkey may count entries as this consumer's that it does not hold. */
  mustRecover: boolean;
  hasRead: boolean;
}

/** The seats of a group by consumer, in the order of their turns. */
export interface LocalConsumers {
  add(consumer: Buffer, localConsumer: LocalConsumer): void;
  remove(consumer: Buffer): void;
  get(consumer: Buffer): LocalConsumer | undefined;
  all(): readonly LocalConsumer[];
  /** Those that may read new entries now, who has waited longest first. */
  readable(): readonly LocalConsumer[];
  /** Its turn comes again after all others. */
  moveToEnd(consumer: LocalConsumer): void;
}

export function createLocalConsumers(): LocalConsumers {
  const consumers = new Map<string, LocalConsumer>();
  // Latin-1 keeps bytes apart.
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
