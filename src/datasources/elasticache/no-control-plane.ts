import { ExpectedFailure } from '../../domain/errors.js';
import { observeClusters } from './watch/observe-clusters.js';
import type { ControlPlane } from './interfaces.js';

/** The control plane of a server without ElastiCache. It has no resources, and refuses all writes. */
export function noControlPlane(): ControlPlane {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new ExpectedFailure(
        'NOT_SUPPORTED',
        'This server does not manage ElastiCache: it serves only the clusters of its configuration.',
      ),
    );
  return {
    users: () => Promise.resolve([]),
    userGroups: () => Promise.resolve([]),
    parameterGroups: () => Promise.resolve([]),
    parameters: () => Promise.resolve([]),
    subnetGroups: () => Promise.resolve([]),
    engineVersions: () => Promise.resolve([]),
    allowedNodeTypes: refuse,
    resourceEvents: () => Promise.resolve([]),
    snapshots: () => Promise.resolve([]),
    tags: () => Promise.resolve([]),
    parameter: () => Promise.resolve(null),
    clusterEvents: () => Promise.resolve([]),
    createCluster: refuse,
    modifyCluster: refuse,
    setReplicaCount: refuse,
    setShardCount: refuse,
    deleteCluster: refuse,
    testFailover: refuse,
    rebootNode: refuse,
    promoteReplica: refuse,
    createSnapshot: refuse,
    copySnapshot: refuse,
    deleteSnapshot: refuse,
    createUser: refuse,
    modifyUser: refuse,
    deleteUser: refuse,
    createUserGroup: refuse,
    modifyUserGroup: refuse,
    deleteUserGroup: refuse,
    setAuthToken: refuse,
    createParameterGroup: refuse,
    modifyParameterGroup: refuse,
    resetParameterGroup: refuse,
    deleteParameterGroup: refuse,
    createSubnetGroup: refuse,
    modifySubnetGroup: refuse,
    deleteSubnetGroup: refuse,
    addTags: refuse,
    removeTags: refuse,
    revision: () => 0,
    onWrite: () => () => undefined,
    ...observeClusters(
      () => Promise.resolve([]),
      () => 0,
    ),
  };
}
