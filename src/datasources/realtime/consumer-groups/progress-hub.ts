import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import { sampleGroup, type GroupSample } from '../../valkey/values/streams/group-sample.js';
import type { ValkeyConnections } from '../../valkey/interfaces.js';
import { groupKey } from './group-key.js';
import { createProgressPoller, type ProgressPoller } from './progress-poller.js';
import type { GroupName, ProgressRequest } from '../interfaces.js';
import type { StreamWatches } from '../streams/stream-watches.js';

/** The groups that are followed, each looked at once for all who follow it. */
export interface ProgressHub {
  open(request: ProgressRequest, listener: LiveListener<GroupSample>): LiveSubscription;
  /** Entries of the group were acknowledged through this process. */
  acknowledged(group: GroupName): void;
  /** Fails those who follow one cluster's groups, or all. */
  fail(reason: Error, cluster?: string): void;
}

export function createProgressHub(
  connections: Pick<ValkeyConnections, 'commands'>,
  watches: StreamWatches,
): ProgressHub {
  const samplers = new Map<string, { readonly cluster: string; readonly sampler: ProgressPoller }>();

  const start = (key: string, { cluster, stream, group }: GroupName): ProgressPoller => {
    let isEnded = false;
    const end = (): void => {
      if (isEnded) return;
      isEnded = true;
      watching.end();
      if (samplers.get(key)?.sampler === sampler) samplers.delete(key);
    };
    const sampler: ProgressPoller = createProgressPoller({
      sample: async () => sampleGroup({ commands: await connections.commands(cluster), cluster, name: stream }, group),
      ended: end,
    });
    const watching = watches.add(cluster, stream, {
      news: () => sampler.wake(),
      restarted: () => sampler.wake(),
      failed(reason) {
        // First, so that who opens again within `error` begins anew.
        end();
        sampler.fail(reason);
      },
    });
    samplers.set(key, { cluster, sampler });
    return sampler;
  };

  return {
    open(request, listener) {
      const key = groupKey(request);
      return (samplers.get(key)?.sampler ?? start(key, request)).open(request.everyMs, listener);
    },
    acknowledged: (group) => samplers.get(groupKey(group))?.sampler.wake(),
    fail(reason, cluster) {
      for (const existing of [...samplers.values()]) {
        if (cluster === undefined || existing.cluster === cluster) existing.sampler.fail(reason);
      }
    },
  };
}
