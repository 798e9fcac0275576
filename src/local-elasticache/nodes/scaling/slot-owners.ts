import { setTimeout as delay } from 'node:timers/promises';
import type { ManagedNode } from '../node.js';
import { waitUntil } from '../replication/replication.js';
import { parseClusterNodes } from './cluster-nodes.js';
import type { RunningShard, ScalableGroup } from './scalable-group.js';

/** A slot that is being moved: `at` accepts or sends its keys one by one. */
interface OpenSlot {
  readonly slot: number;
  readonly at: RunningShard;
  /** Whether `at` receives keys of a slot that another shard owns. */
  readonly isImporting: boolean;
}

/** The shard that serves each slot, as the primaries say. */
export interface SlotOwners {
  /** By slot; undefined if no primary claims it. */
  readonly owners: readonly (RunningShard | undefined)[];
  readonly open: readonly OpenSlot[];
}

/** Asks the primaries of all shards. Rejects if one does not answer. */
export async function readSlotOwners({ shards }: Pick<ScalableGroup, 'shards'>): Promise<SlotOwners> {
  const views = await Promise.all(
    shards.map(async (running) => {
      const members = parseClusterNodes(await running.shard.primary().command('CLUSTER', 'NODES'));
      const myself = members.find(({ flags }) => flags.includes('myself'));
      if (!myself?.flags.includes('master')) throw new Error(`Shard ${running.id} has no primary now.`);
      return { running, myself };
    }),
  );
  const owners = new Array<RunningShard | undefined>(16_384).fill(undefined);
  // A former owner claims its slots until it learns of the later epoch.
  for (const { running, myself } of views.toSorted((a, b) => a.myself.epoch - b.myself.epoch)) {
    for (const slot of myself.slots) owners[slot] = running;
  }
  const open = views.flatMap(({ running, myself }) => [
    ...[...myself.importing.keys()].map((slot) => ({ slot, at: running, isImporting: true })),
    ...[...myself.migrating.keys()].map((slot) => ({ slot, at: running, isImporting: false })),
  ]);
  return { owners, open };
}

const awareWithinMs = 2_000;

/** Resolves when a node knows the slots of all primaries that answer, or after two seconds. */
export async function whenAware(
  shards: readonly RunningShard[],
  node: ManagedNode,
  signal: AbortSignal,
): Promise<void> {
  const others = shards
    .map(({ shard }) => shard.primary())
    .filter((primary) => primary !== node && primary.isRunning());
  const isAware = async (): Promise<boolean> => {
    const known = new Map(
      parseClusterNodes(await node.command('CLUSTER', 'NODES')).map(({ port, slots }) => [port, new Set(slots)]),
    );
    const claims = await Promise.all(
      others.map(async (primary) => {
        const members = await primary.command('CLUSTER', 'NODES').then(parseClusterNodes, () => []);
        return { port: primary.port, slots: members.find(({ flags }) => flags.includes('myself'))?.slots ?? [] };
      }),
    );
    return claims.every(({ port, slots }) => slots.every((slot) => known.get(port)?.has(slot)));
  };
  await waitUntil(isAware, signal, awareWithinMs);
}

const pollMs = 50;

/** Resolves when every running node reports these owners, so that clients that ask any node find the keys. */
export async function whenAgreed(group: ScalableGroup, signal: AbortSignal, withinMs = 10_000): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const isAgreed = await agrees(group).catch(() => false);
    if (isAgreed || performance.now() > deadline) return isAgreed;
    await delay(pollMs, undefined, { signal });
  }
}

async function agrees(group: ScalableGroup): Promise<boolean> {
  const { owners } = await readSlotOwners(group);
  const nodes = group.shards.flatMap(({ shard }) => shard.nodes()).filter((node) => node.isRunning());
  const views = await Promise.all(nodes.map((node) => node.command('CLUSTER', 'NODES').then(parseClusterNodes)));
  return views.every((members) =>
    members.every(({ port, slots }) => slots.every((slot) => owners[slot]?.shard.primary().port === port)),
  );
}
