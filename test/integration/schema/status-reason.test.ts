import { expect, test } from 'vitest';
import { createControlPlaneApi } from '../../helpers/apis/control-plane-api.js';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { startElastiCache } from '../../helpers/elasticache/local-elasticache.js';
import { pointedAt } from '../../helpers/elasticache/scripted-elasticache.js';

const userErrors = 'userErrors { code message path }';

test('a cluster that could not be created has a status reason, and can be created again once it is deleted', async () => {
  const fleet = createFakeFleet();
  await using local = await startElastiCache(fleet);
  const controlPlane = pointedAt(local.url);
  await using api = createControlPlaneApi(controlPlane);
  const create = (more: string) =>
    `mutation { createCluster(input: { name: "orders", replicasPerShard: 0, waitSeconds: 60 ${more} }) { created cluster { status statusReason } ${userErrors} } }`;
  const described = '{ cluster(name: "orders") { status statusReason } }';

  fleet.failNextStart('no port is free');
  const failed = {
    status: 'CREATE_FAILED',
    statusReason: 'Failed to create replication group orders: no port is free',
  };
  expect((await api.run(create(''))).data).toEqual({
    createCluster: { created: true, cluster: failed, userErrors: [] },
  });
  expect((await api.run(described)).data).toEqual({ cluster: failed });
  expect((await api.run(create(', ifNotExists: true'))).data).toMatchObject({
    createCluster: { created: null, userErrors: [{ code: 'INVALID_STATE', path: ['input', 'name'] }] },
  });

  await api.run(`mutation { deleteCluster(input: { cluster: "orders" }) { ${userErrors} } }`);
  await expect
    .poll(async () => (await api.run(create(', ifNotExists: true'))).data)
    .toMatchObject({ createCluster: { created: true, cluster: { status: 'AVAILABLE' }, userErrors: [] } });
  // The failure of the earlier cluster of this name does not apply to this one.
  expect((await api.run(described)).data).toEqual({ cluster: { status: 'AVAILABLE', statusReason: null } });
  controlPlane.close();
});
