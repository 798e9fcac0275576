import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NodeEvent, NodeState, RunningGroup } from '../../../../src/local-elasticache/nodes/interfaces.js';
import {
  enter,
  groupSpec,
  nodesOf,
  primaryOf,
  processId,
  replicasOf,
  startFleet,
} from '../../../helpers/elasticache/fleet.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { replicatedTo } from '../../../helpers/valkey/replicated.js';

function typesOf(group: RunningGroup): string[] {
  const types: string[] = [];
  group.onEvent(({ type }) => types.push(type));
  return types;
}

/** Writes numbered keys until `stop`, which resolves to the acknowledged ones. */
function startWriting(node: NodeState): { stop(): Promise<string[]> } {
  const acknowledged: string[] = [];
  const stopping = new AbortController();
  const isStopped = (): boolean => stopping.signal.aborted;
  const running = (async () => {
    for (let number = 0; !isStopped();) {
      try {
        await using client = await enter(node);
        while (!isStopped()) {
          const key = `key:${(number += 1)}`;
          await client.command('SET', key, key);
          acknowledged.push(key);
        }
      } catch {
        // The node is restarting: the write was not acknowledged.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
      return acknowledged;
    },
  };
}

async function missing(node: NodeState, keys: readonly string[]): Promise<string[]> {
  await using client = await enter(node);
  const values = await Promise.all(keys.map((key) => client.command('GET', key)));
  return keys.filter((key, index) => values[index] !== key);
}

describe('a reboot', () => {
  it.each([0, 2])(
    'of a primary with %i replicas loses no acknowledged write, and no replica takes over',
    async (replicas) => {
      await using fleet = await startFleet();
      const group = await fleet.start(groupSpec({ replicas }));
      const events = typesOf(group);
      const primary = primaryOf(group);
      const before = await processId(primary);
      const writing = startWriting(primary);
      await eventually(async () => expect(await missing(primary, ['key:100'])).toEqual([]));
      await group.reboot(primary.id);
      const acknowledged = await writing.stop();
      expect(events).toEqual(['node-rebooting', 'node-rebooted']);
      expect(primaryOf(group)).toEqual({ ...primary, needsReboot: false });
      expect(await processId(primary)).not.toBe(before);
      expect(acknowledged.length).toBeGreaterThan(100);
      expect(await missing(primary, acknowledged)).toEqual([]);
      await using client = await enter(primary);
      await client.command('SET', 'after', 'after');
      await replicatedTo(replicas, client);
      for (const replica of replicasOf(group)) expect(await missing(replica, acknowledged)).toEqual([]);
    },
  );

  it('of a replica keeps its role', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({ replicas: 1 }));
    const events = typesOf(group);
    const [replica] = replicasOf(group);
    await group.reboot(replica!.id);
    expect(events).toEqual(['node-rebooting', 'node-rebooted']);
    expect(replicasOf(group)).toMatchObject([{ id: replica!.id, health: 'available' }]);
  });

  it('of all nodes at once keeps the data', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({ replicas: 2 }));
    const primary = primaryOf(group);
    {
      await using client = await enter(primary);
      await client.command('SET', 'kept', 'kept');
    }
    await Promise.all(nodesOf(group).map(({ id }) => group.reboot(id)));
    expect(primaryOf(group).id).toBe(primary.id);
    for (const node of nodesOf(group)) expect(await missing(node, ['kept'])).toEqual([]);
  });

  it('of a node that is being rebooted, or does not exist, is refused', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({}));
    const first = group.reboot('orders-001');
    await expect(group.reboot('orders-001')).rejects.toThrow('orders-001');
    await first;
    await expect(group.reboot('orders-009')).rejects.toThrow('orders has no node orders-009');
  });

  it('delays a failover until the primary is back', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({ replicas: 1 }));
    const events = typesOf(group);
    const reboot = group.reboot(primaryOf(group).id);
    await eventually(() => expect(events).toEqual(['node-rebooting']));
    await Promise.all([reboot, group.failover('0001')]);
    expect(events).toEqual(['node-rebooting', 'node-rebooted', 'failover']);
  });

  it('whose process does not start again ends, and a replica takes over', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({ replicas: 1 }));
    const primary = primaryOf(group);
    {
      await using client = await enter(primary);
      await client.command('SET', 'kept', 'kept');
      await replicatedTo(1, client);
    }
    group.onEvent(({ type }: NodeEvent) => {
      if (type !== 'node-rebooting') return;
      const folder = join(fleet.dataDir, 'nodes', 'orders', primary.id, 'appendonlydir');
      for (const name of readdirSync(folder))
        if (name.endsWith('.incr.aof')) writeFileSync(join(folder, name), 'x'.repeat(1000));
    });
    await expect(group.reboot(primary.id)).rejects.toThrow(`Node ${primary.id} did not start again`);
    await eventually(() => {
      expect(primaryOf(group).id).not.toBe(primary.id);
      expect(nodesOf(group).map(({ health }) => health)).toEqual(['available', 'available']);
    });
    for (const node of nodesOf(group)) expect(await missing(node, ['kept'])).toEqual([]);
  });
});

it('a reboot of a node that starts but does not serve ends, and the node recovers later', async () => {
  await using fleet = await startFleet(undefined, { rebootLimitMs: 500 });
  const group = await fleet.start(groupSpec({ replicas: 1 }));
  const events = typesOf(group);
  const [replica] = replicasOf(group);
  // The primary does not send its data to a replica that has restarted.
  await group.applySettings({ 'repl-diskless-sync-delay': '3600' });
  await expect(group.reboot(replica!.id)).rejects.toThrow(`Node ${replica!.id} did not serve within 500 ms`);
  expect(events).toEqual(['node-rebooting']);
  expect(replicasOf(group)).toMatchObject([{ id: replica!.id, health: 'starting' }]);
  await group.applySettings({ 'repl-diskless-sync-delay': '0' });
  await eventually(() => expect(replicasOf(group)).toMatchObject([{ id: replica!.id, health: 'available' }]));
  expect(events).toEqual(['node-rebooting', 'node-restarted']);
});

describe('a reboot with a changed parameter', () => {
  it('applies what a node reads only when it starts', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({}));
    {
      await using client = await enter(primaryOf(group));
      await client.command('SELECT', '9');
      await client.command('SET', 'gone', 'gone');
      await client.command('DEL', 'gone');
    }
    await group.applySettings({ databases: '4' });
    expect(primaryOf(group).needsReboot).toBe(true);
    await group.reboot('orders-001');
    expect(primaryOf(group).needsReboot).toBe(false);
    await using client = await enter(primaryOf(group));
    expect(await client.command('SELECT', '3')).toBe('OK');
    await expect(client.command('SELECT', '4')).rejects.toThrow('out of range');
  });

  it('is refused if a key is in a database that the node would no longer have', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({}));
    await using client = await enter(primaryOf(group));
    await client.command('SELECT', '9');
    await client.command('SET', 'kept', 'kept');
    await group.applySettings({ databases: '4' });
    await expect(group.reboot('orders-001')).rejects.toThrow('has keys in database 9');
    expect(primaryOf(group)).toMatchObject({ health: 'available', needsReboot: true });
    expect(await client.command('GET', 'kept')).toBe('kept');
  });
});
