import type { CreateReplicationGroupCommandInput, ElastiCache } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { openAdmin } from '../../../src/local-elasticache/nodes/admin.js';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { startFleet } from '../../helpers/elasticache/fleet.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../helpers/elasticache/local-elasticache.js';
import { eventually } from '../../helpers/run/eventually.js';

const promotion = { ReplicationGroupId: 'orders', PrimaryClusterId: 'orders-003', ApplyImmediately: true };

async function created(client: ElastiCache, input: Partial<CreateReplicationGroupCommandInput> = {}): Promise<void> {
  await client.createReplicationGroup({ ...smallGroup, NumCacheClusters: 3, ...input });
  await groupStatusBecomes(client, 'orders', 'available');
}

async function group(client: ElastiCache) {
  return (await client.describeReplicationGroups()).ReplicationGroups![0]!;
}

async function primary(client: ElastiCache) {
  const members = (await group(client)).NodeGroups![0]!.NodeGroupMembers!;
  return members.find(({ CurrentRole }) => CurrentRole === 'primary')!.CacheClusterId;
}

describe('ModifyReplicationGroup with PrimaryClusterId', () => {
  it('reports the new primary as pending until it is', async () => {
    const fleet = createFakeFleet();
    await using local = await startElastiCache(fleet);
    const { client } = local;
    await created(client);
    const release = fleet.hold();
    const { ReplicationGroup } = await client.modifyReplicationGroup({ ...promotion, PrimaryClusterId: 'Orders-003' });
    expect(ReplicationGroup).toMatchObject({
      Status: 'modifying',
      PendingModifiedValues: { PrimaryClusterId: 'orders-003' },
    });
    release();
    await groupStatusBecomes(client, 'orders', 'available');
    expect(await primary(client)).toBe('orders-003');
    expect((await group(client)).PendingModifiedValues).toEqual({});
    // It is the primary already.
    expect((await client.modifyReplicationGroup(promotion)).ReplicationGroup!.Status).toBe('available');
  });

  it('that the end of the endpoint interrupts is reported as such at the next start', async () => {
    const fleet = createFakeFleet();
    const first = await startElastiCache(fleet);
    await created(first.client);
    const release = fleet.hold();
    await first.client.modifyReplicationGroup(promotion);
    await first.stop();
    release();
    await using next = await startElastiCache(createFakeFleet(), first.dataDir);
    await groupStatusBecomes(next.client, 'orders', 'available');
    const { Events = [] } = await next.client.describeEvents({ SourceType: 'replication-group' });
    const messages = Events.map(({ Message }) => Message!);
    expect(messages).toContain(
      'The promotion of node orders-003 was interrupted: the endpoint ended. It is not repeated.',
    );
    expect(messages.filter((message) => message.includes('failed'))).toEqual([]);
  });

  it.each([
    {
      title: 'automatic failover enabled',
      created: { AutomaticFailoverEnabled: true },
      name: 'InvalidReplicationGroupStateFault',
      message: 'Cannot manually promote a new master cache cluster while autofailover is enabled.',
    },
    {
      title: 'cluster mode enabled',
      created: {
        NumCacheClusters: undefined,
        ClusterMode: 'enabled',
        NumNodeGroups: 1,
        ReplicasPerNodeGroup: 2,
      } as const,
      input: { PrimaryClusterId: 'orders-0001-002' },
      name: 'InvalidReplicationGroupStateFault',
      message: 'A primary can be chosen only with cluster mode disabled.',
    },
    {
      title: 'a node of another group',
      input: { PrimaryClusterId: 'carts-001' },
      name: 'CacheClusterNotFoundFault',
      message: 'CacheCluster not found: carts-001',
    },
    {
      title: 'another change',
      input: { ReplicationGroupDescription: 'New' },
      name: 'InvalidParameterCombinationException',
      message:
        'ReplicationGroupDescription cannot be combined with PrimaryClusterId by the local ElastiCache endpoint.',
    },
  ])('is refused with $title, and changes nothing', async ({ created: shape, input, name, message }) => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    await created(client, shape);
    const before = await group(client);
    const change = client.modifyReplicationGroup({ ...promotion, ...input });
    await expect(change).rejects.toMatchObject({ name, message });
    expect(await group(client)).toEqual(before);
  });

  it('leaves the primary as it is, with an event, if the replica cannot take over', async () => {
    const fleet = createFakeFleet();
    await using local = await startElastiCache(fleet);
    const { client } = local;
    await created(client);
    fleet.failNextStart('It lags.');
    await client.modifyReplicationGroup(promotion);
    await groupStatusBecomes(client, 'orders', 'available');
    expect(await primary(client)).toBe('orders-001');
    const { Events = [] } = await client.describeEvents({ SourceType: 'replication-group' });
    expect(Events.at(-1)!.Message).toBe('Modifying replication group orders failed: It lags.');
  });

  it('loses no acknowledged write of real nodes, and the primary endpoint follows', async () => {
    await using fleet = await startFleet();
    await using local = await startElastiCache(fleet, fleet.dataDir);
    const { client } = local;
    await created(client);
    const endpoint = async () => {
      const { Address, Port } = (await group(client)).NodeGroups![0]!.PrimaryEndpoint!;
      return { host: Address!, port: Port! };
    };
    const before = await endpoint();
    const acknowledged: string[] = [];
    const ending = new AbortController();
    const isEnding = (): boolean => ending.signal.aborted;
    const writing = (async () => {
      for (let number = 0; !isEnding(); number += 1) {
        try {
          await using writer = await openAdmin(await endpoint());
          while (!isEnding()) {
            await writer.command('SET', `key:${number}`, String(number));
            acknowledged.push(String(number));
            number += 1;
          }
        } catch {
          // The write was not acknowledged: the old primary is read-only, or disconnects its clients.
        }
      }
    })();
    await eventually(() => expect(acknowledged.length).toBeGreaterThan(10));
    await client.modifyReplicationGroup(promotion);
    await groupStatusBecomes(client, 'orders', 'available');
    expect(await primary(client)).toBe('orders-003');
    expect(await endpoint()).not.toEqual(before);
    ending.abort();
    await writing;
    await using reader = await openAdmin(await endpoint());
    const lost: string[] = [];
    for (const number of acknowledged) {
      if ((await reader.command('GET', `key:${number}`)) !== number) lost.push(number);
    }
    expect(lost).toEqual([]);
    const { Events = [] } = await client.describeEvents({ SourceType: 'replication-group' });
    expect(Events.map(({ Message }) => Message)).toContain(
      'Failover from primary node orders-001 to replica node orders-003 completed',
    );
  });
});
