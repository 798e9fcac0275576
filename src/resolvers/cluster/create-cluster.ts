import type { Cluster } from '../../domain/cluster/cluster.js';
import { invalidInput, Outage } from '../../domain/errors.js';
import { requirePermission } from '../shared/access.js';
import type { Context } from '../shared/context.js';
import { createIfAbsent } from '../shared/create-if-absent.js';
import { newCluster, type CreateClusterInput as NewClusterInput } from './new-cluster.js';

export interface CreateClusterInput extends NewClusterInput {
  /** How long to wait until the cluster is AVAILABLE. */
  readonly waitSeconds?: number | null | undefined;
}

/** The name of the cluster that now exists, and whether this created it. Its state is for another look to say. */
export interface CreatedCluster {
  readonly name: string;
  readonly created: boolean;
}

/** AWS takes minutes to create a cluster. */
const longestWaitSeconds = 900;

/**
 * Creates a cluster and, if asked to, waits until it is AVAILABLE, can no longer become so, or the time is up. However the wait
 * ends, the cluster was created: its state says the rest.
 * @throws ExpectedFailure for input that breaks a rule, before ElastiCache is asked, and for its own refusals
 */
export async function createCluster(context: Context, input: CreateClusterInput): Promise<CreatedCluster> {
  requirePermission(context, 'clusters:admin', { cluster: input.name });
  const { controlPlane, inventory } = context;
  const waitSeconds = checkWait(input.waitSeconds);
  const cluster = newCluster(input);
  // Before ElastiCache is asked, which may take longer than the deadline was.
  if (waitSeconds > 0) context.extendDeadline?.(waitSeconds * 1000);
  const { thing, created } = await createIfAbsent<Pick<Cluster, 'status'>>({
    ifNotExists: input.ifNotExists,
    what: `Cluster ${cluster.name}`,
    path: ['input', 'name'],
    look: () => {
      inventory.forget();
      return inventory.cluster(cluster.name);
    },
    create: async () => {
      await controlPlane.createCluster(cluster);
      return { status: 'CREATING' };
    },
  });
  if (waitSeconds > 0 && thing.status !== 'AVAILABLE') await waitUntilAvailable(context, cluster.name, waitSeconds);
  return { name: cluster.name, created };
}

function checkWait(seconds: number | null | undefined): number {
  if (seconds == null) return 0;
  if (seconds >= 0 && seconds <= longestWaitSeconds) return seconds;
  throw invalidInput(`Expected 0 to ${longestWaitSeconds} seconds, got ${seconds}.`, ['input', 'waitSeconds']);
}

async function waitUntilAvailable(context: Context, name: string, seconds: number): Promise<void> {
  const { clusterDirectory, inventory } = context;
  try {
    await clusterDirectory.whenAvailable(name, { signal: context.signal, timeoutMs: seconds * 1000 });
  } catch (error) {
    // The cluster was created, whatever keeps this from waiting for it.
    if (!(error instanceof Outage)) throw error;
  } finally {
    inventory.forget();
  }
}
