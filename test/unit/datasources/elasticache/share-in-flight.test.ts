import { expect, test } from 'vitest';
import { shareInFlight } from '../../../../src/datasources/elasticache/watch/share-in-flight.js';

function controlled() {
  const pending: { resolve: (seen: number) => void; reject: (reason: Error) => void }[] = [];
  const look = shareInFlight(() => new Promise<number>((resolve, reject) => pending.push({ resolve, reject })));
  return { pending, look };
}

test('callers during a read share the next one, which starts when the current one has ended', async () => {
  const { pending, look } = controlled();
  const first = look();
  const others = [look(), look(), look()];
  expect(pending).toHaveLength(1);
  pending[0]!.resolve(1);
  expect(await first).toBe(1);
  await Promise.resolve();
  expect(pending).toHaveLength(2);
  const last = look();
  pending[1]!.resolve(2);
  expect(await Promise.all(others)).toEqual([2, 2, 2]);
  await Promise.resolve();
  pending[2]!.resolve(3);
  expect(await last).toBe(3);
});

test('a failed read is followed by the next one', async () => {
  const { pending, look } = controlled();
  const first = look();
  const second = look();
  pending[0]!.reject(new Error('out'));
  await expect(first).rejects.toThrow('out');
  await Promise.resolve();
  pending[1]!.resolve(2);
  expect(await second).toBe(2);
  const third = look();
  pending[2]!.resolve(3);
  expect(await third).toBe(3);
});
