import { asError } from '../../runtime/errors.js';
import DataLoader from 'dataloader';
import type { ClusterEvent, ControlPlane } from '../../datasources/elasticache/interfaces.js';
import type { AllowedNodeTypes, OfferedVersion } from '../../datasources/elasticache/shared-resources.js';
import type { Cluster } from '../../domain/cluster/cluster.js';
import type { Parameter, ParameterGroup } from '../../domain/parameters/parameter-group.js';
import type { Snapshot } from '../../domain/cluster/snapshot.js';
import type { SubnetGroup } from '../../domain/cluster/subnet-group.js';
import { eventsKeptMs, type ResourceEvent, type ResourceKind } from '../../domain/resource-event.js';
import { createConcurrencyLimit } from '../../runtime/concurrency-limit.js';
import type { User, UserGroup } from '../../domain/user/user.js';
import type { Tag } from '../../domain/tags.js';

/** One request's view of ElastiCache: each kind of resource is described at most once, however many fields read it. */
export interface Inventory {
  clusters(): Promise<readonly Cluster[]>;
  users(): Promise<readonly User[]>;
  userGroups(): Promise<readonly UserGroup[]>;
  parameterGroups(): Promise<readonly ParameterGroup[]>;
  subnetGroups(): Promise<readonly SubnetGroup[]>;
  engineVersions(): Promise<readonly OfferedVersion[]>;
  snapshots(): Promise<readonly Snapshot[]>;
  /** Null if none exists. Names are case-insensitive, as in ElastiCache. */
  cluster(name: string): Promise<Cluster | null>;
  user(userId: string): Promise<User | null>;
  userGroup(userGroupId: string): Promise<UserGroup | null>;
  parameterGroup(name: string): Promise<ParameterGroup | null>;
  subnetGroup(name: string): Promise<SubnetGroup | null>;
  snapshot(name: string): Promise<Snapshot | null>;
  /** ElastiCache's events of a cluster since its creation, oldest first. The clusters of a request share one call, and its cache clusters another. */
  events(cluster: Cluster): Promise<readonly ClusterEvent[]>;
  /** The events of all resources since a time, oldest first. All fields of a request that read events share one read. */
  allEvents(since: Date): Promise<readonly ResourceEvent[]>;
  /** The events of a kind of resource, or of one of them. */
  eventsOf(source: ResourceKind, sourceName: string | undefined, since: Date): Promise<readonly ResourceEvent[]>;
  /** The parameters of a group, or those that differ from the family's. Each group is read once. */
  parameters(parameterGroup: string, changedOnly: boolean): Promise<readonly Parameter[]>;
  allowedNodeTypes(cluster: Cluster): Promise<AllowedNodeTypes>;
  /** The tags of a resource, by ARN. Each is read once. */
  tags(arn: string): Promise<readonly Tag[]>;
  /** Discards all that was read. Writes through this process do so on their own. */
  forget(): void;
}

type Kind = 'clusters' | 'users' | 'userGroups' | 'parameterGroups' | 'subnetGroups' | 'engineVersions' | 'snapshots';

type Described = { [Each in Kind]?: ReturnType<ControlPlane[Each]> } & {
  events?: DataLoader<Cluster, readonly ClusterEvent[], string>;
  allEvents?: DataLoader<Date, readonly ResourceEvent[], number>;
  parameters?: DataLoader<ParametersKey, readonly Parameter[], string>;
  allowedNodeTypes?: DataLoader<Cluster, AllowedNodeTypes, string>;
  tags?: DataLoader<string, readonly Tag[]>;
};

interface ParametersKey {
  readonly parameterGroup: string;
  readonly changedOnly: boolean;
}

/** An inventory for one request (or one event of a subscription). */
export function createInventory(controlPlane: ControlPlane): Inventory {
  let revision = controlPlane.revision();
  let described: Described = {};
  // Shared by all kinds of calls that are made once per resource.
  const limited = createConcurrencyLimit(mostCallsAtOnce);
  const current = (): Described => {
    if (revision !== controlPlane.revision()) described = {};
    revision = controlPlane.revision();
    return described;
  };

  const clusters = () => (current().clusters ??= controlPlane.clusters());
  const users = () => (current().users ??= controlPlane.users());
  const userGroups = () => (current().userGroups ??= controlPlane.userGroups());
  const readParameters = ({ parameterGroup, changedOnly }: ParametersKey) =>
    controlPlane.parameters({ parameterGroup, source: changedOnly ? 'USER' : undefined });
  const parameterGroups = () => (current().parameterGroups ??= controlPlane.parameterGroups());
  const subnetGroups = () => (current().subnetGroups ??= controlPlane.subnetGroups());
  const snapshots = () => (current().snapshots ??= controlPlane.snapshots());
  return {
    clusters,
    users,
    userGroups,
    parameterGroups,
    subnetGroups,
    snapshots,
    engineVersions: () => (current().engineVersions ??= controlPlane.engineVersions()),
    cluster: async (name) => (await clusters()).find(hasName(name, (cluster) => cluster.name)) ?? null,
    user: async (userId) => (await users()).find(hasName(userId, (user) => user.userId)) ?? null,
    userGroup: async (id) => (await userGroups()).find(hasName(id, (group) => group.userGroupId)) ?? null,
    parameterGroup: async (name) => (await parameterGroups()).find(hasName(name, (group) => group.name)) ?? null,
    subnetGroup: async (name) => (await subnetGroups()).find(hasName(name, (group) => group.name)) ?? null,
    snapshot: async (name) => (await snapshots()).find(hasName(name, (snapshot) => snapshot.name)) ?? null,
    allEvents: (since) => (current().allEvents ??= allEventsLoader(controlPlane)).load(since),
    eventsOf: (source, sourceName, since) => controlPlane.resourceEvents({ source, sourceName, since: kept(since) }),
    parameters: (parameterGroup, changedOnly) =>
      (current().parameters ??= eachAlone(limited, readParameters, parametersKey)).load({
        parameterGroup,
        changedOnly,
      }),
    allowedNodeTypes: (cluster) =>
      (current().allowedNodeTypes ??= eachAlone(
        limited,
        ({ name, isCacheCluster }) => controlPlane.allowedNodeTypes({ cluster: name, isCacheCluster }),
        ({ name }) => name,
      )).load(cluster),
    events: (cluster) => (current().events ??= eventsLoader(controlPlane)).load(cluster),
    tags: (arn) => (current().tags ??= eachAlone(limited, (one) => controlPlane.tags(one))).load(arn),
    forget: () => (described = {}),
  };
}

function hasName<Item>(name: string, nameOf: (item: Item) => string): (item: Item) => boolean {
  const lowerCase = name.toLowerCase();
  return (item) => nameOf(item).toLowerCase() === lowerCase;
}

function eventsLoader(controlPlane: ControlPlane): DataLoader<Cluster, readonly ClusterEvent[], string> {
  return new DataLoader(
    async (clusters) => {
      const earliest = Math.min(...clusters.map(({ createdAt }) => createdAt?.getTime() ?? 0));
      const since = new Date(Math.max(earliest, Date.now() - eventsKeptMs));
      const read = async (areCacheClusters: boolean) => {
        const names = clusters.flatMap(({ name, isCacheCluster }) =>
          isCacheCluster === areCacheClusters ? [name] : [],
        );
        return names.length === 0 ? [] : controlPlane.clusterEvents({ clusters: names, areCacheClusters, since });
      };
      const events = (await Promise.all([read(false), read(true)])).flat();
      // Earlier events may belong to a deleted cluster of the same name.
      return clusters.map(({ name, createdAt }) =>
        events.filter(({ cluster, at }) => cluster === name && (at?.getTime() ?? 0) >= (createdAt?.getTime() ?? 0)),
      );
    },
    { cacheKeyFn: ({ name }) => name },
  );
}

/** The time itself, or the nearest that ElastiCache accepts. */
function kept(since: Date): Date {
  const now = Date.now();
  return new Date(Math.min(now, Math.max(since.getTime(), now - eventsKeptMs)));
}

function allEventsLoader(controlPlane: ControlPlane): DataLoader<Date, readonly ResourceEvent[], number> {
  return new DataLoader(
    async (starts) => {
      const earliest = Math.min(...starts.map((since) => since.getTime()));
      const events = await controlPlane.resourceEvents({ since: kept(new Date(earliest)) });
      return starts.map((since) => events.filter(({ at }) => at.getTime() >= since.getTime()));
    },
    { cacheKeyFn: (since) => since.getTime() },
  );
}

const parametersKey = ({ parameterGroup, changedOnly }: ParametersKey): string =>
  `${changedOnly ? 'changed' : 'all'} ${parameterGroup}`;

/** The most calls of one request at the same time, because ElastiCache throttles the requests of a whole account. */
const mostCallsAtOnce = 10;

/** Loads each key with a call of its own, because ElastiCache has no call for several of them. */
function eachAlone<Key, Value, Id = Key>(
  limited: ReturnType<typeof createConcurrencyLimit>,
  read: (key: Key) => Promise<Value>,
  cacheKeyFn?: (key: Key) => Id,
): DataLoader<Key, Value, Id> {
  const readOne = (key: Key): Promise<Value | Error> => limited(() => read(key)).catch(asError);
  return new DataLoader((keys) => Promise.all(keys.map(readOne)), cacheKeyFn && { cacheKeyFn });
}
