import { setTimeout as delay } from 'node:timers/promises';
import type { ManagedNode } from '../node.js';
import type { NodeState } from '../interfaces.js';
import { runAllOrAbort } from '../process/run-all-or-abort.js';
import { createSerial } from '../../../runtime/serial.js';
import { roleOf, waitUntil } from '../replication/replication.js';
import type { Role } from '../role.js';
import { createFailover, type FailoverOptions, type HandOverOptions } from './failover.js';
import { createDataFilesRecorder } from '../data/data-files-recorder.js';
import type { Observation } from './inspection-pace.js';
import { notOnDisk } from '../data/node-data.js';
import type { Progress } from '../data/progress.js';
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
  const { id, replication, applyUsers, emit, log, closing } = options;
  const { progress, keepProgress, setProgress, isOccupied } = options;
  const files = createDataFilesRecorder(progress);
  /** The helpers below share this list, which grows and shrinks. */
  const nodes = [...options.nodes];
  const reboots = createReboots(options.rebootLimitMs ?? syncTimeoutMs);
  const failover = createFailover({ ...options, nodes, rank: progress.rank, isRebooting: reboots.includes });
  const health = new Map<ManagedNode, NodeState['health']>(nodes.map((node) => [node, 'starting']));
  /** Nodes whose process has answered since it started. */
  const listening = new Set<ManagedNode>();
  /** Nodes that have their role and users. */
  const joined = new Set<ManagedNode>();
  /** Restarted nodes that are not in sync yet. */
  const returning = new Set<ManagedNode>();
  const restartBackoff = createRestartBackoff<ManagedNode>();
  const roleReader = createRoleReader({ nodes, isListening: (node) => listening.has(node), isOccupied, log });
  // Everything that changes roles runs serially, so that exits, failovers and inspections do not interfere.
  const serially = createSerial();

  const reportFailure = (message: string, cause: unknown): void => {
    if (!closing.aborted) log.error({ err: cause, shard: id }, message);
  };

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
    health.set(node, 'down');
    for (const group of [listening, joined, returning]) group.delete(node);
    roleReader.answered(node);
    failover.lost(node);
    if (isReboot) emit({ type: 'node-rebooting', nodeId: node.id, message: `Node ${node.id} was stopped.` });
    else emit({ type: 'node-down', nodeId: node.id, message: `Node ${node.id} ended unexpectedly (${how}).` });
    void serially(failover.replaceDeadPrimary).catch((cause: unknown) =>
      reportFailure('No replica could take over', cause),
    );
    await delay(wait, undefined, { signal: closing });
    if (!nodes.includes(node)) return;
    health.set(node, 'starting');
    restartBackoff.started(node);
    const { ended } = await recovery.restart(node, closing);
    if (!nodes.includes(node)) {
      await node.stop();
      return;
    }
    returning.add(node);
    reboots.answers(node);
    watch(node, ended);
    await serially(() => join(node));
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
        if (!node.isRunning()) watch(node, Promise.resolve('its restart failed'));
      });
  }

  function release(node: ManagedNode): void {
    if (nodes.includes(node)) nodes.splice(nodes.indexOf(node), 1);
    health.delete(node);
    for (const group of [listening, joined, returning]) group.delete(node);
    roleReader.answered(node);
    reboots.abandon(node);
    failover.lost(node);
    progress.forget(node.id);
  }

  /** Assigns the role before the users: no client may write to a former primary meanwhile. */
  async function join(node: ManagedNode): Promise<void> {
    if (!node.isRunning()) return;
    if (node !== failover.primary()) await failover.replaceDeadPrimary();
    if (node !== failover.primary()) await failover.follow(node);
    await applyUsers(node);
    joined.add(node);
    await isAvailable(node);
  }

  /** Reads the node's role unless it is given, and records and reports changes. */
  async function isAvailable(node: ManagedNode, role?: Role): Promise<boolean> {
    const usable = failover.recordRole(node, role ?? (await roleOf(node))) && (await replication.serves(node));
    roleReader.answered(node);
    health.set(node, usable ? 'available' : 'starting');
    if (usable && returning.delete(node)) {
      const type = reboots.completed(node) ? 'node-rebooted' : 'node-restarted';
      emit({ type, nodeId: node.id, message: `Node ${node.id} is running again.` });
    }
    return usable;
  }

  async function allAvailable(): Promise<boolean> {
    const running = nodes.filter((node) => node.isRunning());
    return (await Promise.all(running.map((node) => isAvailable(node)))).every(Boolean);
  }

  async function repair(node: ManagedNode, role: Role): Promise<void> {
    const primary = failover.primary();
    const hasWrongRole = node !== primary && (role.role === 'primary' || role.of !== primary.port);
    try {
      const isSettled = joined.has(node) && !hasWrongRole;
      if (!joined.has(node)) await join(node);
      else if (hasWrongRole) await failover.follow(node);
      await isAvailable(node, isSettled ? role : undefined);
    } catch (cause) {
      // If the node has ended, its exit is handled elsewhere.
      if (node.isRunning()) reportFailure(`Node ${node.id} could not be repaired`, cause);
    }
  }

  return {
    async start(signal) {
      // All processes start at once. A replica follows as soon as its primary answers.
      for (const node of nodes) restartBackoff.started(node);
      await (options.withData ? recovery.start(options.withData, signal) : startTogether(signal));
      await Promise.all(nodes.map((node) => serially(() => join(node))));
      if (await waitUntil(allAvailable, signal, syncTimeoutMs)) return;
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
      serially(async () => {
        const roles = await roleReader.readAll();
        await failover.detectElection(roles);
        await failover.replaceDeadPrimary();
        await Promise.all([...roles].map(([node, role]) => repair(node, role)));
        const behind = [...roles.keys()].filter((node) => progress.isBehind(node.id));
        const unwritten = await notOnDisk(behind);
        // Nodes that are being stopped do not count as behind.
        if (!closing.aborted) {
          const observed = progress.observe(roles, failover.primary(), unwritten);
          await keepProgress((await files.recordIfDue([...roles.keys()])) ?? observed);
        }
        const observation = roleReader.compare(roles);
        return observation === 'same' && unwritten.size > 0 ? 'changed' : observation;
      }),

    keepFiles: (ended) =>
      serially(async () => {
        try {
          await keepProgress(await files.record(nodes.filter((node) => ended.has(node))));
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
        await serially(() => join(node));
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
