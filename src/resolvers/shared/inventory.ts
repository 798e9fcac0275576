import { asError } from '../../runtime/errors.js';
import DataLoader from 'dataloader';
import type { ClusterEvent, ControlPlane } from '../../datasources/elasticache/interfaces.js';
import type { Cluster } from '../../domain/cluster/cluster.js';
import type { User, UserGroup } from '../../domain/user/user.js';
import type { Tag } from '../../domain/tags.js';

/** One request's view of ElastiCache: each kind of resource is described at most once, however many fields read it. */
export interface Inventory {
  clusters(): Promise<readonly Cluster[]>;
  users(): Promise<readonly User[]>;
  userGroups(): Promise<readonly UserGroup[]>;
  /** Null if none exists. Names are case-insensitive, as in ElastiCache. */
  cluster(name: string): Promise<Cluster | null>;
  user(userId: string): Promise<User | null>;
  userGroup(userGroupId: string): Promise<UserGroup | null>;
  /** ElastiCache's events of a cluster since its creation, oldest first. All clusters of a request share one call. */
  events(cluster: Cluster): Promise<readonly ClusterEvent[]>;
  /** The tags of a resource, by ARN. Each is read once. */
  tags(arn: string): Promise<readonly Tag[]>;
  /** Discards all that was read. Writes through this process do so on their own. */
  forget(): void;
}

type Described = { [Kind in 'clusters' | 'users' | 'userGroups']?: ReturnType<ControlPlane[Kind]> } & {
  events?: DataLoader<Cluster, readonly ClusterEvent[], string>;
  tags?: DataLoader<string, readonly Tag[]>;
};

/** An inventory for one request (or one event of a subscription). */
export function createInventory(controlPlane: ControlPlane): Inventory {
  let revision = controlPlane.revision();
  let described: Described = {};
  const current = (): Described => {
    if (revision !== controlPlane.revision()) described = {};
    revision = controlPlane.revision();
    return described;
  };

  const clusters = () => (current().clusters ??= controlPlane.clusters());
  const users = () => (current().users ??= controlPlane.users());
  const userGroups = () => (current().userGroups ??= controlPlane.userGroups());
  return {
    clusters,
    users,
    userGroups,
    cluster: async (name) => (await clusters()).find(hasName(name, (cluster) => cluster.name)) ?? null,
    user: async (userId) => (await users()).find(hasName(userId, (user) => user.userId)) ?? null,
    userGroup: async (id) => (await userGroups()).find(hasName(id, (group) => group.userGroupId)) ?? null,
    events: (cluster) => (current().events ??= eventsLoader(controlPlane)).load(cluster),
    tags: (arn) => (current().tags ??= tagsLoader(controlPlane)).load(arn),
    forget: () => (described = {}),
  };
}

function hasName<Item>(name: string, nameOf: (item: Item) => string): (item: Item) => boolean {
  const lowerCase = name.toLowerCase();
  return (item) => nameOf(item).toLowerCase() === lowerCase;
}

/** ElastiCache keeps events for 14 days and refuses an earlier start; a minute less allows for clock skew. */
const longestMs = 14 * 24 * 60 * 60 * 1000 - 60_000;

function eventsLoader(controlPlane: ControlPlane): DataLoader<Cluster, readonly ClusterEvent[], string> {
  return new DataLoader(
    async (clusters) => {
      const earliest = Math.min(...clusters.map(({ createdAt }) => createdAt?.getTime() ?? 0));
      const since = new Date(Math.max(earliest, Date.now() - longestMs));
      const events = await controlPlane.clusterEvents({ clusters: clusters.map(({ name }) => name), since });
      // Earlier events may belong to a deleted cluster of the same name.
      return clusters.map(({ name, createdAt }) =>
        events.filter(({ cluster, at }) => cluster === name && (at?.getTime() ?? 0) >= (createdAt?.getTime() ?? 0)),
      );
    },
    { cacheKeyFn: ({ name }) => name },
  );
}

/** ElastiCache has no call for the tags of several resources. */
function tagsLoader(controlPlane: ControlPlane): DataLoader<string, readonly Tag[]> {
  const readOne = (arn: string): Promise<readonly Tag[] | Error> => controlPlane.tags(arn).catch(asError);
  return new DataLoader((arns) => Promise.all(arns.map(readOne)));
}
