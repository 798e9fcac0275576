import { createElastiCacheCalls, type ElastiCacheOptions } from './calls.js';
import { createClusters } from './resources/clusters.js';
import { observeClusters } from './watch/observe-clusters.js';
import type { ControlPlane } from './interfaces.js';
import { shareInFlight } from './watch/share-in-flight.js';
import { createUserGroups } from './resources/user-groups.js';
import { createUsers } from './resources/users.js';
import { countWrites } from './write-count.js';

/** Amazon ElastiCache, or the local endpoint, behind the port; `close` ends its idle connections. */
export interface ElastiCacheControlPlane extends ControlPlane {
  close(): void;
}

/** Makes the control plane without talking to it: a wrong endpoint or credential shows at the first call. */
export function createElastiCacheControlPlane(options: ElastiCacheOptions): ElastiCacheControlPlane {
  const { calls, revision, onWrite } = countWrites(createElastiCacheCalls(options));
  const clusters = createClusters(calls);
  const observed = observeClusters(() => clusters.clusters(), revision);
  const users = createUsers(calls);
  const userGroups = createUserGroups(calls);
  return {
    ...clusters,
    ...users,
    ...userGroups,
    // ElastiCache throttles an account's describes, whoever they are for.
    clusters: shareInFlight(() => observed.clusters()),
    onClusters: observed.onClusters,
    users: shareInFlight(() => users.users()),
    userGroups: shareInFlight(() => userGroups.userGroups()),
    revision,
    onWrite,
    close: () => calls.close(),
  };
}
