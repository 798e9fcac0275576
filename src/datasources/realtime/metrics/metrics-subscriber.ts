import type { ClusterMetrics } from '../../../domain/cluster/cluster-metrics.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';

/** One subscriber of a cluster's metrics. While it is paused, only the newest metrics are kept. */
export interface MetricsSubscriber extends LiveSubscription {
  hasReceived(): boolean;
  offer(metrics: ClusterMetrics): void;
  /** Offers metrics that are older than the subscriber, unless it has received newer ones. */
  offerFirst(metrics: ClusterMetrics): void;
  fail(reason: Error): void;
}

export function createMetricsSubscriber(listener: LiveListener<ClusterMetrics>, leave: () => void): MetricsSubscriber {
  let waiting: ClusterMetrics | undefined;
  let hasReceived = false;
  let isPaused = false;
  let isClosed = false;

  const send = (): void => {
    if (isPaused || isClosed || !waiting) return;
    const metrics = waiting;
    waiting = undefined;
    hasReceived = true;
    listener.next(metrics);
  };
  const offer = (metrics: ClusterMetrics): void => {
    waiting = metrics;
    send();
  };
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    leave();
  };
  return {
    hasReceived: () => hasReceived,
    offer,
    offerFirst(metrics) {
      if (!hasReceived && !waiting) offer(metrics);
    },
    fail(reason) {
      if (isClosed) return;
      close();
      listener.error(reason);
    },
    pause: () => void (isPaused = true),
    resume() {
      isPaused = false;
      send();
    },
    close,
  };
}
