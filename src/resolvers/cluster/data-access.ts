import { awaitsEndpoint } from '../../domain/cluster/cluster-incarnation.js';
import type { Cluster } from '../../domain/cluster/cluster.js';
import type { DataAccess } from '../../domain/cluster/data-access.js';
import { ExpectedFailure } from '../../domain/errors.js';
import { guardFields } from '../shared/access.js';
import { withPath } from '../shared/checks.js';
import type { MaybePromise } from '../../runtime/maybe-promise.js';
import { clusterByName, existingCluster } from './cluster.js';
import type { Context } from '../shared/context.js';

export interface ConnectClusterInput {
  readonly cluster: string;
  readonly username?: string | null | undefined;
  readonly password?: string | null | undefined;
}

/** Facts for every caller who may see the cluster: enough to know whether its data can be read. */
const open: ReadonlySet<PropertyKey> = new Set<keyof DataAccess>(['clusterName', 'state', 'tls', 'since']);

/** The state after the other fields of the same answer were read, so that an answer does not contradict itself. */
export function dataAccess(context: Context, cluster: string): MaybePromise<DataAccess> {
  const { connections } = context;
  const current = (): DataAccess => guardFields(context, connections.dataAccess(cluster), cluster, open);
  return connections.dataAccess(cluster).state === 'CONNECTED' ? current() : connections.settled(cluster).then(current);
}

/** Null if the cluster does not exist or the caller may not see it. */
export async function findDataAccess(context: Context, cluster: string): Promise<DataAccess | null> {
  const found = await clusterByName(context, cluster);
  return found && dataAccess(context, found.name);
}

/**
 * Connects this API to the cluster's data with the given credentials. Waits for a cluster that is CREATING.
 * @throws ExpectedFailure NOT_FOUND; INVALID_STATE if the cluster is being deleted or failed; PERMISSION_DENIED; Outage
 */
export async function connectCluster(context: Context, input: ConnectClusterInput): Promise<Cluster> {
  const cluster = await existingCluster(context, input.cluster, ['input', 'cluster']);
  const credentials = { username: input.username ?? undefined, password: input.password ?? undefined };
  try {
    await context.connections.connect(cluster.name, credentials);
  } catch (error) {
    const isRefused = error instanceof ExpectedFailure && error.code === 'PERMISSION_DENIED';
    throw withPath(error, ['input', isRefused ? 'password' : 'cluster']);
  }
  if (!awaitsEndpoint(cluster)) return cluster;
  context.inventory.forget();
  return await existingCluster(context, input.cluster, ['input', 'cluster']);
}

/**
 * Closes the connections and forgets the credentials that `connectCluster` was given.
 * @throws ExpectedFailure NOT_FOUND
 */
export async function disconnectCluster(context: Context, input: { readonly cluster: string }): Promise<Cluster> {
  const cluster = await existingCluster(context, input.cluster, ['input', 'cluster']);
  await context.connections.disconnect(cluster.name);
  return cluster;
}
