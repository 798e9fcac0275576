import { setTimeout as delay } from 'node:timers/promises';
import type { ManagedNode } from '../node.js';
import type { NodeState } from '../interfaces.js';
import { runAllOrAbort } from '../process/run-all-or-abort.js';
import { createSerial } from '../../../runtime/serial.js';
import { roleOf, waitUntil } from '../replication/replication.js';
import type { Role } from '../role.js';
import { createBusyCheck } from './busy-check.js';
import { createFailover, type FailoverOptions } from './failover.js';
import { createDataFileMonitor } from './data-file-monitor.js';
import { createSightings, type Sight } from './inspection-pace.js';
import { notOnDisk } from './node-data.js';
import type { Progress } from './progress.js';
import { createRecovery, type RecoveryOptions } from './recovery.js';
import { createRestartBackoff } from './restart-backoff.js';
import { createUnresponsiveNodes, isUnanswered } from './unresponsive-nodes.js';

export interface ShardOptions extends Omit<FailoverOptions, 'rank'>, Pick<RecoveryOptions, 'progress' | 'setProgress'> {
  /** Gives a node that has its role its users. */
  configureNode(this: void, node: ManagedNode): Promise<void>;
  /** Nodes that have data from an earlier run; undefined if there was none. */
  readonly withData: ReadonlySet<ManagedNode> | undefined;
  /** Keeps how far the nodes are, or what could not be kept before. */
  keepProgress(this: void, progress: Progress | undefined): Promise<void>;
}

/** The nodes of one shard, kept running with one of them as primary. */
export interface Shard {
  /** Starts all nodes, gives them their roles and users, and resolves when replicas are in sync. */
  start(signal: AbortSignal): Promise<void>;
  states(): NodeState[];
  /** Looks at every node: what changed is reported, what is wrong is set right. */
  inspect(): Promise<Sight>;
  /** Has the primary hand over to a replica; resolves when the old primary follows it. */
  failover(): Promise<void>;
  /** Notes what the files of those nodes hold that have ended in order. */
  keepFiles(ended: ReadonlySet<ManagedNode>): Promise<void>;
}

const syncPatienceMs = 60_000;
const followPatienceMs = 10_000;

export function createShard(options: ShardOptions): Shard {
  const { id, nodes, replication, configureNode: applyUsers, emit, log, closing } = options;
  const { progress, keepProgress } = options;
  const files = createDataFileMonitor(progress);
  const failover = createFailover({ ...options, rank: progress.rank });
  const health = new Map<ManagedNode, NodeState['health']>(nodes.map((node) => [node, 'starting']));
  /** Nodes whose process has answered once since it started. */
  const listening = new Set<ManagedNode>();
  /** Nodes that have their role and their users. */
  const joined = new Set<ManagedNode>();
  /** Nodes that were restarted and are not yet in sync. */
  const returning = new Set<ManagedNode>();
  const restartBackoff = createRestartBackoff<ManagedNode>();
  const unresponsive = createUnresponsiveNodes<ManagedNode>();
  const isBusy = createBusyCheck();
  const sightings = createSightings();
  // Whatever changes roles runs in turn, so that an exit, a failover and a look never work against each other.
  const inTurn = createSerial();

  const reportFailure = (what: string, cause: unknown): void => {
    if (!closing.aborted) log.error({ err: cause, shard: id }, what);
  };

  const recovery = createRecovery({
    ...options,
    failover,
    // A replica may be taking over at the moment.
    primary: () => inTurn(() => Promise.resolve(failover.primary())),
    watch,
  });

  async function onEnd(node: ManagedNode, how: string): Promise<void> {
    if (closing.aborted) return;
    const wait = restartBackoff.ended(node);
    health.set(node, 'down');
    for (const group of [listening, joined, returning]) group.delete(node);
    unresponsive.answered(node);
    failover.lost(node);
    emit({ type: 'node-down', nodeId: node.id, message: `Node ${node.id} ended unexpectedly (${how}).` });
    void inTurn(failover.promoteReplica).catch((cause: unknown) => reportFailure('No replica could take over', cause));
    await delay(wait, undefined, { signal: closing });
    health.set(node, 'starting');
    restartBackoff.started(node);
    const { ended } = await recovery.restart(node, closing);
    returning.add(node);
    watch(node, ended);
    await inTurn(() => join(node));
  }

  async function startTogether(signal: AbortSignal): Promise<void> {
    const launched = await runAllOrAbort(nodes, signal, async (node, either) => ({
      node,
      ended: (await node.start(either)).ended,
    }));
    for (const { node, ended } of launched) watch(node, ended);
    await failover.begin(await rolesNow());
  }

  function watch(node: ManagedNode, ended: Promise<string>): void {
    listening.add(node);
    ended
      .then((how) => onEnd(node, how))
      .catch((cause: unknown) => {
        if (closing.aborted) return;
        reportFailure(`Node ${node.id} could not be restarted`, cause);
        // A start that fails is an end like any other: tried again, later each time.
        if (!node.isRunning()) watch(node, Promise.resolve('its restart failed'));
      });
  }

  /** A node that runs gets its role, then its users: no client may write to a former primary meanwhile. */
  async function join(node: ManagedNode): Promise<void> {
    if (!node.isRunning()) return;
    if (node !== failover.primary()) await failover.promoteReplica();
    if (node !== failover.primary()) await failover.follow(node);
    await applyUsers(node);
    joined.add(node);
    await isAvailable(node);
  }

  /** Asks the node, if it was not just asked, and notes and reports what is new. */
  async function isAvailable(node: ManagedNode, known?: Role): Promise<boolean> {
    const usable = failover.note(node, known ?? (await roleOf(node))) && (await replication.serves(node));
    unresponsive.answered(node);
    health.set(node, usable ? 'available' : 'starting');
    if (usable && returning.delete(node)) {
      emit({ type: 'node-restarted', nodeId: node.id, message: `Node ${node.id} is running again.` });
    }
    return usable;
  }

  async function look(node: ManagedNode): Promise<Role | undefined> {
    if (!node.isRunning() || !listening.has(node)) return undefined;
    try {
      return await roleOf(node);
    } catch (cause) {
      if (!isUnanswered(cause) || !node.isRunning()) return undefined;
      sightings.missed();
      if (!unresponsive.missed(node, await isBusy(node))) return undefined;
      log.warn({ node: node.id }, 'A node does not answer: it is ended and started again');
      node.kill();
      return undefined;
    }
  }

  async function rolesNow(): Promise<Map<ManagedNode, Role>> {
    const seen = await Promise.all(nodes.map(async (node) => [node, await look(node)] as const));
    return new Map(seen.flatMap(([node, role]) => (role ? [[node, role] as const] : [])));
  }

  async function setRight(node: ManagedNode, role: Role): Promise<void> {
    const primary = failover.primary();
    const strays = node !== primary && (role.role === 'primary' || role.of !== primary.port);
    try {
      const isSettled = joined.has(node) && !strays;
      if (!joined.has(node)) await join(node);
      else if (strays) await failover.follow(node);
      await isAvailable(node, isSettled ? role : undefined);
    } catch (cause) {
      // One that ended meanwhile is seen by its end.
      if (node.isRunning()) reportFailure(`Node ${node.id} could not be set right`, cause);
    }
  }

  return {
    async start(signal) {
      // Every process starts at once; a replica follows when its primary is there to answer.
      for (const node of nodes) restartBackoff.started(node);
      await (options.withData ? recovery.start(options.withData, signal) : startTogether(signal));
      await Promise.all(nodes.map((node) => inTurn(() => join(node))));
      const allAvailable = async (): Promise<boolean> => {
        const running = nodes.filter((node) => node.isRunning());
        return (await Promise.all(running.map((node) => isAvailable(node)))).every(Boolean);
      };
      if (await waitUntil(allAvailable, signal, syncPatienceMs)) return;
      throw new Error(`The replicas of shard ${id} did not get in sync with their primary.`);
    },

    states: () =>
      nodes.map((node) => ({
        id: node.id,
        host: node.host,
        port: node.port,
        role: node === failover.primary() ? 'primary' : 'replica',
        health: node.isRunning() ? (health.get(node) ?? 'starting') : 'down',
      })),

    inspect: () =>
      inTurn(async () => {
        const roles = await rolesNow();
        await failover.recognise(roles);
        await failover.promoteReplica();
        await Promise.all([...roles].map(([node, role]) => setRight(node, role)));
        const behind = [...roles.keys()].filter((node) => progress.isBehind(node.id));
        const unwritten = await notOnDisk(behind);
        // Nodes that are being stopped are not behind.
        if (!closing.aborted) {
          const observed = progress.observe(roles, failover.primary(), unwritten);
          await keepProgress((await files.look([...roles.keys()])) ?? observed);
        }
        const sight = sightings.compare(roles);
        return sight === 'same' && unwritten.size > 0 ? 'changed' : sight;
      }),

    keepFiles: (ended) =>
      inTurn(async () => {
        try {
          await keepProgress(await files.note(nodes.filter((node) => ended.has(node))));
        } catch (cause) {
          // The nodes have ended all the same. Their files are then compared with what was noted before.
          log.error({ err: cause, shard: id }, 'The files of nodes could not be noted');
        }
      }),

    failover: () =>
      inTurn(async () => {
        const from = await failover.handOver();
        const settled = async (): Promise<boolean> => !from.isRunning() || (await isAvailable(from));
        await waitUntil(settled, closing, followPatienceMs);
      }),
  };
}
