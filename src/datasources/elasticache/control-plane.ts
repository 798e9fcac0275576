import { createElastiCacheCalls, type ElastiCacheOptions } from './calls.js';
import { createClusters } from './resources/clusters.js';
import { observeLooks } from './watch/observed-looks.js';
import type { ControlPlane } from './interfaces.js';
import { shareLooks } from './watch/share-looks.js';
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
  const observed = observeLooks(() => clusters.clusters(), revision);
  const users = createUsers(calls);
  const userGroups = createUserGroups(calls);
  return {
    ...clusters,
    ...users,
    ...userGroups,
    // ElastiCache throttles an account's describes, whoever they are for.
    clusters: shareLooks(() => observed.clusters()),
    onClusters: observed.onClusters,
    users: shareLooks(() => users.users()),
    userGroups: shareLooks(() => userGroups.userGroups()),
    revision,
    onWrite,
    close: () => calls.close(),
  };
}
