import type * as crypto from 'node:crypto';
import { randomInt } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { groupSpec, nodesOf, startFleet } from '../../../helpers/elasticache/fleet.js';

vi.mock('node:crypto', async (importOriginal) => {
  const original = await importOriginal<typeof crypto>();
  return { ...original, randomInt: vi.fn(original.randomInt) };
});

/** Makes the next search of free ports begin here. */
function searchFrom(port: number): void {
  vi.mocked(randomInt as (min: number, max: number) => number).mockReturnValueOnce(port);
}

it('No other group receives the ports of a group that is stopped to be started again', async () => {
  await using fleet = await startFleet();
  const group = await fleet.start(groupSpec({ shards: 1 }));
  const before = nodesOf(group);
  await group.close();
  searchFrom(before[0]!.port);
  const other = await fleet.start(groupSpec({ id: 'other' }));
  expect(nodesOf(other)[0]!.port).not.toBe(before[0]!.port);
  const again = await fleet.start(groupSpec({ shards: 1 }));
  expect(nodesOf(again)).toEqual(before);
});

it('The ports of a deleted group are free for others', async () => {
  await using fleet = await startFleet();
  const group = await fleet.start(groupSpec({}));
  const { port } = nodesOf(group)[0]!;
  await group.destroy();
  searchFrom(port);
  const other = await fleet.start(groupSpec({ id: 'other' }));
  expect(nodesOf(other)[0]!.port).toBe(port);
});
