import { setTimeout as delay } from 'node:timers/promises';
import { parseSlots } from '../../../domain/cluster/slot-ranges.js';
import { errorMessage } from '../../../runtime/errors.js';
import type { ShardSpec } from '../interfaces.js';
import { moveByEngine } from './move-by-engine.js';
import { moveByKeys } from './move-keys.js';
import { withMigration, type Migration } from './migration.js';
import type { RunningShard, ScalableGroup } from './scalable-group.js';
import { slotMoves, type SlotMove } from './slot-moves.js';
import { readSlotOwners, whenAgreed, type SlotOwners } from './slot-owners.js';

/** Slots that are open at the same time. Commands with several keys of an open slot may have to wait. */
const slotsAtOnce = 512;
/** The engine hands over many at once, each time with a snapshot. */
const slotsAtOnceByEngine = 2_048;
/** A shard that fails over or restarts is waited for; then the move is given up. */
const defaultPatienceMs = 60_000;
const pauseMs = 200;

/**
 * Moves the slots until each shard has those of `target`, and closes those that an earlier run left open. A shard that
 * fails meanwhile is waited for.
 */
export async function moveSlots(
  group: ScalableGroup,
  target: readonly ShardSpec[],
  onProgress: (percent: number) => void,
): Promise<void> {
  const { closing: signal, movePatienceMs: patienceMs = defaultPatienceMs } = group;
  const byId = new Map(group.shards.map((running) => [running.id, running]));
  const wanted = new Map<number, RunningShard>();
  for (const { id, slots } of target) {
    const shard = byId.get(id);
    if (!shard) throw new Error(`${group.id} has no shard ${id}.`);
    for (const slot of parseSlots(slots)) wanted.set(slot, shard);
  }
  let [most, lastAt, lastLeft] = [0, performance.now(), Infinity];
  const report = (left: number): void => {
    most = Math.max(most, left);
    if (left < lastLeft) lastAt = performance.now();
    lastLeft = left;
    if (most > 0) onProgress(Math.round((1 - left / most) * 10_000) / 100);
  };
  for (;;) {
    try {
      const result = await withMigration(group, signal, (migration) => moveAll(migration, wanted, report));
      // The owners are read again after moves.
      if (result === 'moved') continue;
      if (result === 'in place' && (await whenAgreed(group, signal))) return;
    } catch (cause) {
      signal.throwIfAborted();
      if (performance.now() - lastAt > patienceMs) throw cause;
      group.log.warn({ group: group.id, reason: errorMessage(cause) }, 'Moving slots failed: trying again');
    }
    if (performance.now() - lastAt > patienceMs) throw new Error(`The slots of ${group.id} could not be moved.`);
    await delay(pauseMs, undefined, { signal });
  }
}

/**
 * Closes the slots that a move left open, if all shards have a primary that answers. Each returns to its owner with all its keys.
 * @returns whether there were any
 */
export async function closeOpenSlots(group: ScalableGroup): Promise<boolean> {
  const { owners, open } = await readSlotOwners(group);
  if (open.length === 0) return false;
  const wanted = new Map(owners.flatMap((owner, slot) => (owner ? [[slot, owner] as const] : [])));
  await withMigration(group, group.closing, async (migration) => {
    let result: Awaited<ReturnType<typeof moveAll>>;
    // To the receiver, which has keys that clients know to be there, and back.
    do result = await moveAll(migration, wanted, () => undefined);
    while (result === 'moved');
  });
  const left = await readSlotOwners(group);
  if (left.open.length > 0) throw new Error(`${left.open.length} slots of ${group.id} are still open.`);
  return true;
}

/** @returns the result; `unknown` if slots have no owner now */
async function moveAll(
  migration: Migration,
  wanted: ReadonlyMap<number, RunningShard>,
  report: (left: number) => void,
): Promise<'moved' | 'in place' | 'unknown'> {
  const seen = await readSlotOwners(migration.group);
  const moves = slotMoves(seen, wanted);
  if (await finishOpenSlots(migration, seen, wanted)) return 'moved';
  let left = moves.reduce((sum, { slots }) => sum + slots.length, 0);
  if (left > 0) report(left);
  const moved = (slots: readonly number[]): void => {
    left -= slots.length;
    report(left);
  };
  const remaining = await moveAllByEngine(migration, moves, moved);
  await moveAllByKeys(migration, remaining, moved);
  if (moves.length > 0) return 'moved';
  return seen.owners.every((owner) => owner !== undefined) ? 'in place' : 'unknown';
}

type Moved = (slots: readonly number[]) => void;

/** One pair of shards after the other. @returns the moves that are left if the engine does not have the command */
async function moveAllByEngine(migration: Migration, moves: readonly SlotMove[], moved: Moved): Promise<SlotMove[]> {
  for (const [index, move] of moves.entries()) {
    for (const slots of portionsOf(move.slots, slotsAtOnceByEngine)) {
      if (!(await moveByEngine(migration, { ...move, slots }))) return moves.slice(index);
      moved(slots);
    }
  }
  return [];
}

/** MIGRATE blocks the source, so that shards send at the same time, each to one other shard after the other. */
async function moveAllByKeys(migration: Migration, moves: readonly SlotMove[], moved: Moved): Promise<void> {
  const failed = new AbortController();
  const sources = new Set(moves.map(({ from }) => from));
  const results = await Promise.allSettled(
    [...sources].map(async (source) => {
      try {
        for (const move of moves.filter(({ from }) => from === source)) {
          for (const slots of portionsOf(move.slots, slotsAtOnce)) {
            if (failed.signal.aborted) return;
            await moveByKeys(migration, { ...move, slots });
            moved(slots);
          }
        }
      } catch (cause) {
        failed.abort();
        throw cause;
      }
    }),
  );
  // All have ended, so that nothing is repeated while it is still running.
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

function portionsOf(slots: readonly number[], size: number): (readonly number[])[] {
  return Array.from({ length: Math.ceil(slots.length / size) }, (_, at) => slots.slice(at * size, (at + 1) * size));
}

/**
 * Finishes moves of an earlier change that do not lead to the target: the receiver has keys that clients know to be
 * there, so it becomes the owner, and the slot moves on from it.
 * @returns whether owners have changed
 */
async function finishOpenSlots(
  migration: Migration,
  seen: SlotOwners,
  wanted: ReadonlyMap<number, RunningShard>,
): Promise<boolean> {
  const { owners, open } = seen;
  const closed = new Map<RunningShard, number[]>();
  const onward = new Map<number, RunningShard>();
  for (const { slot, at, isImporting } of open) {
    const from = owners[slot];
    if (!from) continue;
    if (isImporting && at !== from) {
      // Otherwise it is continued with the others.
      if (wanted.get(slot) !== at) onward.set(slot, at);
    } else if (wanted.get(slot) === from && !open.some((other) => other.slot === slot && other.isImporting)) {
      closed.set(at, [...(closed.get(at) ?? []), slot]);
    }
  }
  for (const [at, slots] of closed) {
    await migration.runAll(
      at,
      slots.map((slot) => ['CLUSTER', 'SETSLOT', String(slot), 'STABLE']),
    );
  }
  for (const move of slotMoves(seen, onward)) {
    for (const slots of portionsOf(move.slots, slotsAtOnce)) await moveByKeys(migration, { ...move, slots });
  }
  return onward.size > 0;
}
