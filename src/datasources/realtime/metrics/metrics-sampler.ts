import {
  clusterMetricsOf,
  loadOf,
  type ClusterMetrics,
  type NodeCounters,
  type NodeMetrics,
} from '../../../domain/cluster/cluster-metrics.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import type { ValkeyNode } from '../../valkey/interfaces.js';
import { asFailure } from '../shared/failure.js';
import { waitsForReconnection } from '../shared/reconnection-policy.js';
import { createMetricsSubscriber, type MetricsSubscriber } from './metrics-subscriber.js';

/** Samples the nodes of one cluster at one interval for all its subscribers, as long as there are any. */
export interface MetricsSampler {
  open(listener: LiveListener<ClusterMetrics>): LiveSubscription;
  fail(reason: Error): void;
}

/** The counters of a node, or the reason why it did not report them. */
export interface NodeSample {
  readonly node: Pick<ValkeyNode, 'endpoint' | 'isPrimary'>;
  readonly counters: NodeCounters | Error;
}

interface MetricsSamplerOptions {
  readonly clusterName: string;
  readonly everyMs: number;
  readonly sample: () => Promise<readonly NodeSample[]>;
  /** Called once, when the last subscriber has left. */
  readonly ended: () => void;
}

/** The longest pause between the first two samples, which have the first rates, and after a sample that failed. */
const soonMs = 1000;
/** The shortest pause, for nodes that answer only after the next sample is due. */
const breathMs = 100;

export function createMetricsSampler({ clusterName, everyMs, sample, ended }: MetricsSamplerOptions): MetricsSampler {
  const subscribers = new Set<MetricsSubscriber>();
  /** By address. A node that does not answer keeps its last counters, so that its rates are right when it answers again. */
  let known: ReadonlyMap<string, NodeCounters> | undefined;
  let last: ClusterMetrics | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStarted = false;
  let isEnded = false;

  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    clearTimeout(timer);
    ended();
  };
  const sampleNow = async (): Promise<void> => {
    const startedAt = performance.now();
    const pauseMs = await sampleOnce();
    if (isEnded) return;
    const waitMs = startedAt + pauseMs - performance.now();
    timer = setTimeout(() => void sampleNow(), Math.max(breathMs, waitMs)).unref();
  };
  /** Resolves to the time from this sample to the next. */
  const sampleOnce = async (): Promise<number> => {
    try {
      const samples = await sample();
      if (isEnded) return everyMs;
      const metrics = take(samples);
      if (metrics) {
        for (const subscriber of [...subscribers]) subscriber.offer(metrics);
        return everyMs;
      }
    } catch (error) {
      // A subscriber that comes now learns the reason.
      last = undefined;
      failThoseThatWait(asFailure(error));
    }
    return Math.min(everyMs, soonMs);
  };
  /** Undefined after the first sample, which has no rates. */
  const take = (samples: readonly NodeSample[]): ClusterMetrics | undefined => {
    const before = known;
    const answered = samples.filter(({ counters }) => !(counters instanceof Error));
    const [first] = samples;
    if (!before && answered.length === 0 && first?.counters instanceof Error) throw first.counters;
    const nodes = samples.map(({ node, counters }): NodeMetrics => {
      const load = counters instanceof Error ? counters : loadOf(before?.get(addressOf(node)), counters);
      return { clusterName, endpoint: node.endpoint, isPrimary: node.isPrimary, load };
    });
    known = new Map(
      samples.flatMap(({ node, counters }) => {
        const newest = counters instanceof Error ? before?.get(addressOf(node)) : counters;
        return newest ? [[addressOf(node), newest] as const] : [];
      }),
    );
    return before && (last = clusterMetricsOf(nodes));
  };
  const failThoseThatWait = (reason: Error): void => {
    for (const subscriber of [...subscribers]) {
      if (!waitsForReconnection(reason, subscriber.hasReceived())) subscriber.fail(reason);
    }
  };

  return {
    open(listener) {
      const subscriber = createMetricsSubscriber(listener, () => {
        subscribers.delete(subscriber);
        if (subscribers.size === 0) end();
      });
      subscribers.add(subscriber);
      if (!isStarted) {
        isStarted = true;
        void sampleNow();
      } else if (last) {
        const newest = last;
        queueMicrotask(() => subscriber.offerFirst(newest));
      }
      return subscriber;
    },
    fail(reason) {
      for (const subscriber of [...subscribers]) subscriber.fail(reason);
    },
  };
}

function addressOf({ endpoint: { host, port } }: NodeSample['node']): string {
  return `${host}:${port}`;
}
