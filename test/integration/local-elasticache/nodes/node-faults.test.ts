import { describe, expect, it } from 'vitest';
import { openAdmin } from '../../../../src/local-elasticache/nodes/admin.js';
import type { NodeEvent, RunningGroup } from '../../../../src/local-elasticache/nodes/interfaces.js';
import { eventually } from '../../../helpers/run/eventually.js';
import {
  enter,
  groupSpec,
  nodesOf,
  primaryOf,
  processId,
  replicasOf,
  startFleet,
} from '../../../helpers/elasticache/fleet.js';
import { replicatedTo } from '../../../helpers/valkey/replicated.js';

function record(group: RunningGroup): NodeEvent[] {
  const events: NodeEvent[] = [];
  group.onEvent((event) => events.push(event));
  return events;
}

/** Waits until all nodes are available and the named one has its role. */
async function settled(group: RunningGroup, id: string, role: 'primary' | 'replica'): Promise<void> {
  await eventually(() => {
    expect(nodesOf(group)).toContainEqual(expect.objectContaining({ id, role }));
    expect(nodesOf(group).map(({ health }) => health)).toEqual(nodesOf(group).map(() => 'available'));
  });
}

describe('a node that dies', () => {
  it('is replaced by its replica if it was primary, and returns as a replica', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({ replicas: 2 }));
    const events = record(group);
    const old = primaryOf(group);
    {
      await using client = await enter(old);
      await client.command('SET', 'kept', 'yes');
      await replicatedTo(2, client);
    }
    process.kill(await processId(old), 'SIGKILL');
    await settled(group, old.id, 'replica');
    expect(events.map(({ type }) => type)).toEqual(['node-down', 'failover', 'node-restarted']);
    const next = primaryOf(group);
    expect(next.id).not.toBe(old.id);
    await using client = await enter(next);
    expect(await client.command('GET', 'kept')).toBe('yes');
    await client.command('SET', 'after', 'failover');
    await replicatedTo(2, client);
  });

  it('is restarted with its data if there is no replica', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({}));
    const events = record(group);
    {
      await using client = await enter(primaryOf(group));
      await client.command('SET', 'kept', 'yes');
    }
    process.kill(await processId(primaryOf(group)), 'SIGKILL');
    await eventually(() => expect(events.map(({ type }) => type)).toEqual(['node-down', 'node-restarted']));
    await using client = await enter(primaryOf(group));
    expect(await client.command('GET', 'kept')).toBe('yes');
  });

  it('is restarted as a replica if it was one', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({ replicas: 1 }));
    const [replica] = replicasOf(group);
    process.kill(await processId(replica!), 'SIGKILL');
    await eventually(() => expect(replicasOf(group)[0]!.health).not.toBe('available'));
    await settled(group, replica!.id, 'replica');
  });

  it('of a cluster with two shards is replaced without a majority', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({ shards: 2, replicas: 1 }));
    const events = record(group);
    const old = primaryOf(group, 1);
    process.kill(await processId(old), 'SIGKILL');
    await settled(group, old.id, 'replica');
    expect(events.map(({ type }) => type)).toEqual(['node-down', 'failover', 'node-restarted']);
    await eventually(async () => {
      for (const node of nodesOf(group)) {
        await using client = await enter(node);
        const info = await client.command('CLUSTER', 'INFO');
        expect(info).toContain('cluster_state:ok');
        expect(info).toContain('cluster_slots_ok:16384');
      }
    });
    await using next = await enter(primaryOf(group, 1));
    // Slot 12182 belongs to the second shard.
    expect(await next.command('SET', 'foo', 'bar')).toBe('OK');
  });

  it('is not killed for being busy longer than a frozen node may be silent', { timeout: 60_000 }, async () => {
    await using fleet = await startFleet();
    // Without the setting, Valkey answers BUSY after five seconds of a script.
    const spec = { ...groupSpec({ replicas: 1 }), settings: { 'busy-reply-threshold': '0' } };
    const group = await fleet.start(spec);
    const events = record(group);
    const node = primaryOf(group);
    await using client = await openAdmin({ ...node, timeoutMs: 40_000 });
    const script =
      'local stop = os.clock() + 12; while os.clock() < stop do end; return redis.call("SET", KEYS[1], "kept")';
    expect(await client.command('EVAL', script, '1', 'bar')).toBe('OK');
    expect(await client.command('GET', 'bar')).toBe('kept');
    expect(primaryOf(group).id).toBe(node.id);
    expect(events).toEqual([]);
  });

  it('is also replaced if it is frozen', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({ replicas: 1 }));
    const old = primaryOf(group);
    process.kill(await processId(old), 'SIGSTOP');
    await eventually(() => expect(primaryOf(group).id).not.toBe(old.id));
    await settled(group, old.id, 'replica');
  });
});

describe('a requested failover', () => {
  it.each([
    { title: 'without cluster mode', shape: { replicas: 2 } },
    { title: 'without cluster mode, with TLS', shape: { replicas: 1, tls: true } },
    { title: 'with cluster mode and TLS', shape: { shards: 2, replicas: 1, tls: true } },
  ])('loses no write and disconnects the clients of the old primary, $title', async ({ shape }) => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec(shape));
    const events = record(group);
    const old = primaryOf(group);
    const options = 'tls' in shape ? { ca: await fleet.caCertificate() } : {};
    await using client = await enter(old, options);
    await client.command('SET', 'bar', 'kept');
    await group.failover('0001');
    expect(events.map(({ type }) => type)).toEqual(['failover']);
    expect(nodesOf(group)).toContainEqual(
      expect.objectContaining({ id: old.id, role: 'replica', health: 'available' }),
    );
    await expect(client.command('PING')).rejects.toThrow();
    await using next = await enter(primaryOf(group), options);
    expect(await next.command('GET', 'bar')).toBe('kept');
    await next.command('SET', 'bar', 'changed');
    await settled(group, old.id, 'replica');
  });

  it('is refused if no replica can take over', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({}));
    await expect(group.failover('0001')).rejects.toThrow('no replica');
  });
});
