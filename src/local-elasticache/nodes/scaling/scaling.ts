import { setTimeout as delay } from 'node:timers/promises';
import { formatSlots } from '../../../domain/cluster/slot-ranges.js';
import type { ShardSpec } from '../interfaces.js';
import { runAllOrAbort } from '../process/run-all-or-abort.js';
import { createSerial } from '../../../runtime/serial.js';
import { forgetStrangers } from './membership.js';
import { closeOpenSlots, moveSlots } from './move-slots.js';
import { addReplica, addShard } from './new-nodes.js';
import type { LiveSettings } from '../group/live-settings.js';
import { replaceNodes } from './replace-nodes.js';
import { removeReplica, removeShard } from './removal.js';
import { nodesOf, type ScalableGroup } from './scalable-group.js';
import { readSlotOwners } from './slot-owners.js';
import { errorMessage } from '../../../runtime/errors.js';

/** Changes the nodes and slots of a running group. */
export interface Scaling {
  /** See `RunningGroup.reshape`. */
  reshape(target: readonly ShardSpec[]): Promise<void>;
  /** See `RunningGroup.replaceNodes`. */
  replaceNodes(settings: Pick<LiveSettings, 'isReplaced'>): Promise<void>;
  /** The progress of moving slots; undefined if none move. */
  reshardingPercent(): number | undefined;
  /**
   * Closes in the background the slots that a change left open, as soon as all shards have a primary, and unless another change
   * begins before.
   */
  closeSlotsSoon(): void;
  /** Resolves when no change is in progress. */
  settled(): Promise<void>;
}

/** Pauses between attempts to close slots. */
const firstCloseMs = 1_000;
const longestCloseMs = 30_000;

export function createScaling(group: ScalableGroup): Scaling {
  const serially = createSerial();
  let percent: number | undefined;

  async function reshape(target: readonly ShardSpec[]): Promise<void> {
    const ids = new Set(target.map(({ id }) => id));
    // Members that a crash left behind must not be introduced to new ones.
    await forgetStrangers(group);
    await addMissing(target);
    const isResharding = group.clusterMode && !hasSlots(target);
    if (group.clusterMode) {
      if (isResharding) {
        percent = 0;
        group.emit({ type: 'resharding', message: `Started moving slots between the node groups of ${group.id}` });
      }
      try {
        await moveSlots(group, target, (reached) => {
          if (isResharding) percent = reached;
        });
      } finally {
        if (!group.closing.aborted) await readSlots();
      }
      if (isResharding) {
        group.emit({ type: 'resharding', message: `Finished moving slots between the node groups of ${group.id}` });
      }
      await group.onStep?.('slots-moved');
    }
    for (const running of group.shards.filter(({ id }) => !ids.has(id))) await removeShard(group, running);
    for (const { id, nodes } of target) {
      const running = group.shards.find((one) => one.id === id);
      const kept = new Set(nodes.map((node) => node.id));
      const surplus = running?.shard.nodes().filter((node) => !kept.has(node.id)) ?? [];
      if (running && surplus.length > 0) {
        await removeReplica(group, running, new Set(surplus.map((node) => node.id)));
      }
    }
    await forgetStrangers(group);
  }

  /** Starts what is missing, all at the same time. If one of them fails, all of them are removed again. */
  async function addMissing(target: readonly ShardSpec[]): Promise<void> {
    const before = new Set(nodesOf(group).map(({ id }) => id));
    const tasks = target.flatMap((spec) => {
      const running = group.shards.find(({ id }) => id === spec.id);
      if (!running) return [(signal: AbortSignal) => addShard(group, spec, signal)];
      const existing = new Set(running.shard.nodes().map(({ id }) => id));
      const missing = spec.nodes.filter(({ id }) => !existing.has(id));
      return missing.map((node) => (signal: AbortSignal) => addReplica(group, running, node, signal));
    });
    try {
      await runAllOrAbort(tasks, group.closing, (task, signal) => task(signal));
    } catch (cause) {
      if (!group.closing.aborted) await removeAllBut(before);
      throw cause;
    }
  }

  async function removeAllBut(kept: ReadonlySet<string>): Promise<void> {
    for (const running of [...group.shards]) {
      const added = running.shard.nodes().filter(({ id }) => !kept.has(id));
      if (added.length === running.shard.nodes().length) await removeShard(group, running);
      else if (added.length > 0) await removeReplica(group, running, new Set(added.map(({ id }) => id)));
    }
  }

  const hasSlots = (target: readonly ShardSpec[]): boolean =>
    target.every(({ id, slots }) => group.shards.find((one) => one.id === id)?.slots === slots);

  /** Records the slots that the shards have. */
  async function readSlots(): Promise<void> {
    const { owners } = await readSlotOwners(group).catch(() => ({ owners: undefined }));
    if (!owners) return;
    for (const running of group.shards) {
      running.slots = formatSlots(owners.flatMap((owner, slot) => (owner === running ? [slot] : [])));
    }
  }

  let last: Promise<void> = Promise.resolve();
  /** Ends the closing of slots. A change of the shape closes them itself. */
  let closingSlots = new AbortController();
  const change = (work: () => Promise<void>): Promise<void> => {
    closingSlots.abort();
    const done = serially(work);
    last = done.catch(() => undefined);
    return done;
  };

  const closeSlotsSoon = (): void => {
    if (!group.clusterMode) return;
    closingSlots.abort();
    closingSlots = new AbortController();
    const ended = AbortSignal.any([group.closing, closingSlots.signal]);
    const attempt = async (): Promise<boolean> => {
      if (ended.aborted) return true;
      try {
        const closed = await closeOpenSlots(group);
        const message = `Closed the slots of ${group.id} that an earlier change had left open`;
        if (closed) group.emit({ type: 'resharding', message });
        return true;
      } catch (cause) {
        if (!group.closing.aborted) {
          group.log.warn({ group: group.id, reason: errorMessage(cause) }, 'Slots could not be closed: trying again');
        }
        return false;
      }
    };
    const closeAll = async (): Promise<void> => {
      for (let pauseMs = firstCloseMs; ; pauseMs = Math.min(2 * pauseMs, longestCloseMs)) {
        await delay(pauseMs, undefined, { signal: ended });
        const closed = serially(attempt);
        last = closed.then(() => undefined);
        if (await closed) return;
      }
    };
    // Only the pause rejects, when it is interrupted.
    closeAll().catch(() => undefined);
  };

  /** A change that was given up may leave slots open. */
  const reshapeOrClose = async (target: readonly ShardSpec[]): Promise<void> => {
    try {
      await reshape(target);
    } catch (cause) {
      closeSlotsSoon();
      throw cause;
    }
  };
  return {
    reshape: (target) => change(() => reshapeOrClose(target)).finally(() => (percent = undefined)),
    replaceNodes: (settings) => change(() => replaceNodes(group, settings)),
    reshardingPercent: () => percent,
    closeSlotsSoon,
    settled: () => last,
  };
}
