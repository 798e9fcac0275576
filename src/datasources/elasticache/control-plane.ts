import { createElastiCacheCalls, type ElastiCacheOptions } from './calls.js';
import { createClusters } from './resources/clusters/clusters.js';
import { observeClusters } from './watch/observe-clusters.js';
import type { ControlPlane } from './interfaces.js';
import { createEvents } from './resources/events.js';
import { createNodeOwners } from './resources/node-owners.js';
import { createOffers } from './resources/offers.js';
import { createParameterGroups } from './resources/parameter-groups.js';
import { createParameters } from './resources/parameters.js';
import { createSnapshots } from './resources/snapshots.js';
import { createSubnetGroups } from './resources/subnet-groups.js';
import { createTags } from './resources/tags.js';
import { shareInFlight } from './watch/share-in-flight.js';
import { createUserGroups } from './resources/user-groups.js';
import { createUsers } from './resources/users.js';
import { countWrites } from './write-count.js';

/** Amazon ElastiCache or the local endpoint as a control plane. */
export interface ElastiCacheControlPlane extends ControlPlane {
  /** Closes idle connections. */
  close(): void;
}

/** Does no I/O. A wrong endpoint or credential is reported by the first call. */
export function createElastiCacheControlPlane(options: ElastiCacheOptions): ElastiCacheControlPlane {
  const { calls, revision, onWrite } = countWrites(createElastiCacheCalls(options));
  const clusters = createClusters(calls);
  const observed = observeClusters(() => clusters.clusters(), revision);
  // ElastiCache throttles the describe requests of a whole account.
  const readClusters = shareInFlight(() => observed.clusters());
  const owners = createNodeOwners(readClusters, observed.onClusters);
  const snapshots = createSnapshots(calls, owners);
  const users = createUsers(calls);
  const userGroups = createUserGroups(calls);
  const parameterGroups = createParameterGroups(calls);
  const subnetGroups = createSubnetGroups(calls);
  const offers = createOffers(calls);
  return {
    ...clusters,
    ...createParameters(calls),
    ...parameterGroups,
    ...subnetGroups,
    ...offers,
    ...createEvents(calls, owners),
    ...createTags(calls),
    ...snapshots,
    ...users,
    ...userGroups,
    clusters: readClusters,
    onClusters: observed.onClusters,
    snapshots: shareInFlight(() => snapshots.snapshots()),
    users: shareInFlight(() => users.users()),
    userGroups: shareInFlight(() => userGroups.userGroups()),
    parameterGroups: shareInFlight(() => parameterGroups.parameterGroups()),
    subnetGroups: shareInFlight(() => subnetGroups.subnetGroups()),
    engineVersions: shareInFlight(() => offers.engineVersions()),
    revision,
    onWrite,
    close: () => calls.close(),
  };
}
