import { describe, expect, it } from 'vitest';
import { enter, groupSpec, nodesOf, primaryOf, replicasOf, startFleet } from '../../../helpers/elasticache/fleet.js';

describe('the nodes of a running group', () => {
  it.each([
    { title: 'without TLS', tls: false },
    { title: 'with TLS', tls: true },
  ])('gain a replica that has the data, and lose it again, $title', async ({ tls }) => {
    await using fleet = await startFleet();
    const spec = groupSpec({ replicas: 1, tls });
    const group = await fleet.start(spec);
    const ca = tls ? { ca: await fleet.caCertificate() } : {};
    await using primary = await enter(primaryOf(group), ca);
    await primary.command('SET', 'greeting', 'hello');
    const [shard] = spec.shards;
    await group.reshape([{ ...shard!, nodes: [...shard!.nodes, { id: 'orders-003' }] }]);
    const added = replicasOf(group).find(({ id }) => id === 'orders-003')!;
    expect(added.health).toBe('available');
    await using replica = await enter(added, ca);
    expect(await replica.command('GET', 'greeting')).toBe('hello');
    await group.reshape([shard!]);
    expect(nodesOf(group).map(({ id }) => id)).toEqual(['orders-001', 'orders-002']);
    await expect(enter(added, ca)).rejects.toThrow();
  });

  it.each([
    { title: 'without cluster mode', shards: undefined },
    { title: 'with cluster mode', shards: 1 },
  ])('lose the primary after another node took over, $title', async ({ shards }) => {
    await using fleet = await startFleet();
    const spec = groupSpec({ replicas: 2, ...(shards === undefined ? {} : { shards }) });
    const group = await fleet.start(spec);
    {
      await using client = await enter(primaryOf(group));
      await client.command('SET', 'greeting', 'hello');
    }
    const [shard] = spec.shards;
    const [primary, ...others] = shard!.nodes;
    expect(primaryOf(group).id).toBe(primary!.id);
    await group.reshape([{ ...shard!, nodes: others }]);
    expect(nodesOf(group).map(({ id }) => id)).toEqual(others.map(({ id }) => id));
    await using client = await enter(primaryOf(group));
    expect(await client.command('GET', 'greeting')).toBe('hello');
    expect(await client.command('SET', 'greeting', 'again')).toBe('OK');
  });

  it('gain a shard with its share of the keys, and lose it again', async () => {
    await using fleet = await startFleet();
    const two = groupSpec({ shards: 2, replicas: 1 });
    const group = await fleet.start(two);
    const count = 2_000;
    for (const index of [0, 1]) {
      await using client = await enter(primaryOf(group, index));
      await Promise.all(
        Array.from({ length: count }, (_, number) =>
          client.command('SET', `key-${number}`, String(number)).catch((cause: unknown) => {
            if (!String(cause).includes('MOVED')) throw cause;
          }),
        ),
      );
    }
    const three = groupSpec({ shards: 3, replicas: 1 });
    await group.reshape(three.shards);
    expect(group.topology().shards.map(({ slots }) => slots)).toEqual(three.shards.map(({ slots }) => slots));
    expect(nodesOf(group).map(({ id, health }) => `${id} ${health}`)).toEqual(
      three.shards.flatMap(({ nodes }) => nodes.map(({ id }) => `${id} available`)),
    );
    expect(await sizes(group)).toBe(count);
    await group.reshape(two.shards);
    expect(await sizes(group)).toBe(count);
    expect(nodesOf(group)).toHaveLength(4);
    for (const node of nodesOf(group)) {
      await using client = await enter(node);
      expect(
        String(await client.command('CLUSTER', 'NODES'))
          .trim()
          .split('\n'),
      ).toHaveLength(4);
    }
  }, 120_000);
});

async function sizes(group: Parameters<typeof primaryOf>[0]): Promise<number> {
  let sum = 0;
  for (const index of group.topology().shards.keys()) {
    await using client = await enter(primaryOf(group, index));
    sum += Number(await client.command('DBSIZE'));
  }
  return sum;
}
