import type { ControlPlane } from '../datasources/elasticache/ports.js';
import type { Cluster } from '../domain/cluster.js';
import type { User, UserGroup } from '../domain/user.js';

/** What one request knows of ElastiCache: each kind is described at most once, however many fields ask. */
export interface Inventory {
  clusters(): Promise<readonly Cluster[]>;
  users(): Promise<readonly User[]>;
  userGroups(): Promise<readonly UserGroup[]>;
  /** Null where there is none; names are case-insensitive, as ElastiCache's are. */
  cluster(name: string): Promise<Cluster | null>;
  user(userId: string): Promise<User | null>;
  userGroup(userGroupId: string): Promise<UserGroup | null>;
  /** Looks anew from here on, as the next event of a subscription must. A write of this process does so by itself. */
  forget(): void;
}

/** An inventory for one request (or one event of a subscription). */
export function createInventory(controlPlane: ControlPlane): Inventory {
  let revision = controlPlane.revision();
  let looks: { [Kind in 'clusters' | 'users' | 'userGroups']?: ReturnType<ControlPlane[Kind]> } = {};
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
    forget: () => (looks = {}),
  };
}

function named<Thing>(name: string, nameOf: (thing: Thing) => string): (thing: Thing) => boolean {
  const wanted = name.toLowerCase();
  return (thing) => nameOf(thing).toLowerCase() === wanted;
}
