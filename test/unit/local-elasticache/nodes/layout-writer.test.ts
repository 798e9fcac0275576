import { expect, it } from 'vitest';
import type { Layout } from '../../../../src/local-elasticache/nodes/group/layout.js';
import { createLayoutWriter } from '../../../../src/local-elasticache/nodes/group/layout-writer.js';
import { testLog } from '../../../helpers/run/test-log.js';

it('keeps a replica that takes over while it is being added', async () => {
  const written: Layout[] = [];
  const writer = createLayoutWriter(
    { nodes: { a: { port: 1 }, b: { port: 2, isTransient: true } }, primaries: { '0001': 'a' } },
    (layout) => Promise.resolve(void written.push(layout)),
    testLog(),
  );
  await writer.setPrimary('0001', 'b');
  expect(JSON.parse(JSON.stringify(written))).toEqual([
    { nodes: { a: { port: 1 }, b: { port: 2 } }, primaries: { '0001': 'b' } },
  ]);
});
