import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import { sampleGroup, type GroupSample } from '../../valkey/values/streams/group-sample.js';
import type { ValkeyConnections } from '../../valkey/interfaces.js';
import { groupKey } from './group-key.js';
import { createProgressPoller, type ProgressPoller } from './progress-poller.js';
import type { GroupName, ProgressRequest } from '../interfaces.js';
import { createSharedParts } from '../shared/shared-parts.js';
import type { StreamWatches } from '../streams/stream-watches.js';

/** The groups whose progress is subscribed to. Each is sampled once for all its subscribers. */
export interface ProgressHub {
  open(request: ProgressRequest, listener: LiveListener<GroupSample>): LiveSubscription;
  /** Entries of the group were acknowledged through this process. */
  acknowledged(group: GroupName): void;
  /** Fails the subscribers of one cluster's groups, or all subscribers. */
  fail(reason: Error, cluster?: string): void;
}

export function createProgressHub(
  connections: Pick<ValkeyConnections, 'commands'>,
  watches: StreamWatches,
): ProgressHub {
  const start = ({ cluster, stream, group }: GroupName, ended: () => void): ProgressPoller => {
    let isEnded = false;
    const end = (): void => {
      if (isEnded) return;
      isEnded = true;
      watching.end();
      ended();
    };
    const poller: ProgressPoller = createProgressPoller({
      sample: async () => sampleGroup({ commands: await connections.commands(cluster), cluster, name: stream }, group),
      ended: end,
    });
    const watching = watches.add(cluster, stream, {
      mayHaveGrown: () => poller.wake(),
      restarted: () => poller.wake(),
      failed(reason) {
        // First, so that a caller that opens again within `error` receives a new poller.
        end();
        poller.fail(reason);
      },
    });
    return poller;
  };
  const pollers = createSharedParts(groupKey, start);

  return {
    open: (request, listener) => pollers.of(request).open(request.everyMs, listener),
    acknowledged: (group) => pollers.existing(group)?.wake(),
    fail: pollers.fail,
  };
}
