import { expect, it } from 'vitest';
import { createFakeFleet } from '../../../helpers/elasticache/fake-fleet.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../../helpers/elasticache/local-elasticache.js';
import { eventually } from '../../../helpers/run/eventually.js';

/** The calls of AWS Controllers for Kubernetes for the resources that `../ack.test.ts` leaves out. */

const Tags = [{ Key: 'services.k8s.aws/namespace', Value: 'default' }];

it('ACK creates, compares, copies and deletes a Snapshot', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await client.createReplicationGroup(smallGroup);
  await groupStatusBecomes(client, 'orders', 'available');
  const described = async (SnapshotName: string) => (await client.describeSnapshots({ SnapshotName })).Snapshots![0]!;
  const isAvailable = (name: string) =>
    eventually(async () => expect((await described(name)).SnapshotStatus).toBe('available'));

  await expect(described('ack-snapshot')).rejects.toMatchObject({ name: 'SnapshotNotFoundFault' });
  await client.createSnapshot({ SnapshotName: 'ack-snapshot', ReplicationGroupId: 'orders', Tags });
  await isAvailable('ack-snapshot');
  const { ARN, ReplicationGroupId } = await described('ack-snapshot');
  expect(ReplicationGroupId).toBe('orders');
  expect((await client.listTagsForResource({ ResourceName: ARN })).TagList).toEqual(Tags);
  // A resource with `sourceSnapshotName` is a copy.
  await client.copySnapshot({ SourceSnapshotName: 'ack-snapshot', TargetSnapshotName: 'ack-copy', Tags });
  await isAvailable('ack-copy');
  for (const SnapshotName of ['ack-snapshot', 'ack-copy']) {
    await client.deleteSnapshot({ SnapshotName });
    await eventually(() => expect(described(SnapshotName)).rejects.toMatchObject({ name: 'SnapshotNotFoundFault' }));
  }
});

it('ACK finds no ServerlessCache and no snapshot of one, and is refused by name', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await expect(client.describeServerlessCaches({ ServerlessCacheName: 'ack' })).rejects.toMatchObject({
    name: 'ServerlessCacheNotFoundFault',
  });
  await expect(client.createServerlessCache({ ServerlessCacheName: 'ack', Engine: 'valkey' })).rejects.toMatchObject({
    Code: 'NotImplemented',
    message: expect.stringContaining('has no serverless caches') as string,
  });
  await expect(client.describeServerlessCacheSnapshots({ ServerlessCacheSnapshotName: 'ack' })).rejects.toMatchObject({
    name: 'ServerlessCacheSnapshotNotFoundFault',
  });
});
