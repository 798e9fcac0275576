import { expect, test } from 'vitest';
import { createInventory } from '../../../src/resolvers/shared/inventory.js';
import { createFakeControlPlane } from '../../helpers/elasticache/fake-control-plane.js';

test('calls that ElastiCache has for one resource only are made ten at a time, and a failed one fails alone', async () => {
  let running = 0;
  let most = 0;
  const controlPlane = {
    ...createFakeControlPlane(),
    async tags(arn: string) {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      if (arn === 'arn:3') throw new Error('refused');
      return [{ key: 'arn', value: arn }];
    },
  };
  const inventory = createInventory(controlPlane);
  const results = await Promise.allSettled(Array.from({ length: 35 }, (_, index) => inventory.tags(`arn:${index}`)));
  expect(most).toBe(10);
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  expect(results[34]).toEqual({ status: 'fulfilled', value: [{ key: 'arn', value: 'arn:34' }] });
});
