import type { ValkeyConnections } from '../../valkey/interfaces.js';
import type { LiveListener, LiveSource, LiveSubscription } from '../../../runtime/live-source.js';
import { openWhenReady } from './open-when-ready.js';

/** Subscriptions that wait until their cluster is created. They have no deadline, since a subscription has none. */
export interface WaitingSubscriptions {
  /** Opens the subscription as soon as the data of its cluster can be used, usually immediately. */
  open<Event>(cluster: string, open: LiveSource<Event>['open'], listener: LiveListener<Event>): LiveSubscription;
  /** Fails the subscriptions that wait. */
  fail(reason: Error): void;
}

export function createWaitingSubscriptions(whenUsable: ValkeyConnections['whenUsable']): WaitingSubscriptions {
  const waiting = new Set<{ fail(reason: Error): void }>();

  return {
    open(cluster, open, listener) {
      const wait = new Wait();
      const usable = whenUsable(cluster, wait);
      if (!usable) return open(listener);
      const subscription = openWhenReady(usable, open, listener, () => {
        waiting.delete(subscription);
        wait.end();
      });
      waiting.add(subscription);
      return subscription;
    },
    fail(reason) {
      for (const subscription of [...waiting]) subscription.fail(reason);
    },
  };
}

/** The signal of one wait, created on demand, since hardly any subscription has to wait. */
class Wait {
  #ending: AbortController | undefined;
  #hasEnded = false;

  get signal(): AbortSignal {
    this.#ending ??= new AbortController();
    if (this.#hasEnded) this.#ending.abort();
    return this.#ending.signal;
  }

  end(): void {
    this.#hasEnded = true;
    this.#ending?.abort();
  }
}
