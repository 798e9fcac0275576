import { describe, expect, it } from 'vitest';
import { openMigrationConnection } from '../../../../src/local-elasticache/nodes/scaling/migration-connection.js';
import { moveSlots } from '../../../../src/local-elasticache/nodes/scaling/move-slots.js';
import type { RunningShard, ScalableGroup } from '../../../../src/local-elasticache/nodes/scaling/scalable-group.js';
import { createSerial } from '../../../../src/runtime/serial.js';
import { administrator, startValkeyCluster, type TestValkey } from '../../../helpers/valkey/valkey.js';
import { testLog } from '../../../helpers/run/test-log.js';

const slot = '15495';
const both = '{a}both';

describe('a slot whose move was interrupted', () => {
  it.each([
    { title: 'returns to its owner', staysWithOwner: true },
    { title: 'goes on to the receiver', staysWithOwner: false },
  ])('$title with all keys, and of a key on both nodes the one of the owner is kept', async ({ staysWithOwner }) => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    const [receiver, owner] = cluster.primaries as [TestValkey, TestValkey];
    expect(await owner.command('CLUSTER', 'KEYSLOT', both)).toBe(Number(slot));
    await owner.command('SET', both, 'current');
    const [ownerId, receiverId] = await Promise.all([owner, receiver].map((node) => node.command('CLUSTER', 'MYID')));
    await receiver.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(ownerId));
    await owner.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(receiverId));
    {
      const { host, port } = receiver;
      await using asking = await openMigrationConnection({ host, port, ...administrator, ca: undefined });
      for (const key of [both, '{a}moved', '{a}bytes\u00ff']) {
        await asking.run([['ASKING'], ['SET', Buffer.from(key, 'latin1'), 'old']]);
      }
    }
    const shardOf = (id: string, node: TestValkey): RunningShard => {
      const managed = {
        id,
        host: node.host,
        port: node.port,
        command: (...args: string[]) => node.command(...args),
        isRunning: () => true,
      };
      return { id, slots: '', shard: { primary: () => managed, nodes: () => [managed] } } as unknown as RunningShard;
    };
    const shards = [shardOf('0001', receiver), shardOf('0002', owner)];
    const group = {
      ...{ id: 'orders', shards, factory: { administrator, ca: undefined }, migrating: new Set() },
      ...{ closing: new AbortController().signal, log: testLog(), changeOwners: createSerial() },
    } as unknown as ScalableGroup;
    const target = staysWithOwner
      ? [
          { id: '0001', slots: '0-8191', nodes: [] },
          { id: '0002', slots: '8192-16383', nodes: [] },
        ]
      : [
          { id: '0001', slots: `0-8191,${slot}`, nodes: [] },
          { id: '0002', slots: '8192-15494,15496-16383', nodes: [] },
        ];
    await moveSlots(group, target, () => undefined);

    const [holder, other] = staysWithOwner ? [owner, receiver] : [receiver, owner];
    expect(await holder.command('GET', both)).toBe('current');
    expect(await holder.command('GET', '{a}moved')).toBe('old');
    expect(await holder.command('CLUSTER', 'COUNTKEYSINSLOT', slot)).toBe(3);
    expect(await other.command('CLUSTER', 'COUNTKEYSINSLOT', slot)).toBe(0);
    for (const node of [owner, receiver]) expect(String(await node.command('CLUSTER', 'NODES'))).not.toContain('[');
  });
});
