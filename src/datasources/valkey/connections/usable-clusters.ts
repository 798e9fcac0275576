import type { Cluster } from '../../../domain/cluster/cluster.js';
import { awaitsEndpoint } from '../../../domain/cluster/cluster-incarnation.js';
import { within } from './attempts.js';
import type { ValkeyLimits } from './limits.js';
import type { AccessRequest, ClusterDirectory } from '../interfaces.js';

/** Finds clusters for those who want to use their data. */
export interface UsableClusters {
  /** For a request, which is answered soon if the cluster cannot be found; it may wait for one that is CREATING, or whose nodes are starting again. */
  forRequest(name: string, request: AccessRequest): Promise<Cluster>;
  /** For a subscription, which has time. */
  forSubscription(name: string, request: AccessRequest): Promise<Cluster>;
}

export function createUsableClusters(
  directory: ClusterDirectory,
  { connectMs, replyMs }: ValkeyLimits,
): UsableClusters {
  const finding = new Map<string, Promise<Cluster>>();
  /** One look for all who come in the same moment: thousands of subscriptions may be opened at once. */
  const find = (name: string): Promise<Cluster> => {
    const begun = finding.get(name);
    if (begun) return begun;
    const found = directory.find(name);
    finding.set(name, found);
    const over = (): void => void finding.delete(name);
    found.then(over, over);
    return found;
  };
  /** The signal is made when it is asked for. */
  const whenUsable = (cluster: Cluster, request: AccessRequest): Promise<Cluster> =>
    directory.whenUsable(cluster, awaitsEndpoint(cluster) ? request.signal : undefined);
  return {
    forRequest: async (name, request) =>
      whenUsable(await within(connectMs + replyMs / 4, 'looking up the cluster', find(name)), request),
    forSubscription: async (name, request) => whenUsable(await find(name), request),
  };
}
