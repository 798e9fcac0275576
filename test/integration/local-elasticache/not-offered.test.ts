import type { ElastiCacheServiceException } from '@aws-sdk/client-elasticache';
import { expect, it } from 'vitest';
import { domainErrorOfWrite } from '../../../src/datasources/elasticache/errors.js';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../helpers/elasticache/local-elasticache.js';

it.each([
  [{ NetworkType: 'dual_stack' }, 'NOT_SUPPORTED'],
  [{ Durability: 'sync' }, 'NOT_SUPPORTED'],
  [{ GlobalReplicationGroupId: 'global' }, 'NOT_SUPPORTED'],
  [{ TransitEncryptionEnabled: true, TransitEncryptionMode: 'preferred' }, 'NOT_SUPPORTED'],
  [{ NumCacheClusters: 7 }, 'INVALID_INPUT'],
  [{ ReplicationGroupId: '-' }, 'INVALID_INPUT'],
] as const)('the refusal of %j is %s for the caller of this API', async (change, code) => {
  await using local = await startElastiCache(createFakeFleet());
  const failure: unknown = await local.client
    .createReplicationGroup({ ...smallGroup, ...(change as object) })
    .then(() => undefined)
    .catch((error: unknown) => error);
  expect(domainErrorOfWrite(failure as ElastiCacheServiceException, 'createCluster', [])).toMatchObject({ code });
});

it('the refusal to change encryption of an existing group is NOT_SUPPORTED at its field', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await client.createReplicationGroup(smallGroup);
  await groupStatusBecomes(client, 'orders', 'available');
  const failure: unknown = await client
    .modifyReplicationGroup({ ReplicationGroupId: 'orders', TransitEncryptionEnabled: true })
    .then(() => undefined)
    .catch((error: unknown) => error);
  expect(domainErrorOfWrite(failure as Error, 'modifyCluster', [])).toMatchObject({ code: 'NOT_SUPPORTED' });
});
