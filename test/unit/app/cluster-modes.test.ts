import { expect, test, vi } from 'vitest';
import { createClusterModes } from '../../../src/app/cluster-modes.js';

const endpoint = { host: 'valkey.internal', port: 6379 };

test('the mode of a cluster is unknown until its nodes report it, under its name in any case', () => {
  const modes = createClusterModes([{ name: 'Orders', endpoint, tls: false }], { warn: vi.fn() });
  expect(modes.of('orders')).toBeUndefined();
  modes.connected('ORDERS', true);
  expect(modes.of('orders')).toBe('ENABLED');
  modes.connected('orders', false);
  expect(modes.of('Orders')).toBe('DISABLED');
});

test('a configuration that contradicts the nodes is logged once per change', () => {
  const warn = vi.fn();
  const modes = createClusterModes([{ name: 'orders', endpoint, tls: false, clusterMode: 'ENABLED' }], { warn });
  modes.connected('orders', true);
  expect(warn).not.toHaveBeenCalled();
  modes.connected('orders', false);
  modes.connected('orders', false);
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    { cluster: 'orders' },
    expect.stringMatching(/ENABLED.*report DISABLED.*set clusterMode to DISABLED, or remove it/),
  );
});

test('entries without an endpoint are ElastiCache clusters, whose mode ElastiCache reports', () => {
  const warn = vi.fn();
  createClusterModes([{ name: 'orders', tls: false, clusterMode: 'ENABLED' }], { warn }).connected('orders', false);
  expect(warn).not.toHaveBeenCalled();
});
