import { createElastiCacheCalls, type ElastiCacheOptions } from './calls.js';
import { createClusters } from './clusters.js';
import type { ControlPlane } from './ports.js';
import { createUserGroups } from './user-groups.js';
import { createUsers } from './users.js';
import { countWrites } from './write-count.js';

/** Amazon ElastiCache, or the local endpoint, behind the port; `close` ends its idle connections. */
export interface ElastiCacheControlPlane extends ControlPlane {
  close(): void;
}

/** Makes the control plane without talking to it: a wrong endpoint or credential shows at the first call. */
export function createElastiCacheControlPlane(options: ElastiCacheOptions): ElastiCacheControlPlane {
  const { calls, revision, onWrite } = countWrites(createElastiCacheCalls(options));
  return {
    ...createClusters(calls),
    ...createUsers(calls),
    ...createUserGroups(calls),
    revision,
    onWrite,
    close: () => calls.close(),
  };
}
