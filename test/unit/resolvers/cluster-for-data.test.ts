import { expect, test } from 'vitest';
import { createClusterDirectory } from '../../../src/datasources/elasticache/watch/cluster-directory.js';
import { anonymous } from '../../../src/domain/access/principal.js';
import { clusterForData } from '../../../src/resolvers/cluster/cluster.js';
import type { Context } from '../../../src/resolvers/shared/context.js';
import { aCluster, createFakeControlPlane } from '../../helpers/elasticache/fake-control-plane.js';

test('concurrent data requests describe their cluster once', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
  const clusterDirectory = createClusterDirectory({ controlPlane, now: () => 0 });
  const context = { principal: anonymous, clusterDirectory } as unknown as Context;
  expect(await clusterForData(context, 'a')).toMatchObject({ name: 'a' });
  controlPlane.failure = new Error('out');
  for (let request = 0; request < 10; request += 1) {
    expect(clusterForData(context, 'A')).toMatchObject({ name: 'a' });
  }
  expect(controlPlane.calls).toEqual(['clusters']);
});

test('an unknown cluster is looked up, and null if it does not exist', async () => {
  const controlPlane = createFakeControlPlane();
  const clusterDirectory = createClusterDirectory({ controlPlane });
  const context = { principal: anonymous, clusterDirectory } as unknown as Context;
  expect(await clusterForData(context, 'a')).toBeNull();
  controlPlane.state.clusters = [aCluster('a')];
  expect(await clusterForData(context, 'a')).toMatchObject({ name: 'a' });
});
