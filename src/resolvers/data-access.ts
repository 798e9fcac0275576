import type { Cluster } from '../domain/cluster.js';
import type { DataAccess } from '../domain/data-access.js';
import { ExpectedFailure } from '../domain/errors.js';
import { withFactsGuarded } from './access.js';
import { existingCluster } from './cluster.js';
import type { Context } from './context.js';

export interface ConnectClusterInput {
  readonly cluster: string;
  readonly username?: string | null | undefined;
  readonly password?: string | null | undefined;
}

/** What is told of it to who sees the cluster: enough to know whether its data can be read. */
const open: ReadonlySet<PropertyKey> = new Set<keyof DataAccess>(['clusterName', 'state', 'tls', 'since']);

export function dataAccess(context: Context, cluster: string): DataAccess {
  return withFactsGuarded(context, context.connections.dataAccess(cluster), cluster, open);
}

/**
 * Opens this API's access to the cluster's data with the credentials given.
 * @throws ExpectedFailure NOT_FOUND; INVALID_STATE while there is nothing to connect to; PERMISSION_DENIED
 */
export async function connectCluster(context: Context, input: ConnectClusterInput): Promise<Cluster> {
  const cluster = await existingCluster(context, input.cluster, ['input', 'cluster']);
  if (cluster.status === 'CREATING' || cluster.status === 'CREATE_FAILED' || cluster.status === 'DELETING') {
    const message = `Cluster ${cluster.name} is ${cluster.status}: expected one that is AVAILABLE.`;
    throw new ExpectedFailure('INVALID_STATE', message, { path: ['input', 'cluster'] });
  }
  const credentials = { username: input.username ?? undefined, password: input.password ?? undefined };
  try {
    await context.connections.connect(cluster.name, credentials);
  } catch (error) {
    if (!(error instanceof ExpectedFailure) || error.inputPath) throw error;
    const path = ['input', error.code === 'PERMISSION_DENIED' ? 'password' : 'cluster'];
    throw new ExpectedFailure(error.code, error.message, { path, upstreamCode: error.upstreamCode, cause: error });
  }
  return cluster;
}

/**
 * Closes the access and forgets the credentials that `connectCluster` was given.
 * @throws ExpectedFailure NOT_FOUND
 */
export async function disconnectCluster(context: Context, input: { readonly cluster: string }): Promise<Cluster> {
  const cluster = await existingCluster(context, input.cluster, ['input', 'cluster']);
  await context.connections.disconnect(cluster.name);
  return cluster;
}
