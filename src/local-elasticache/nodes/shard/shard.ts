import { setTimeout as delay } from 'node:timers/promises';
import { NodeFailed, type ManagedNode } from '../node.js';
import type { NodeState } from '../interfaces.js';
import { runAllOrAbort } from '../process/run-all-or-abort.js';
import { createSerial } from '../../../runtime/serial.js';
import { waitUntil } from '../replication/replication.js';
import { createFailover, type FailoverOptions, type HandOverOptions } from './failover.js';
import type { Observation } from './inspection-pace.js';
import type { Progress } from '../data/progress.js';
import { createProgressSaver } from '../data/progress-saver.js';
import { createNodeHealth } from './node-health.js';
import { createNodeRoles } from './node-roles.js';
import { createReboots } from './reboots.js';
import { createRecovery, type RecoveryOptions } from './recovery.js';
import { createRestartBackoff } from './restart-backoff.js';
import { createRoleReader } from './role-reader.js';

export interface ShardOptions
  extends Omit<FailoverOptions, 'rank' | 'nodes' | 'isRebooting'>, Pick<RecoveryOptions, 'progress' | 'setProgress'> {
  /** The nodes at first. */
  readonly nodes: readonly ManagedNode[];
  /** Applies the users to a node that has its role. */
  applyUsers(this: void, node: ManagedNode): Promise<void>;
  /** Whether the node may wait for another one, and is not frozen. */
  isOccupied(this: void, node: ManagedNode): boolean;
  /** Nodes that have data from an earlier run; undefined if there was none. */
  readonly withData: ReadonlySet<ManagedNode> | undefined;
  /** How long a rebooted node may take to serve after its process has started; default as long as a new node. */
  readonly rebootLimitMs?: number | undefined;
  /** Stores the progress of the nodes, if given, and everything that could not be stored before. */
  keepProgress(this: void, progress: Progress | undefined): Promise<void>;
}

/** Keeps the nodes of one shard running, with one of them as primary. */
export interface Shard {
  /** Starts all nodes, assigns roles and users, and resolves when replicas are in sync. */
  start(signal: AbortSignal): Promise<void>;
  states(): NodeState[];
  /** Inspects every node, reports changes and repairs faults. */
  inspect(): Promise<Observation>;
  /** Makes the primary hand over to a replica for which `may` is true. Resolves when the old primary follows it. */
  failover(may?: (node: ManagedNode) => boolean, options?: HandOverOptions): Promise<void>;
  /**
   * Restarts the process of a node with its data. No replica takes over meanwhile. Resolves when the node serves again and
   * the replicas are in sync. If its process does not start, or the node does not serve in time, rejects; then it is
   * treated like any other node that ended or is not available.
   */
  reboot(node: ManagedNode): Promise<void>;
  primary(): ManagedNode;
  nodes(): readonly ManagedNode[];
  /** Starts a new node, which becomes a replica. Resolves when it is in sync. If that fails, the node is stopped and released. */
  add(node: ManagedNode, signal: AbortSignal): Promise<void>;
  /** Stops supervising a node, so that it can be stopped. It must not be the primary. */
  release(node: ManagedNode): void;
  /** Records the files of the nodes that ended cleanly. */
  keepFiles(ended: ReadonlySet<ManagedNode>): Promise<void>;
}

const syncTimeoutMs = 60_000;
const followTimeoutMs = 10_000;

export function createShard(options: ShardOptions): Shard {
  const { id, replication, emit, log, closing, progress, setProgress, isOccupied } = options;
  /** The helpers below share this list, which grows and shrinks. */
  const nodes = [...options.nodes];
  const reboots = createReboots(options.rebootLimitMs ?? syncTimeoutMs);
  const failover = createFailover({ ...options, nodes, rank: progress.rank, isRebooting: reboots.includes });
  /** Nodes whose process has answered since it started. */
  const listening = new Set<ManagedNode>();
  const restartBackoff = createRestartBackoff<ManagedNode>();
  const roleReader = createRoleReader({ nodes, isListening: (node) => listening.has(node), isOccupied, log });
  const reportFailure = (message: string, cause: unknown): void => {
    if (!closing.aborted) log.error({ err: cause, shard: id }, message);
  };
  const health = createNodeHealth({
    ...{ nodes, failover, replication, reboots, emit },
    onAnswer: (node) => roleReader.answered(node),
  });
  const { isAvailable, allAvailable } = health;
  const roles = createNodeRoles({ failover, isAvailable, applyUsers: options.applyUsers, onFailure: reportFailure });
  const progressSaver = createProgressSaver(progress, options.keepProgress, closing);
  // Everything that changes roles runs serially, so that exits, failovers and inspections do not interfere.
  const serially = createSerial();

  const recovery = createRecovery({
    ...options,
    nodes,
    failover,
    // Serially, because a replica may be taking over.
    primary: () => serially(() => Promise.resolve(failover.primary())),
    watch,
  });

  async function onEnd(node: ManagedNode, how: string): Promise<void> {
    if (closing.aborted || !nodes.includes(node)) return;
    const isReboot = reboots.ended(node, how);
    const wait = isReboot ? 0 : restartBackoff.ended(node);
    lost(node);
    if (isReboot) emit({ type: 'node-rebooting', nodeId: node.id, message: `Node ${node.id} was stopped.` });
    else emit({ type: 'node-down', nodeId: node.id, message: `Node ${node.id} ended unexpectedly (${how}).` });
    void serially(failover.replaceDeadPrimary).catch((cause: unknown) =>
      reportFailure('No replica could take over', cause),
    );
    await delay(wait, undefined, { signal: closing });
    if (!nodes.includes(node)) return;
    health.reset(node);
    restartBackoff.started(node);
    const { ended } = await recovery.restart(node, closing);
    if (!nodes.includes(node)) {
      await node.stop();
      return;
    }
    health.restarted(node);
    reboots.answers(node);
    watch(node, ended);
    await serially(() => roles.join(node));
  }

  function lost(node: ManagedNode): void {
    listening.delete(node);
    roles.lost(node);
    health.reset(node);
    roleReader.answered(node);
    failover.lost(node);
  }

  async function startTogether(signal: AbortSignal): Promise<void> {
    const launched = await runAllOrAbort(nodes, signal, async (node, either) => ({
      node,
      ended: (await node.start(either)).ended,
    }));
    for (const { node, ended } of launched) watch(node, ended);
    await failover.begin(await roleReader.readAll());
  }

  function watch(node: ManagedNode, ended: Promise<string>): void {
    listening.add(node);
    ended
      .then((how) => onEnd(node, how))
      .catch((cause: unknown) => {
        if (closing.aborted || !nodes.includes(node)) return;
        reportFailure(`Node ${node.id} could not be restarted`, cause);
        // A failed start is handled like any other end: it is retried with growing delays.
        const stall = cause instanceof NodeFailed ? cause.stall : undefined;
        const how = `its restart failed${stall === undefined ? '' : `: ${stall}`}`;
        if (!node.isRunning()) watch(node, Promise.resolve(how));
      });
  }

  function release(node: ManagedNode): void {
    if (nodes.includes(node)) nodes.splice(nodes.indexOf(node), 1);
    lost(node);
    reboots.abandon(node);
    progress.forget(node.id);
  }

  return {
    async start(signal) {
      // All processes start at once. A replica follows as soon as its primary answers.
      for (const node of nodes) restartBackoff.started(node);
      await (options.withData ? recovery.start(options.withData, signal) : startTogether(signal));
      await Promise.all(nodes.map((node) => serially(() => roles.join(node))));
      if (await waitUntil(allAvailable, signal, syncTimeoutMs)) return;
      throw new Error(`The replicas of shard ${id} did not get in sync with their primary.`);
    },

    states: health.states,

    inspect: () =>
      serially(async () => {
        const read = await roleReader.readAll();
        await failover.detectElection(read);
        await failover.replaceDeadPrimary();
        await Promise.all([...read].map(([node, role]) => roles.repair(node, role)));
        const isOnDisk = await progressSaver.save(read, failover.primary());
        const observation = roleReader.compare(read);
        return observation === 'same' && !isOnDisk ? 'changed' : observation;
      }),

    keepFiles: (ended) =>
      serially(async () => {
        try {
          await progressSaver.saveFiles(nodes.filter((node) => ended.has(node)));
        } catch (cause) {
          // The nodes have ended anyway. The next start compares their files with the previous record.
          log.error({ err: cause, shard: id }, 'The data files of nodes could not be recorded');
        }
      }),

    primary: () => failover.primary(),
    nodes: () => nodes,

    async add(node, signal) {
      // First, because Valkey writes files as soon as it starts, which look like data until the copy is complete.
      await setProgress(progress.startsEmpty(node.id));
      nodes.push(node);
      restartBackoff.started(node);
      try {
        watch(node, (await node.start(signal)).ended);
        await serially(() => roles.join(node));
        if (await waitUntil(() => isAvailable(node), signal, syncTimeoutMs)) return;
        throw new Error(`Node ${node.id} did not get in sync with its primary.`);
      } catch (cause) {
        release(node);
        await node.stop();
        throw cause;
      }
    },
    release,

    async reboot(node) {
      if (!node.isRunning()) throw new Error(`Node ${node.id} is not running: it is being started.`);
      // Not while another node takes over.
      const { done } = await serially(() => Promise.resolve({ done: reboots.begin(node) }));
      const abandon = (): void => reboots.abandon(node);
      closing.addEventListener('abort', abandon);
      try {
        // The exit of the process is handled like any other, and starts it again.
        await Promise.all([done, node.stop()]);
        await waitUntil(allAvailable, closing, syncTimeoutMs);
      } finally {
        closing.removeEventListener('abort', abandon);
      }
    },

    async failover(may, handOverOptions) {
      const handOver = async (): Promise<boolean> => {
        // A replica that took over from a node that is restarting could lack its last writes.
        if (reboots.isAny()) return false;
        const from = await failover.handOver(may, handOverOptions);
        const settled = async (): Promise<boolean> => !from.isRunning() || (await isAvailable(from));
        await waitUntil(settled, closing, followTimeoutMs);
        return true;
      };
      while (!(await serially(handOver))) await reboots.settled();
    },
  };
}
