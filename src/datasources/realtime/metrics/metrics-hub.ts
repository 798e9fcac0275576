import type { ClusterMetrics } from '../../../domain/cluster/cluster-metrics.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import type { ValkeyConnections } from '../../valkey/interfaces.js';
import { readCounters } from '../../valkey/values/nodes/node-counters.js';
import type { MetricsRequest } from '../interfaces.js';
import { asFailure } from '../shared/failure.js';
import { createMetricsSampler, type MetricsSampler, type NodeSample } from './metrics-sampler.js';

/** The clusters whose metrics are subscribed to. Each is sampled once for all subscribers with the same interval. */
export interface MetricsHub {
  open(request: MetricsRequest, listener: LiveListener<ClusterMetrics>): LiveSubscription;
  /** Fails the subscribers of one cluster, or all subscribers. */
  fail(reason: Error, cluster?: string): void;
}

export function createMetricsHub(connections: Pick<ValkeyConnections, 'commands'>): MetricsHub {
  const samplers = new Map<string, { readonly cluster: string; readonly sampler: MetricsSampler }>();

  const sampleAll = async (cluster: string): Promise<readonly NodeSample[]> => {
    const commands = await connections.commands(cluster);
    return Promise.all(
      commands.nodes().map(async (node) => ({
        node,
        counters: await readCounters(node).catch(asFailure),
      })),
    );
  };
  const start = (key: string, { cluster, everyMs }: MetricsRequest): MetricsSampler => {
    const sampler: MetricsSampler = createMetricsSampler({
      clusterName: cluster,
      everyMs,
      sample: () => sampleAll(cluster),
      ended() {
        if (samplers.get(key)?.sampler === sampler) samplers.delete(key);
      },
    });
    samplers.set(key, { cluster, sampler });
    return sampler;
  };
  return {
    open(request, listener) {
      const key = `${request.everyMs} ${request.cluster}`;
      return (samplers.get(key)?.sampler ?? start(key, request)).open(listener);
    },
    fail(reason, cluster) {
      for (const existing of [...samplers.values()]) {
        if (cluster === undefined || existing.cluster === cluster) existing.sampler.fail(reason);
      }
    },
  };
}
