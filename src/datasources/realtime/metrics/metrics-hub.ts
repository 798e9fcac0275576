import type { ClusterMetrics } from '../../../domain/cluster/cluster-metrics.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import type { ValkeyConnections } from '../../valkey/interfaces.js';
import { readCounters } from '../../valkey/values/nodes/node-counters.js';
import type { MetricsRequest } from '../interfaces.js';
import { asFailure } from '../shared/failure.js';
import { createSharedParts } from '../shared/shared-parts.js';
import { createMetricsSampler, type NodeSample } from './metrics-sampler.js';

/** The clusters whose metrics are subscribed to. Each is sampled once for all subscribers with the same interval. */
export interface MetricsHub {
  open(request: MetricsRequest, listener: LiveListener<ClusterMetrics>): LiveSubscription;
  /** Fails the subscribers of one cluster, or all subscribers. */
  fail(reason: Error, cluster?: string): void;
}

export function createMetricsHub(connections: Pick<ValkeyConnections, 'commands'>): MetricsHub {
  const sampleAll = async (cluster: string): Promise<readonly NodeSample[]> => {
    const commands = await connections.commands(cluster);
    return Promise.all(
      commands.nodes().map(async (node) => ({
        node,
        counters: await readCounters(node).catch(asFailure),
      })),
    );
  };
  const samplers = createSharedParts(
    ({ cluster, everyMs }: MetricsRequest) => `${everyMs} ${cluster}`,
    ({ cluster, everyMs }, ended) =>
      createMetricsSampler({ clusterName: cluster, everyMs, sample: () => sampleAll(cluster), ended }),
  );
  return { open: (request, listener) => samplers.of(request).open(listener), fail: samplers.fail };
}
