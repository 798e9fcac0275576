import { mkdir } from 'node:fs/promises';
import type { Logger } from '../../../telemetry/log.js';
import type { ManagedNode } from '../node.js';
import type { NodeEvent } from '../interfaces.js';
import { roleOf, type Replication } from '../replication/replication.js';
import type { Role } from '../role.js';
import type { Failover } from './failover.js';
import { isDataLoss, loadData } from '../data/load-data.js';
import { hasData, removeData, setDataAside } from '../data/node-data.js';
import type { Progress, ProgressRecord } from '../data/progress.js';

export interface RecoveryOptions {
  /** The shard's ID. */
  readonly id: string;
  readonly nodes: readonly ManagedNode[];
  readonly replication: Replication;
  readonly failover: Failover;
  readonly progress: ProgressRecord;
  /** Stores the progress of nodes. Rejects if that cannot be written. */
  setProgress(this: void, progress: Progress): Promise<void>;
  /** Resolves to the primary after pending role changes. */
  primary(this: void): Promise<ManagedNode>;
  /** Supervises a node that has started, or failed to. */
  watch(this: void, node: ManagedNode, ended: Promise<string>): void;
  emit(this: void, event: NodeEvent): void;
  readonly log: Logger;
}

/** Starts nodes that had data in an earlier run, some of which may be missing or damaged. */
export interface Recovery {
  /**
   * Starts the shard's nodes: first those that load their data, one of which becomes primary; then the others as empty
   * replicas.
   * @throws Error if no node has its data
   */
  start(this: void, withData: ReadonlySet<ManagedNode>, signal: AbortSignal): Promise<void>;
  /**
   * Restarts a node that has ended, with its data or as an empty replica. Rejects if it is the primary and has no
   * complete data.
   */
  restart(this: void, node: ManagedNode, signal: AbortSignal): Promise<{ readonly ended: Promise<string> }>;
}

const incomplete = 'has no complete copy of the data';
const unmark =
  'Its files are used again when you have stopped this program and removed its "isEmpty" from group.json of the replication group.';

export function createRecovery(options: RecoveryOptions): Recovery {
  const { id, nodes, replication, failover, progress, setProgress, watch, emit, log } = options;

  async function restart(node: ManagedNode, signal: AbortSignal): Promise<{ ended: Promise<string> }> {
    if (!(await hasData(node.directory))) return startEmpty(node, 'has lost its data', signal);
    // These files were written after an empty start or before the copy was complete: a primary would send them to its
    // replicas.
    if (progress.isEmpty(node.id)) await requireReplica(node, incomplete);
    try {
      return await loadData(node, progress, signal);
    } catch (cause) {
      if (!isDataLoss(cause)) throw cause;
      log.error({ err: cause, shard: id }, `Node ${node.id} cannot load its data`);
      return startEmpty(node, 'cannot load its data', signal);
    }
  }

  async function requireReplica(node: ManagedNode, reason: string): Promise<ManagedNode> {
    const primary = await options.primary();
    if (node !== primary) return primary;
    const hint = progress.isEmpty(node.id) ? ` ${unmark}` : '';
    throw new Error(
      `Node ${node.id} ${reason}, and no replica is in sync: restore the files in ${node.directory}, or delete its replication group.${hint}`,
    );
  }

  /** Starts a node without usable data as a replica: an empty primary would empty its replicas. */
  async function startEmpty(
    node: ManagedNode,
    reason: string,
    signal: AbortSignal,
  ): Promise<{ ended: Promise<string> }> {
    const primary = await requireReplica(node, reason);
    const hadNoCopy = progress.isEmpty(node.id);
    // First, because Valkey writes files as soon as it starts, which look like data if this process ends before the
    // copy is complete.
    await setProgress(progress.startsEmpty(node.id));
    await mkdir(node.directory, { recursive: true, mode: 0o700 });
    // The primary has all that an incomplete copy of its data has.
    if (hadNoCopy) await removeData(node.directory);
    const aside = await setDataAside(node.directory);
    const movedFiles = aside ? ` Its files were moved to ${aside}.` : '';
    await replication.prepareEmpty(node, primary);
    const message = `Node ${node.id} ${reason}: it starts empty and copies the data of ${primary.id}.${movedFiles}`;
    log.error({ node: node.id, directory: node.directory }, message);
    emit({ type: 'node-emptied', nodeId: node.id, message });
    return node.start(signal);
  }

  async function start(withData: ReadonlySet<ManagedNode>, signal: AbortSignal): Promise<void> {
    const holders = nodes.filter((node) => withData.has(node) && !progress.isEmpty(node.id));
    if (holders.length === 0) {
      const places = nodes.map(({ directory }) => directory).join(', ');
      const marked = nodes.filter((node) => progress.isEmpty(node.id)).map((node) => node.id);
      const hint = marked.length === 0 ? '' : ` ${marked.join(', ')}: ${unmark}`;
      throw new Error(
        `No node of shard ${id} has its data: ${places}. Restore the files, or delete the replication group.${hint}`,
      );
    }
    const results = await Promise.allSettled(holders.map((node) => loadData(node, progress, signal)));
    signal.throwIfAborted();
    const loaded = new Map<ManagedNode, Role>();
    const failures: unknown[] = [];
    for (const [index, node] of holders.entries()) {
      const result = results[index];
      if (result?.status === 'fulfilled') {
        watch(node, result.value.ended);
        loaded.set(node, await roleOf(node));
      } else {
        if (!isDataLoss(result?.reason)) throw result?.reason;
        log.error({ err: result?.reason, shard: id }, `Node ${node.id} cannot load its data`);
        failures.push(result?.reason);
      }
    }
    if (loaded.size === 0) throw failures[0];
    await failover.begin(loaded);
    for (const node of nodes.filter((one) => !loaded.has(one))) {
      const reason = !withData.has(node)
        ? 'has lost its data'
        : progress.isEmpty(node.id)
          ? incomplete
          : 'cannot load its data';
      const started = startEmpty(node, reason, signal).then(({ ended }) => watch(node, ended));
      await started.catch((cause: unknown) => {
        signal.throwIfAborted();
        log.error({ err: cause, shard: id }, `Node ${node.id} could not be started empty`);
        watch(node, Promise.resolve('its start failed'));
      });
    }
  }

  return { start, restart };
}
