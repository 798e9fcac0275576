import { ExpectedFailure, invalidInput, type UserErrorCode } from '../errors.js';

/** The number and arrangement of a cluster's nodes. */
export interface ClusterShape {
  readonly clusterMode: boolean;
  /** The number of replicas of each shard; one element per shard. */
  readonly replicas: readonly number[];
  readonly automaticFailover: boolean;
  readonly multiAz: boolean;
}

/** The inputs that {@link checkClusterShape} may reject. */
export type ShapeField = 'shards' | 'replicas' | 'automaticFailover' | 'multiAz';

const maxShards = 500;
const maxReplicas = 5;
/** ElastiCache's own quota of nodes in one replication group. */
const maxNodes = 500;

/**
 * Checks the number of shards (1 to 500) and of replicas (0 to 5), and the requirements of failover.
 * @throws ExpectedFailure INVALID_INPUT or QUOTA_EXCEEDED at the path of the offending field.
 */
export function checkClusterShape(
  { clusterMode, replicas, automaticFailover, multiAz }: ClusterShape,
  pathOf: (field: ShapeField) => readonly string[] | undefined = () => undefined,
): void {
  checkShardCount(replicas.length, pathOf('shards'));
  for (const count of replicas) checkReplicaCount(count, pathOf('replicas'));
  const refuse = (field: ShapeField, message: string, upstreamCode: string, code: UserErrorCode = 'INVALID_INPUT') =>
    new ExpectedFailure(code, message, { path: pathOf(field), upstreamCode });

  const nodes = replicas.reduce((sum, count) => sum + count + 1, 0);
  if (nodes > maxNodes) {
    const message = `A replication group has at most ${maxNodes} nodes, got ${nodes}.`;
    throw refuse('shards', message, 'NodeQuotaForClusterExceeded', 'QUOTA_EXCEEDED');
  }
  if (!clusterMode && replicas.length > 1) {
    throw refuse('shards', 'More than one node group needs cluster mode enabled.', 'InvalidParameterCombination');
  }
  if (clusterMode && !automaticFailover) {
    const message = 'Automatic failover cannot be turned off with cluster mode enabled.';
    throw refuse('automaticFailover', message, 'InvalidParameterCombination');
  }
  if (!clusterMode && automaticFailover && nodes < 2) {
    const message = 'When using automatic failover, there must be at least 2 cache clusters in the replication group.';
    throw refuse('automaticFailover', message, 'InvalidParameterCombination');
  }
  if (multiAz && !automaticFailover) {
    throw refuse('multiAz', 'Multi-AZ needs automatic failover to be enabled.', 'InvalidParameterCombination');
  }
  if (multiAz && replicas.includes(0)) {
    throw refuse('multiAz', 'Multi-AZ needs at least one replica in each node group.', 'InvalidParameterCombination');
  }
}

/** Checks the number of node groups. @throws ExpectedFailure INVALID_INPUT at `path`. */
export function checkShardCount(count: number, path?: readonly string[]): void {
  if (Number.isInteger(count) && count >= 1 && count <= maxShards) return;
  throw invalidInput(`The number of node groups must be within 1 and ${maxShards}.`, path);
}

/** Checks the number of replicas of one node group. @throws ExpectedFailure INVALID_INPUT at `path`. */
export function checkReplicaCount(count: number, path?: readonly string[]): void {
  if (Number.isInteger(count) && count >= 0 && count <= maxReplicas) return;
  throw invalidInput(`The number of replicas per node group must be within 0 and ${maxReplicas}.`, path);
}

/** Checks the number of days for which snapshots are kept: 0 (none) to 35. @throws ExpectedFailure INVALID_INPUT at `path`. */
export function checkSnapshotRetention(days: number, path?: readonly string[]): void {
  if (Number.isInteger(days) && days >= 0 && days <= 35) return;
  throw invalidInput('The snapshot retention limit must be within 0 and 35 days.', path);
}

/** Checks the port that clients connect to: 1 to 65535. @throws ExpectedFailure INVALID_INPUT at `path`. */
export function checkPort(port: number, path?: readonly string[]): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return;
  throw invalidInput('The port must be within 1 and 65535.', path);
}
