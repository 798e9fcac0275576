import { expect, test } from 'vitest';
import type { ValkeyNode } from '../../../../../src/datasources/valkey/interfaces.js';
import { matchNode } from '../../../../../src/datasources/valkey/connections/topology/match-node.js';
import type { ClusterNode, NodeRole } from '../../../../../src/domain/cluster/cluster.js';

const connected = (host: string, port: number, isPrimary = false): ValkeyNode => ({
  endpoint: { host, port },
  firstSlot: 0,
  slots: [[0, 16_383]],
  isPrimary,
  send: () => Promise.resolve(null),
  connection: () => Promise.resolve({ send: () => Promise.resolve(null) }),
});
const known = (host: string, port: number, role: NodeRole | null = null): ClusterNode => ({
  clusterName: 'a',
  name: 'a-001',
  role,
  endpoint: { host, port },
  status: null,
  needsReboot: null,
  availabilityZone: null,
});

test('a node is matched by its endpoint', async () => {
  const nodes = [connected('127.0.0.1', 1, true), connected('127.0.0.1', 2)];
  expect(await matchNode(nodes, known('127.0.0.1', 2, 'PRIMARY'))).toBe(nodes[1]);
});

test('the primary is matched if it is connected by another name', async () => {
  const nodes = [connected('replica.example', 1), connected('primary.example', 1, true)];
  expect(await matchNode(nodes, known('a-001.example', 1, 'PRIMARY'))).toBe(nodes[1]);
});

test('a node is matched by the address to which its name resolves', async () => {
  const nodes = [connected('127.0.0.1', 1), connected('127.0.0.1', 2), connected('::1', 2)];
  const found = await matchNode(nodes, known('localhost', 2));
  expect(found?.endpoint.port).toBe(2);
});

test('a node that is not connected or has no endpoint is not matched', async () => {
  const nodes = [connected('127.0.0.1', 1, true)];
  expect(await matchNode(nodes, known('127.0.0.1', 2))).toBeUndefined();
  expect(await matchNode(nodes, known('nowhere.invalid', 1, 'REPLICA'))).toBeUndefined();
  expect(await matchNode(nodes, { ...known('x', 1), endpoint: null })).toBeUndefined();
});
