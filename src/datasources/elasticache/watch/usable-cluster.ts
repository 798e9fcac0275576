import type { Cluster, ClusterStatus } from '../../../domain/cluster/cluster.js';
import { awaitsEndpoint } from '../../../domain/cluster/cluster-incarnation.js';
import { ExpectedFailure, Outage } from '../../../domain/errors.js';
import type { ClusterWaits } from './cluster-waits.js';

/**
 * Whether the data of the cluster can be used now; false while it is CREATING or its nodes are restarting.
 * @throws ExpectedFailure INVALID_STATE if its data can never be used
 */
export function checkCanBecomeUsable(cluster: Cluster): boolean {
  const { name, status } = cluster;
  if (status === 'DELETING') {
    throw new ExpectedFailure('INVALID_STATE', `Cluster ${name} is being deleted (DELETING): its data cannot be used.`);
  }
  if (status === 'CREATE_FAILED') {
    const message = `Cluster ${name} could not be created (CREATE_FAILED); see its statusReason. Delete it, and create it again.`;
    throw new ExpectedFailure('INVALID_STATE', message);
  }
  return !awaitsEndpoint(cluster);
}

export function waitUntilUsable(
  waits: ClusterWaits,
  cluster: Cluster,
  signal: AbortSignal | undefined,
): Promise<Cluster> {
  const { name, status } = cluster;
  if (!signal) {
    return Promise.reject(
      new Outage(
        'CLUSTER_UNAVAILABLE',
        `Cluster ${name} is ${status}: its data cannot be used before it is AVAILABLE.`,
      ),
    );
  }
  return waits.until({ name: name.toLowerCase(), cluster, signal, isOver: checkCanBecomeUsable });
}

interface Patience {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** Implements `RecallingDirectory.whenAvailable`. */
export async function waitUntilAvailable(waits: ClusterWaits, name: string, patience: Patience): Promise<void> {
  await waitAtMost(patience, (signal) => waits.until({ name, signal, isOver: ({ status }) => final.has(status) }));
}

/** Implements `RecallingDirectory.whenDeleted`. */
export async function waitUntilDeleted(
  waits: ClusterWaits,
  cluster: Cluster,
  patience: Patience,
): Promise<Cluster | 'DELETED' | 'TIME_IS_UP'> {
  const isOver = ({ status }: Cluster): boolean => status === 'AVAILABLE';
  const name = cluster.name.toLowerCase();
  return waitAtMost(patience, (signal) => waits.until({ name, cluster, signal, isOver }));
}

/** @throws Outage if the signal of the caller aborts */
async function waitAtMost(
  { signal, timeoutMs }: Patience,
  wait: (signal: AbortSignal) => Promise<Cluster>,
): Promise<Cluster | 'DELETED' | 'TIME_IS_UP'> {
  const ending = new AbortController();
  const abort = (): void => ending.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort);
  const timer = setTimeout(() => ending.abort(timeIsUp), timeoutMs);
  try {
    return await wait(ending.signal);
  } catch (error) {
    // The cluster was deleted. Waiting longer is pointless.
    if (error instanceof ExpectedFailure) return 'DELETED';
    if (ending.signal.reason !== timeIsUp) throw error;
    return 'TIME_IS_UP';
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** The statuses after which a cluster does not become AVAILABLE by itself, and AVAILABLE itself. */
const final: ReadonlySet<ClusterStatus> = new Set(['AVAILABLE', 'CREATE_FAILED', 'DELETING']);

const timeIsUp = new Error('The time to wait is up.');
