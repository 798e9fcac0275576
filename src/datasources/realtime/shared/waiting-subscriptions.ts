import { asError } from '../../../runtime/errors.js';
import type { ValkeyConnections } from '../../valkey/interfaces.js';
import type { LiveListener, LiveSource, LiveSubscription } from '../../../runtime/live-source.js';

/** Subscriptions that wait until their cluster is created. They have no deadline, since a subscription has none. */
export interface WaitingSubscriptions {
  /** Opens the subscription as soon as the data of its cluster can be used, usually immediately. */
  open<Event>(cluster: string, open: LiveSource<Event>['open'], listener: LiveListener<Event>): LiveSubscription;
  /** Fails the subscriptions that wait. */
  fail(reason: Error): void;
}

export function createWaitingSubscriptions(whenUsable: ValkeyConnections['whenUsable']): WaitingSubscriptions {
  const waiting = new Set<(reason: Error) => void>();

  return {
    open(cluster, open, listener) {
      let ending: AbortController | undefined;
      let isClosed = false;
      // Created on demand, since hardly any subscription has to wait.
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
      for (const failOne of [...waiting]) failOne(reason);
    },
  };
}
