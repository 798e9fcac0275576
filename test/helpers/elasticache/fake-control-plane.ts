import { observeClusters } from '../../../src/datasources/elasticache/watch/observe-clusters.js';
import type { ClusterEvent, ControlPlane } from '../../../src/datasources/elasticache/interfaces.js';
import { clusterOfConfiguration } from '../../../src/domain/cluster/configured-cluster.js';
import type { Cluster } from '../../../src/domain/cluster/cluster.js';
import { ExpectedFailure } from '../../../src/domain/errors.js';
import type { AuthTokenChange, ClusterModification, NewCluster } from '../../../src/domain/cluster/new-cluster.js';
import type { Snapshot } from '../../../src/domain/cluster/snapshot.js';
import type { User, UserGroup } from '../../../src/domain/user/user.js';
import { createFakeSharedResources, type FakeSharedResources } from './fake-shared-resources.js';

/** An ElastiCache cluster without cluster mode; tests override the properties that matter. */
export function aCluster(name: string, differing: Partial<Cluster> = {}): Cluster {
  const endpoint = { host: `${name}.example`, port: 6379 };
  return {
    ...clusterOfConfiguration({ name, endpoint, clusterMode: 'DISABLED', tls: false }),
    source: 'ELASTICACHE',
    arn: `arn:aws:elasticache:us-east-1:123456789012:replicationgroup:${name}`,
    engine: 'VALKEY',
    createdAt: new Date('2026-01-01T00:00:00Z'),
    ...differing,
  };
}

export function aUser(userId: string, differing: Partial<User> = {}): User {
  return {
    userId,
    userName: userId,
    arn: `arn:aws:elasticache:us-east-1:123456789012:user:${userId}`,
    status: 'ACTIVE',
    engine: 'VALKEY',
    accessString: 'on ~* +@all',
    authentication: { type: 'PASSWORD', passwordCount: 1 },
    userGroupIds: [],
    ...differing,
  };
}

export function aUserGroup(userGroupId: string, differing: Partial<UserGroup> = {}): UserGroup {
  return {
    userGroupId,
    arn: `arn:aws:elasticache:us-east-1:123456789012:usergroup:${userGroupId}`,
    status: 'ACTIVE',
    engine: 'VALKEY',
    userIds: [],
    clusterNames: [],
    pendingChanges: null,
    ...differing,
  };
}

export function aSnapshot(name: string, differing: Partial<Snapshot> = {}): Snapshot {
  return {
    name,
    arn: `arn:aws:elasticache:us-east-1:123456789012:snapshot:${name}`,
    status: 'AVAILABLE',
    source: 'MANUAL',
    clusterName: 'orders',
    createdAt: new Date('2026-01-01T00:00:00Z'),
    sizeBytes: 1024 * 1024,
    engine: 'VALKEY',
    engineVersion: '8.0',
    nodeType: 'cache.t3.small',
    shardCount: 1,
    ...differing,
  };
}

/** A control plane in memory. Tests change its state directly, as other clients' writes would. */
export interface FakeControlPlane extends ControlPlane, FakeSharedResources {
  state: { clusters: Cluster[]; users: User[]; userGroups: UserGroup[]; snapshots: Snapshot[] };
  /** Names of the calls so far, in order. */
  readonly calls: string[];
  /** The inputs of `createCluster`. */
  readonly created: NewCluster[];
  /** The inputs of `modifyCluster` and `setAuthToken`. */
  readonly modified: (ClusterModification | AuthTokenChange)[];
  /** ElastiCache's events of all clusters. */
  events: ClusterEvent[];
  /** If set, every read fails with it. */
  failure: Error | undefined;
}

export function createFakeControlPlane(state: Partial<FakeControlPlane['state']> = {}): FakeControlPlane {
  const listeners = new Set<() => void>();
  const observed = observeClusters(
    () => read('clusters'),
    () => revision,
  );
  let revision = 0;
  const wrote = (): void => {
    revision += 1;
    for (const listener of listeners) listener();
  };
  const notHere = (): Promise<never> => Promise.reject(new ExpectedFailure('NOT_SUPPORTED', 'Not in this fake.'));

  const fake: FakeControlPlane = {
    state: { clusters: [], users: [], userGroups: [], snapshots: [], ...state },
    calls: [],
    created: [],
    modified: [],
    events: [],
    failure: undefined,
    ...observed,
    users: () => read('users'),
    userGroups: () => read('userGroups'),
    snapshots: () => read('snapshots'),
    ...createFakeSharedResources({ called: (name) => void fake.calls.push(name), wrote, failure: () => fake.failure }),
    parameter: () => Promise.resolve(null),
    clusterEvents: ({ clusters }) => {
      fake.calls.push(`clusterEvents ${clusters.join(' ')}`);
      return Promise.resolve(fake.events);
    },
    createCluster(cluster) {
      fake.calls.push('createCluster');
      if (fake.state.clusters.some(({ name }) => name === cluster.name)) {
        return Promise.reject(new ExpectedFailure('ALREADY_EXISTS', 'It already exists.', { path: ['input', 'name'] }));
      }
      fake.created.push(cluster);
      fake.state.clusters.push(aCluster(cluster.name, { status: 'CREATING' }));
      wrote();
      return Promise.resolve();
    },
    modifyCluster(modification) {
      fake.calls.push('modifyCluster');
      fake.modified.push(modification);
      wrote();
      return Promise.resolve();
    },
    setAuthToken(change) {
      fake.calls.push('setAuthToken');
      fake.modified.push(change);
      wrote();
      return Promise.resolve();
    },
    setReplicaCount: notHere,
    setShardCount: notHere,
    deleteCluster({ cluster }) {
      fake.calls.push('deleteCluster');
      fake.state.clusters = fake.state.clusters.filter(({ name }) => name !== cluster);
      wrote();
      return Promise.resolve();
    },
    testFailover: () => {
      fake.calls.push('testFailover');
      return Promise.resolve();
    },
    rebootNode({ node }) {
      fake.calls.push(`rebootNode ${node}`);
      wrote();
      return Promise.resolve();
    },
    promoteReplica({ node }) {
      fake.calls.push(`promoteReplica ${node}`);
      wrote();
      return Promise.resolve();
    },
    createUser({ userId, userName, accessString, engine, authentication }) {
      fake.calls.push('createUser');
      if (fake.state.users.some((user) => user.userId === userId)) {
        return Promise.reject(
          new ExpectedFailure('ALREADY_EXISTS', 'It already exists.', { path: ['input', 'userId'] }),
        );
      }
      const { type, passwords } = authentication;
      const user = aUser(userId, {
        userName,
        accessString,
        engine,
        authentication: { type, passwordCount: passwords.length },
      });
      fake.state.users.push(user);
      wrote();
      return Promise.resolve(user);
    },
    modifyUser: notHere,
    deleteUser: notHere,
    createSnapshot: ({ cluster, name }) => addSnapshot('createSnapshot', name, cluster),
    copySnapshot: ({ target }) => addSnapshot('copySnapshot', target),
    deleteSnapshot({ name }) {
      fake.calls.push('deleteSnapshot');
      fake.state.snapshots = fake.state.snapshots.filter((snapshot) => snapshot.name !== name);
      wrote();
      return Promise.resolve(aSnapshot(name, { status: 'DELETING' }));
    },
    createUserGroup: notHere,
    modifyUserGroup: notHere,
    deleteUserGroup: notHere,
    revision: () => revision,
    onWrite(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  function addSnapshot(call: string, name: string, clusterName?: string): Promise<Snapshot> {
    fake.calls.push(call);
    const snapshot = aSnapshot(name, { status: 'CREATING', ...(clusterName !== undefined && { clusterName }) });
    fake.state.snapshots.push(snapshot);
    wrote();
    return Promise.resolve(snapshot);
  }

  async function read<Kind extends keyof FakeControlPlane['state']>(
    kind: Kind,
  ): Promise<FakeControlPlane['state'][Kind]> {
    fake.calls.push(kind);
    await Promise.resolve();
    if (fake.failure) throw fake.failure;
    return structuredClone(fake.state[kind]);
  }
  return fake;
}
