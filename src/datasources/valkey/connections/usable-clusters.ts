import type { Cluster } from '../../../domain/cluster/cluster.js';
import { awaitsEndpoint } from '../../../domain/cluster/cluster-incarnation.js';
import { within } from './attempts.js';
import type { ValkeyLimits } from './limits.js';
import type { AccessRequest, ClusterDirectory } from '../interfaces.js';

/** Finds clusters whose data is to be used. */
export interface UsableClusters {
  /**
   * For a request. The lookup has a short deadline. After it, the request may wait for a cluster that is CREATING or whose nodes are
   * restarting.
   */
  forRequest(name: string, request: AccessRequest): Promise<Cluster>;
  /** For a subscription, whose lookup has no deadline. */
  forSubscription(name: string, request: AccessRequest): Promise<Cluster>;
}

export function createUsableClusters(
  directory: ClusterDirectory,
  { connectMs, replyMs }: ValkeyLimits,
): UsableClusters {
  const finding = new Map<string, Promise<Cluster>>();
  /** Concurrent callers share one lookup: thousands of subscriptions may open at once. */
  const find = (name: string): Promise<Cluster> => {
    const current = finding.get(name);
    if (current) return current;
    const found = directory.find(name);
    finding.set(name, found);
    const remove = (): void => void finding.delete(name);
    found.then(remove, remove);
    return found;
  };
  /** Reads `request.signal` only if it is needed, because reading it creates an AbortController. */
  const whenUsable = (cluster: Cluster, request: AccessRequest): Promise<Cluster> =>
    directory.whenUsable(cluster, awaitsEndpoint(cluster) ? request.signal : undefined);
  return {
    forRequest: async (name, request) =>
      whenUsable(await within(connectMs + replyMs / 4, 'looking up the cluster', find(name)), request),
    forSubscription: async (name, request) => whenUsable(await find(name), request),
  };
}
