import { asError } from '../../../runtime/errors.js';
import type { ValkeyConnections } from '../../valkey/interfaces.js';
import type { LiveListener, LiveSource, LiveSubscription } from '../../../runtime/live-source.js';

/** The subscriptions that wait for their cluster, which is CREATING: without a deadline, since a subscription has none. */
export interface UsableClusters {
  /** Opens the subscription as soon as the data of its cluster can be used: at once, as a rule. */
  open<Event>(cluster: string, open: LiveSource<Event>['open'], listener: LiveListener<Event>): LiveSubscription;
  /** Fails those that wait. */
  fail(reason: Error): void;
}

export function createUsableClusters(whenUsable: ValkeyConnections['whenUsable']): UsableClusters {
  const waiting = new Set<(reason: Error) => void>();

  return {
    open(cluster, open, listener) {
      let ending: AbortController | undefined;
      let isClosed = false;
      // Hardly any subscription has to wait.
      const usable = whenUsable(cluster, {
        get signal() {
          ending ??= new AbortController();
          if (isClosed) ending.abort();
          return ending.signal;
        },
      });
      if (!usable) return open(listener);
      let inner: LiveSubscription | undefined;
      let isPaused = false;
      const close = (): void => {
        isClosed = true;
        waiting.delete(fail);
        ending?.abort();
        inner?.close();
      };
      const fail = (reason: unknown): void => {
        if (isClosed) return;
        close();
        listener.error(asError(reason));
      };
      waiting.add(fail);
      usable
        .then(() => {
          if (!waiting.delete(fail)) return;
          inner = open(listener);
          if (isPaused) inner.pause();
        })
        .catch(fail);
      return {
        cursor: () => inner?.cursor?.(),
        pause() {
          isPaused = true;
          inner?.pause();
        },
        resume() {
          isPaused = false;
          inner?.resume();
        },
        drained: async () => inner?.drained?.(),
        close,
      };
    },
    fail(reason) {
      for (const each of [...waiting]) each(reason);
    },
  };
}
