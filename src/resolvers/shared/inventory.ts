import { asError } from '../../runtime/errors.js';
import DataLoader from 'dataloader';
import type { ClusterEvent, ControlPlane } from '../../datasources/elasticache/interfaces.js';
import type { Cluster } from '../../domain/cluster/cluster.js';
import type { User, UserGroup } from '../../domain/user/user.js';
import type { Tag } from '../../domain/tags.js';

/** What one request knows of ElastiCache: each kind is described at most once, however many fields ask. */
export interface Inventory {
  clusters(): Promise<readonly Cluster[]>;
  users(): Promise<readonly User[]>;
  userGroups(): Promise<readonly UserGroup[]>;
  /** Null where there is none; names are case-insensitive, as ElastiCache's are. */
  cluster(name: string): Promise<Cluster | null>;
  user(userId: string): Promise<User | null>;
  userGroup(userGroupId: string): Promise<UserGroup | null>;
  /** What ElastiCache has noted about a cluster since it was created, oldest first: one request for all clusters that are asked about. */
  events(cluster: Cluster): Promise<readonly ClusterEvent[]>;
  /** Of an ARN, read once. */
  tags(arn: string): Promise<readonly Tag[]>;
  /** Looks again from here on, as the next event of a subscription must. A write of this process does so by itself. */
  forget(): void;
}

type Looks = { [Kind in 'clusters' | 'users' | 'userGroups']?: ReturnType<ControlPlane[Kind]> } & {
  events?: DataLoader<Cluster, readonly ClusterEvent[], string>;
  tags?: DataLoader<string, readonly Tag[]>;
};

/** An inventory for one request (or one event of a subscription). */
export function createInventory(controlPlane: ControlPlane): Inventory {
  let revision = controlPlane.revision();
  let looks: Looks = {};
  const look = (): typeof looks => {
    if (revision !== controlPlane.revision()) looks = {};
    revision = controlPlane.revision();
    return looks;
  };

  const clusters = () => (look().clusters ??= controlPlane.clusters());
  const users = () => (look().users ??= controlPlane.users());
  const userGroups = () => (look().userGroups ??= controlPlane.userGroups());
  return {
    clusters,
    users,
    userGroups,
    cluster: async (name) => (await clusters()).find(named(name, (cluster) => cluster.name)) ?? null,
    user: async (userId) => (await users()).find(named(userId, (user) => user.userId)) ?? null,
    userGroup: async (id) => (await userGroups()).find(named(id, (group) => group.userGroupId)) ?? null,
    events: (cluster) => (look().events ??= eventsLoader(controlPlane)).load(cluster),
    tags: (arn) => (look().tags ??= tagsLoader(controlPlane)).load(arn),
    forget: () => (looks = {}),
  };
}

function named<Thing>(name: string, nameOf: (thing: Thing) => string): (thing: Thing) => boolean {
  const wanted = name.toLowerCase();
  return (thing) => nameOf(thing).toLowerCase() === wanted;
}

/** ElastiCache keeps events for 14 days, and refuses an older start. */
const longestMs = 14 * 24 * 60 * 60 * 1000 - 60_000;

function eventsLoader(controlPlane: ControlPlane): DataLoader<Cluster, readonly ClusterEvent[], string> {
  return new DataLoader(
    async (clusters) => {
      const earliest = Math.min(...clusters.map(({ createdAt }) => createdAt?.getTime() ?? 0));
      const since = new Date(Math.max(earliest, Date.now() - longestMs));
      const events = await controlPlane.clusterEvents({ clusters: clusters.map(({ name }) => name), since });
      // A cluster of the same name may have been deleted before.
      return clusters.map(({ name, createdAt }) =>
        events.filter(({ cluster, at }) => cluster === name && (at?.getTime() ?? 0) >= (createdAt?.getTime() ?? 0)),
      );
    },
    { cacheKeyFn: ({ name }) => name },
  );
}

/** ElastiCache answers the tags of one resource at a time. */
function tagsLoader(controlPlane: ControlPlane): DataLoader<string, readonly Tag[]> {
  const readOne = (arn: string): Promise<readonly Tag[] | Error> => controlPlane.tags(arn).catch(asError);
  return new DataLoader((arns) => Promise.all(arns.map(readOne)));
}
