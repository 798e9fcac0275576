import { describe, expect, it } from 'vitest';
import type { Cluster, ClusterNode } from '../../../src/domain/cluster/cluster.js';
import { ExpectedFailure } from '../../../src/domain/errors.js';
import { createControlPlaneApi } from '../../helpers/apis/control-plane-api.js';
import { aCluster, createFakeControlPlane } from '../../helpers/elasticache/fake-control-plane.js';

const result = '{ cluster { name } userErrors { code message path } }';

function node(name: string, change: Partial<ClusterNode> = {}): ClusterNode {
  const none = { endpoint: null, availabilityZone: null, needsReboot: false };
  return { clusterName: 'orders', name, role: 'REPLICA', status: 'AVAILABLE', ...none, ...change };
}

function orders(change: Partial<Cluster> = {}): Cluster {
  const primary = node('orders-001', { role: 'PRIMARY' });
  const replicas = [node('orders-002', { needsReboot: true }), node('orders-003', { status: 'REBOOTING' })];
  const shard = { clusterName: 'orders', name: '0001', status: 'AVAILABLE', slots: null, primary, replicas } as const;
  return aCluster('orders', { clusterMode: 'DISABLED', automaticFailover: 'DISABLED', shards: [shard], ...change });
}

function reboot(nodes: readonly string[]): string {
  return `mutation { rebootNodes(input: { cluster: "Orders", nodes: ${JSON.stringify(nodes)} }) ${result} }`;
}

function promote(name: string): string {
  return `mutation { promoteReplica(input: { cluster: "orders", node: "${name}" }) ${result} }`;
}

/** The calls that changed something, and the only root field of the answer. */
async function answer(
  mutation: string,
  cluster: Cluster,
  change: Partial<ReturnType<typeof createFakeControlPlane>> = {},
) {
  const controlPlane = Object.assign(createFakeControlPlane({ clusters: [cluster] }), change);
  await using api = createControlPlaneApi(controlPlane);
  const { data, errors } = await api.run(mutation);
  expect(errors).toBeUndefined();
  const writes = controlPlane.calls.filter((call) => /^(?:reboot|promote)/.test(call));
  return { writes, answer: Object.values(data!)[0] };
}

const accepted = { cluster: { name: 'orders' }, userErrors: [] };
const refused = (code: string, field: string, message: string) => ({
  writes: [],
  answer: {
    cluster: null,
    userErrors: [{ code, message: expect.stringContaining(message) as string, path: ['input', ...field.split('.')] }],
  },
});

describe('rebootNodes', () => {
  it('restarts each node once, in any case', async () => {
    expect(await answer(reboot(['ORDERS-002', 'orders-001', 'orders-002']), orders())).toEqual({
      writes: ['rebootNode orders-002', 'rebootNode orders-001'],
      answer: accepted,
    });
  });

  it.each([
    { title: 'no node', nodes: [], error: ['INVALID_INPUT', 'nodes', 'at least one'] },
    {
      title: 'an unknown node',
      nodes: ['orders-001', 'orders-009'],
      error: ['NOT_FOUND', 'nodes.1', 'orders-001, orders-002'],
    },
    {
      title: 'a node that is restarting',
      nodes: ['orders-001', 'orders-003'],
      error: ['INVALID_STATE', 'nodes.1', 'REBOOTING'],
    },
    {
      title: 'cluster mode enabled',
      cluster: { clusterMode: 'ENABLED' },
      error: ['INVALID_STATE', 'cluster', 'ENABLED'],
    },
    {
      title: 'cluster mode compatible',
      cluster: { clusterMode: 'COMPATIBLE' },
      error: ['INVALID_STATE', 'cluster', 'COMPATIBLE'],
    },
    { title: 'nodes that are not known', cluster: { shards: null }, error: ['INVALID_STATE', 'cluster', 'not known'] },
    {
      title: 'a cluster of the configuration',
      cluster: { source: 'CONFIGURATION' },
      error: ['NOT_SUPPORTED', 'cluster', 'configuration'],
    },
  ] as const)(
    'is refused with $title, before any node is restarted',
    async ({ error: [code, field, message], ...rest }) => {
      const nodes = 'nodes' in rest ? rest.nodes : ['orders-001'];
      const cluster = orders('cluster' in rest ? rest.cluster : {});
      expect(await answer(reboot(nodes), cluster)).toEqual(refused(code, field, message));
    },
  );

  it('says which nodes are being restarted if ElastiCache refuses a later one', async () => {
    const rebootNode = ({ node: name }: { node: string }): Promise<void> =>
      name === 'orders-001'
        ? Promise.resolve()
        : Promise.reject(new ExpectedFailure('INVALID_STATE', 'Not now.', { path: ['input', 'nodes'] }));
    const message = 'Node orders-002 is not rebooted, and orders-001 are being rebooted: Not now.';
    expect(await answer(reboot(['orders-001', 'orders-002']), orders(), { rebootNode })).toEqual(
      refused('INVALID_STATE', 'nodes.1', message),
    );
  });
});

describe('promoteReplica', () => {
  it('makes the replica the primary', async () => {
    expect(await answer(promote('Orders-002'), orders())).toEqual({
      writes: ['promoteReplica orders-002'],
      answer: accepted,
    });
  });

  it('sends nothing for a primary', async () => {
    expect(await answer(promote('orders-001'), orders())).toEqual({ writes: [], answer: accepted });
  });

  it.each([
    { title: 'an unknown node', name: 'orders-009', error: ['NOT_FOUND', 'node', 'orders-001'] },
    { title: 'a node that is restarting', name: 'orders-003', error: ['INVALID_STATE', 'node', 'REBOOTING'] },
    {
      title: 'automatic failover',
      cluster: { automaticFailover: 'ENABLED' },
      error: ['INVALID_STATE', 'cluster', 'ENABLED'],
    },
    { title: 'cluster mode', cluster: { clusterMode: 'ENABLED' }, error: ['INVALID_STATE', 'cluster', 'ENABLED'] },
  ] as const)('is refused with $title', async ({ error: [code, field, message], ...rest }) => {
    const cluster = orders('cluster' in rest ? rest.cluster : {});
    expect(await answer(promote('name' in rest ? rest.name : 'orders-002'), cluster)).toEqual(
      refused(code, field, message),
    );
  });
});

it('a node reports that a parameter waits for its reboot', async () => {
  await using api = createControlPlaneApi(createFakeControlPlane({ clusters: [orders()] }));
  const { data } = await api.run('{ cluster(name: "orders") { nodes { name needsReboot } } }');
  expect(data).toEqual({
    cluster: {
      nodes: [
        { name: 'orders-001', needsReboot: false },
        { name: 'orders-002', needsReboot: true },
        { name: 'orders-003', needsReboot: false },
      ],
    },
  });
});
