import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster, Endpoint } from '../../../../domain/cluster/cluster.js';
import { Outage } from '../../../../domain/errors.js';
import { CommandError } from '../../command-error.js';
import type { ConnectionPool } from '../nodes/connection-pool.js';
import type { NodeConnection } from '../nodes/node-connection.js';
import { describedTopology, distinct, entryPoints, parseClusterSlots, slotCount, type Topology } from './topology.js';
import { endpointKey } from '../nodes/endpoint-key.js';

/** The current topology of a cluster, as its nodes report it. */
export interface Discovery {
  readonly topology: Topology;
  readonly isClustered: boolean;
  /** False during a failover, when no node is the primary. */
  readonly isSettled: boolean;
}

/**
 * Asks the connected nodes, then those that the control plane names, then those that were known before.
 * @throws the first node's error if no node answers
 */
export async function discover(pool: ConnectionPool, cluster: Cluster, known: readonly Endpoint[]): Promise<Discovery> {
  const named = entryPoints(cluster);
  const [first, ...others] = distinct([...pool.ready().map(({ endpoint }) => endpoint), ...named, ...known]);
  if (!first)
    throw new Outage('CLUSTER_UNAVAILABLE', `Cluster ${cluster.name} has no endpoint: it is ${cluster.status}.`);
  const connection = await firstOpen(pool, first, others);
  const { isClustered } = await connection.greet();
  return isClustered
    ? await askForSlots(pool, connection, cluster)
    : await findPrimary(pool, cluster, named, connection);
}

/** Opens the first node. If it does not answer, tries all others concurrently and returns the first that does. */
async function firstOpen(pool: ConnectionPool, first: Endpoint, others: readonly Endpoint[]): Promise<NodeConnection> {
  try {
    return await pool.open(first);
  } catch (cause) {
    if (!(cause instanceof Outage) || others.length === 0) throw cause;
    return await Promise.any(others.map((endpoint) => pool.open(endpoint))).catch(() => {
      throw cause;
    });
  }
}

/** How much later than the first node the others may answer. */
const othersWaitMs = 100;

/** The topology as one node reports it. */
interface Answer {
  readonly from: Endpoint;
  readonly topology: Topology;
}

async function askForSlots(pool: ConnectionPool, connection: NodeConnection, cluster: Cluster): Promise<Discovery> {
  const readSlots = async (node: NodeConnection): Promise<Answer> => ({
    from: node.endpoint,
    topology: parseClusterSlots(await node.send(['CLUSTER', 'SLOTS']), node.endpoint),
  });
  try {
    const answers: Answer[] = [];
    const others = pool.ready().filter((other) => other !== connection);
    // Nodes that do not answer are ignored.
    const replies = others.map((other) => readSlots(other).then((answer) => void answers.push(answer), ignore));
    answers.unshift(await readSlots(connection));
    await Promise.race([Promise.all(replies), delay(othersWaitMs, undefined, { ref: false })]);
    const { topology } = mostTrusted(answers);
    return { topology, isClustered: true, isSettled: topology.length > 0 };
  } catch (cause) {
    const topology = describedTopology(cluster);
    if (!(cause instanceof CommandError) || cause.prefix !== 'NOPERM' || topology.length === 0) throw cause;
    return { topology, isClustered: true, isSettled: true };
  }
}

function ignore(): void {
  // Another node's answer is used.
}

/**
 * The answer of the node that most other nodes list as a member of the cluster; the first one in a tie. A node that was removed
 * from the cluster may still run, and report the former topology or only itself.
 */
function mostTrusted(answers: readonly Answer[]): Answer {
  const lists = ({ topology }: Answer, { from }: Answer): boolean =>
    topology.some(({ primary, replicas }) =>
      [primary, ...replicas].some((node) => endpointKey(node) === endpointKey(from)),
    );
  const trust = (answer: Answer): number =>
    answer.topology.length === 0 ? -1 : answers.filter((other) => other !== answer && lists(other, answer)).length;
  return answers.reduce((best, answer) => (trust(answer) > trust(best) ? answer : best));
}

/** Without cluster mode, the nodes' roles decide which one is the primary: the control plane lags behind a failover. */
async function findPrimary(
  pool: ConnectionPool,
  cluster: Cluster,
  named: readonly Endpoint[],
  answering: NodeConnection,
): Promise<Discovery> {
  const candidates = distinct(cluster.primaryEndpoint ? [cluster.primaryEndpoint, ...named] : named);
  const layout = (primary: Endpoint, isSettled: boolean): Discovery => {
    const isNamed = cluster.primaryEndpoint !== null && endpointKey(cluster.primaryEndpoint) === endpointKey(primary);
    // The primary endpoint is an additional name for one of the nodes.
    const members = describedTopology(cluster).flatMap((shard) => [
      ...(isNamed ? [] : [shard.primary]),
      ...shard.replicas,
    ]);
    const replicas = distinct(members).filter((member) => endpointKey(member) !== endpointKey(primary));
    return { topology: [{ primary, replicas, ranges: [[0, slotCount - 1]] }], isClustered: false, isSettled };
  };
  for (const candidate of candidates) {
    const connection = pool.get(candidate) ?? (await pool.open(candidate).catch(() => undefined));
    if (connection && (await connection.greet()).isPrimary) return layout(candidate, true);
  }
  return layout(answering.endpoint, (await answering.greet()).isPrimary);
}
