import { expect, test } from 'vitest';
import { mostUsedMemory } from '../../../../src/local-elasticache/nodes/group/used-memory.js';

const using = (bytes: number) => ({
  command: () => Promise.resolve(`used_memory:${bytes}\r\nmem_not_counted_for_evict:10\r\n`),
});
const silent = { command: () => Promise.reject(new Error('It is down.')) };

test('The fullest node that answers counts, without what does not count for maxmemory', async () => {
  const shards = [
    { id: '0001', nodes: [using(110), silent] },
    { id: '0002', nodes: [using(210), using(310)] },
  ];
  expect(await mostUsedMemory(shards)).toBe(300);
});

test('The use of memory is unknown if no node of a shard answers', async () => {
  const shards = [
    { id: '0001', nodes: [using(110)] },
    { id: '0002', nodes: [silent, silent] },
  ];
  await expect(mostUsedMemory(shards)).rejects.toThrow('No node of shard 0002 answers');
});
