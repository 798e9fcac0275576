import type { Cluster } from '../../domain/cluster/cluster.js';
import { ExpectedFailure } from '../../domain/errors.js';
import { requirePermission } from '../shared/access.js';
import type { Context } from '../shared/context.js';
import { createIfAbsent } from '../shared/create-if-absent.js';
import { existingSnapshot } from '../shared/existing-snapshot.js';
import { checkWait, waitUntilAvailable } from './wait.js';
import { newCluster, type CreateClusterInput as NewClusterInput } from './new-cluster.js';

export interface CreateClusterInput extends NewClusterInput {
  /** How long to wait until the cluster is AVAILABLE. */
  readonly waitSeconds?: number | null | undefined;
}

function alreadyExists(name: string): ExpectedFailure {
  return new ExpectedFailure('ALREADY_EXISTS', `A cluster named ${name} already exists, without a replication group.`, {
    path: ['input', 'name'],
  });
}

/** The name of the cluster that now exists, and whether this created it. The payload reads its state. */
export interface CreatedCluster {
  readonly name: string;
  readonly created: boolean;
}

/**
 * Creates a cluster and, with `waitSeconds`, waits until it is AVAILABLE, cannot become so, or the time is over. The outcome of the
 * wait is no failure, because the cluster was created.
 * @throws ExpectedFailure for input that breaks a rule, before ElastiCache is called, and for ElastiCache's refusals
 */
export async function createCluster(context: Context, input: CreateClusterInput): Promise<CreatedCluster> {
  requirePermission(context, 'clusters:admin', { cluster: input.name });
  const { controlPlane, inventory } = context;
  const waitSeconds = checkWait(input.waitSeconds);
  const cluster = newCluster(input);
  if (cluster.snapshot !== undefined) await existingSnapshot(context, cluster.snapshot, ['input', 'snapshot']);
  // The call of ElastiCache alone may take longer than the original deadline.
  if (waitSeconds > 0) context.extendDeadline?.(waitSeconds * 1000);
  const { resource, created } = await createIfAbsent<Pick<Cluster, 'status'>>({
    ifNotExists: input.ifNotExists,
    label: `Cluster ${cluster.name}`,
    path: ['input', 'name'],
    find: () => {
      inventory.forget();
      return inventory.cluster(cluster.name);
    },
    create: async () => {
      // ElastiCache would allow it, and the new cluster would hide the other one.
      if ((await inventory.cluster(cluster.name))?.isCacheCluster) throw alreadyExists(cluster.name);
      await controlPlane.createCluster(cluster);
      return { status: 'CREATING' };
    },
  });
  if (waitSeconds > 0 && resource.status !== 'AVAILABLE') await waitUntilAvailable(context, cluster.name, waitSeconds);
  return { name: cluster.name, created };
}
