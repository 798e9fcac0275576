import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localFiles } from '../../../../src/local-elasticache/local-files.js';
import { createNodeFleet } from '../../../../src/local-elasticache/nodes/fleet.js';
import { resolveValkey } from '../../../../src/local-elasticache/nodes/binary/resolve-binary.js';
import type { ScalingStep } from '../../../../src/local-elasticache/nodes/scaling/scalable-group.js';
import { fillDisk } from '../../../helpers/elasticache/full-disk.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../../helpers/elasticache/local-elasticache.js';
import { testLog } from '../../../helpers/run/test-log.js';

const layout = 'nodes/orders/group.json';
const cases: { step: ScalingStep; file: string; replicas: number; isKept: boolean }[] = [
  { step: 'start-node', file: layout, replicas: 1, isKept: false },
  { step: 'keep-node', file: layout, replicas: 1, isKept: false },
  { step: 'keep-node', file: localFiles.state, replicas: 1, isKept: true },
  { step: 'remove-node', file: layout, replicas: 0, isKept: true },
  { step: 'delete-node', file: layout, replicas: 0, isKept: false },
];

describe('a disk that is full for a moment', () => {
  it.each(cases)(
    'before $step, when $file is written, leaves the nodes that are described',
    { timeout: 60_000 },
    async ({ step, file, replicas, isKept }) => {
      const dataDir = await mkdtemp(join(tmpdir(), 'cachegraph-full-'));
      let fatal: ScalingStep | undefined;
      const start = () =>
        createNodeFleet({
          ...{ dataDir, provideBinary: resolveValkey, log: testLog() },
          async onScalingStep(reached) {
            if (reached !== fatal) return;
            fatal = undefined;
            await fillDisk(join(dataDir, file));
          },
        });
      let fleet = start();
      try {
        {
          await using local = await startElastiCache(fleet, dataDir);
          const { client } = local;
          const change = (NewReplicaCount: number) => {
            const input = { ReplicationGroupId: 'orders', NewReplicaCount, ApplyImmediately: true };
            return NewReplicaCount === 0 ? client.decreaseReplicaCount(input) : client.increaseReplicaCount(input);
          };
          await client.createReplicationGroup({ ...smallGroup, NumCacheClusters: replicas === 0 ? 2 : 1 });
          await groupStatusBecomes(client, 'orders', 'available');
          fatal = step;
          await change(replicas);
          await groupStatusBecomes(client, 'orders', 'available');
          expect(fatal).toBeUndefined();
          const { ReplicationGroups: [group] = [] } = await client.describeReplicationGroups();
          const members = isKept ? ['orders-001', 'orders-002'] : ['orders-001'];
          expect(group!.MemberClusters).toEqual(members);
          const folders = (await readdir(join(dataDir, 'nodes/orders'))).filter((name) => name.startsWith('orders-'));
          expect(folders).toEqual(members);
          const { Events = [] } = await client.describeEvents({ SourceType: 'replication-group' });
          const hasFailed = Events.some(({ Message }) => Message!.includes('failed: The disk is full (ENOSPC)'));
          expect(hasFailed).toBe(file === layout);
          // With space again, the change can be made.
          if (hasFailed && isKept === (replicas === 0)) await change(replicas);
          await groupStatusBecomes(client, 'orders', 'available');
        }
        await fleet.close();
        fleet = start();
        await using again = await startElastiCache(fleet, dataDir);
        await groupStatusBecomes(again.client, 'orders', 'available');
        const { ReplicationGroups: [group] = [] } = await again.client.describeReplicationGroups();
        expect(group!.MemberClusters).toHaveLength(1 + replicas);
        const { nodes } = JSON.parse(await readFile(join(dataDir, layout), 'utf8')) as { nodes: object };
        expect(Object.keys(nodes)).toEqual(group!.MemberClusters);
      } finally {
        await fleet.close();
        await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
      }
    },
  );
});
