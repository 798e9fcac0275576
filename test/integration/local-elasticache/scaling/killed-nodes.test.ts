import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createNodeFleet } from '../../../../src/local-elasticache/nodes/fleet.js';
import { resolveValkey } from '../../../../src/local-elasticache/nodes/binary/resolve-binary.js';
import type { ScalingStep } from '../../../../src/local-elasticache/nodes/scaling/scalable-group.js';
import { enter, groupSpec, nodesOf, primaryOf, userWithPassword } from '../../../helpers/elasticache/fleet.js';
import { testLog } from '../../../helpers/run/test-log.js';
import { replicatedTo } from '../../../helpers/valkey/replicated.js';

const keys = 3_000;

describe('a node that is killed while slots move', () => {
  it.each([
    { title: 'the receiving one, without a replica', shard: 1, replicas: 0, tls: false },
    { title: 'the sending one, without a replica', shard: 0, replicas: 0, tls: false },
    { title: 'the receiving one, whose replica takes over, with TLS and users', shard: 1, replicas: 1, tls: true },
    { title: 'the sending one, whose replica takes over', shard: 0, replicas: 1, tls: false },
  ])(
    'loses no key: $title',
    async ({ shard, replicas, tls }) => {
      const dataDir = await mkdtemp(join(tmpdir(), 'cachegraph-fleet-'));
      let kill: ((step: ScalingStep) => Promise<void>) | undefined;
      const fleet = createNodeFleet({
        dataDir,
        provideBinary: resolveValkey,
        log: testLog(),
        onScalingStep: (step) => kill?.(step),
      });
      try {
        const users = [userWithPassword('alice', 'canary-alice-password')];
        const shape = { replicas, tls, users };
        const group = await fleet.start(groupSpec({ shards: 1, ...shape }));
        const alice = {
          ...{ username: 'alice', password: 'canary-alice-password' },
          ...(tls ? { ca: await fleet.caCertificate() } : {}),
        };
        {
          await using client = await enter(primaryOf(group), alice);
          await Promise.all(
            Array.from({ length: keys }, (_, number) =>
              client.command('SET', `key-${number}`, `${number}`, 'EX', '9000'),
            ),
          );
          await replicatedTo(replicas, client);
        }
        let batches = 0;
        kill = async (step) => {
          batches += Number(step === 'assign-slots');
          if (step !== 'assign-slots' || batches !== 3) return;
          process.kill(await processIdAs(primaryOf(group, shard), alice), 'SIGKILL');
        };
        const two = groupSpec({ shards: 2, ...shape });
        await group.reshape(two.shards);
        expect(batches).toBeGreaterThan(3);
        expect(group.topology().shards.map(({ slots }) => slots)).toEqual(['0-8191', '8192-16383']);
        expect(nodesOf(group)).toHaveLength(2 * (1 + replicas));
        let found = 0;
        for (const index of [0, 1]) {
          await using client = await enter(primaryOf(group, index), alice);
          for (let number = 0; number < keys; number += 1) {
            const value = await client.command('GET', `key-${number}`).catch(() => null);
            if (value === null) continue;
            expect(value).toBe(`${number}`);
            expect(Number(await client.command('TTL', `key-${number}`))).toBeGreaterThan(8_000);
            found += 1;
          }
        }
        expect(found).toBe(keys);
      } finally {
        await fleet.close();
        await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
      }
    },
    120_000,
  );
});

async function processIdAs(
  node: Parameters<typeof enter>[0],
  credentials: Parameters<typeof enter>[1],
): Promise<number> {
  await using client = await enter(node, credentials);
  const [, id] = /process_id:(\d+)/.exec(String(await client.command('INFO', 'server')))!;
  return Number(id);
}
