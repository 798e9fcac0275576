import { expect, it } from 'vitest';
import { createAccess, type Access } from '../../../src/domain/access/access.js';
import type { Context } from '../../../src/resolvers/shared/context.js';
import { createInventory } from '../../../src/resolvers/shared/inventory.js';
import { requireRead, resourceOfArn, resourceOfObject } from '../../../src/resolvers/tag/tagged-resource.js';
import { principal } from '../../helpers/access/principals.js';
import { aSnapshot, createFakeControlPlane } from '../../helpers/elasticache/fake-control-plane.js';

const { arn } = aSnapshot('nightly');
const object = { typename: 'Snapshot', id: 'nightly' };

function contextOf(access: Access): Context {
  const inventory = createInventory(createFakeControlPlane({ snapshots: [aSnapshot('nightly')] }));
  return { principal: principal('caller', access), inventory } as unknown as Context;
}
const withPermissions = (cluster: string, ...permissions: readonly ('clusters:read' | 'clusters:admin')[]) =>
  contextOf(createAccess([{ operations: permissions, clusters: [cluster], keys: [], channels: [], groups: [] }]));

it('a snapshot is tagged with the permission for its cluster', async () => {
  const context = withPermissions('orders', 'clusters:read', 'clusters:admin');
  await expect(resourceOfArn(context, arn)).resolves.toEqual({ arn, object });
  await expect(resourceOfObject(context, object)).resolves.toEqual({ arn, object });
  await expect(requireRead(context, { arn, object })).resolves.toBeUndefined();
});

it('a snapshot is not tagged by a caller who may only read its cluster', async () => {
  const context = withPermissions('orders', 'clusters:read');
  await expect(resourceOfArn(context, arn)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(resourceOfObject(context, object)).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

it('a snapshot of a cluster that the caller may not read does not exist for it', async () => {
  const context = withPermissions('other', 'clusters:read', 'clusters:admin');
  await expect(resourceOfArn(context, arn)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(resourceOfObject(context, object)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(requireRead(context, { arn, object })).rejects.toMatchObject({ code: 'FORBIDDEN' });
});
