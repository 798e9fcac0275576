import { expect, it } from 'vitest';
import type { NodeState } from '../../../../src/local-elasticache/nodes/interfaces.js';
import { enter, groupSpec, nodesOf, startFleet } from '../../../helpers/elasticache/fleet.js';
import { eventually } from '../../../helpers/run/eventually.js';

/** The parts of CLUSTER NODES that describe open slots, of all nodes. */
async function openSlots(nodes: readonly NodeState[]): Promise<string[]> {
  const views = await Promise.all(
    nodes.map(async (node) => {
      await using client = await enter(node);
      return String(await client.command('CLUSTER', 'NODES'));
    }),
  );
  return views.flatMap((view) => view.match(/\[\d+-[<>]-\w+\]/g) ?? []);
}

async function noneIsOpen(nodes: readonly NodeState[]): Promise<void> {
  await eventually(async () => expect(await openSlots(nodes)).toEqual([]));
}

/** A group of two shards with a key in slot 0, and the shape in which slot 0 belongs to the other shard. */
const spec = groupSpec({ shards: 2 });
const key = '{06S}kept';
const moved = spec.shards.map((shard, index) => ({ ...shard, slots: ['100-8191', '0-99,8192-16383'][index]! }));

it('slots that a failed move left open are closed without a request', async () => {
  let isFailing = true;
  await using fleet = await startFleet(undefined, {
    movePatienceMs: 300,
    onScalingStep(step) {
      if (isFailing && step === 'assign-slots') throw new Error('The disk is full.');
    },
  });
  const group = await fleet.start(spec);
  const [owner] = nodesOf(group);
  const messages: string[] = [];
  group.onEvent(({ message }) => messages.push(message));
  await using client = await enter(owner!);
  await client.command('SET', key, 'value');

  await expect(group.reshape(moved)).rejects.toThrow('The disk is full.');
  expect(await openSlots(nodesOf(group))).not.toEqual([]);
  isFailing = false;

  await noneIsOpen(nodesOf(group));
  await eventually(() => expect(messages).toContain('Closed the slots of orders that an earlier change had left open'));
  expect(await client.command('GET', key)).toBe('value');
  expect(group.topology().shards.map(({ slots }) => slots)).toEqual(spec.shards.map(({ slots }) => slots));
  expect(await client.command('CLUSTER', 'COUNTKEYSINSLOT', '0')).toBe(1);
}, 60_000);

it('slots that an earlier run left open are closed at the next start', async () => {
  await using fleet = await startFleet(undefined, {
    movePatienceMs: 300,
    onScalingStep(step) {
      if (step === 'assign-slots') throw new Error('The disk is full.');
    },
  });
  const group = await fleet.start(spec);
  await expect(group.reshape(moved)).rejects.toThrow('The disk is full.');
  await fleet.close();
  await using again = await startFleet(fleet.dataDir);
  await noneIsOpen(nodesOf(await again.start(spec)));
}, 60_000);
