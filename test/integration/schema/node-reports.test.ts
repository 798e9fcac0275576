import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../src/datasources/valkey/connections/limits.js';
import type { ClusterNode } from '../../../src/domain/cluster/cluster.js';
import type { ExpectedFailure, Outage } from '../../../src/domain/errors.js';
import { freePorts } from '../../../src/local-elasticache/nodes/process/ports.js';
import { openDataApi, type DataApi } from '../../helpers/apis/data-api.js';
import { describeCluster, describeServer } from '../../helpers/valkey/described-cluster.js';
import { eventually } from '../../helpers/run/eventually.js';
import { startValkey, startValkeyCluster, type TestValkey } from '../../helpers/valkey/valkey.js';

const codes = (answer: Awaited<ReturnType<DataApi['run']>>) =>
  (answer.errors ?? []).map(({ originalError }) => (originalError as { code: string }).code);
const memory = 'memory { usedBytes peakBytes maxBytes fragmentationRatio policy overheadBytes datasetBytes }';
const stats =
  'commandStats(first: 3) { command calls totalMicroseconds microsecondsPerCall failedCalls rejectedCalls }';
const section = (args: string) => `infoSections${args} { name entries { name value } }`;

/** The number of INFO commands that the server has executed, without the one that asks. */
async function infosDuring(server: TestValkey, work: () => Promise<unknown>): Promise<number> {
  await server.command('CONFIG', 'RESETSTAT');
  await work();
  const counted = String(await server.command('INFO', 'commandstats'));
  return Number(/cmdstat_info:calls=(\d+)/.exec(counted)?.[1] ?? 0);
}

describe('What a node reports about itself', () => {
  it('is read with one INFO, whatever is selected together', async () => {
    await using primary = await startValkey({ args: ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'] });
    await using replica = await startValkey();
    await using api = openDataApi(describeServer(primary, [replica]));
    await api.cluster('nodes { info { version } }');
    let answer: any;
    const everything = `nodes { name info { version role } ${memory} ${stats} ${section('')} some: ${section('(names: ["CPU", "keyspace", "nosuch"])')} again: memory { usedBytes } }`;
    const read = async () => (answer = await api.cluster(everything));
    expect(await infosDuring(replica, async () => expect(await infosDuring(primary, read)).toBe(1))).toBe(1);

    const [first, second] = answer.nodes;
    expect(first).toMatchObject({
      name: 'orders-001',
      info: { version: expect.stringMatching(/^\d/), role: 'PRIMARY' },
      memory: { maxBytes: 100 * 1024 * 1024, policy: 'allkeys-lru', fragmentationRatio: expect.any(Number) },
    });
    const { usedBytes = 0, peakBytes, overheadBytes = 0, datasetBytes = 0 }: Record<string, number> = first.memory;
    expect(peakBytes).toBeGreaterThanOrEqual(usedBytes);
    expect(datasetBytes).toBe(Math.max(0, usedBytes - overheadBytes));
    expect(second.memory).toMatchObject({ maxBytes: null, policy: 'noeviction' });
    expect(first.infoSections.map(({ name }: any) => name)).toEqual(
      expect.arrayContaining(['Server', 'Memory', 'Replication', 'Keyspace']),
    );
    expect(first.infoSections.map(({ name }: any) => name)).not.toContain('Commandstats');
    const ofMemory = first.infoSections.find(({ name }: any) => name === 'Memory').entries;
    expect(ofMemory).toContainEqual({ name: 'maxmemory_human', value: '100.00M' });
    expect(first.some.map(({ name }: any) => name)).toEqual(['CPU', 'Keyspace']);
    expect(first.again).toEqual({ usedBytes });
  });

  it('has the commands that took the most time first', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('CONFIG', 'RESETSTAT');
    await server.command('EVAL', "for i = 1, 200000 do end return redis.call('SET', 'a', 'b')", '0');
    for (let count = 0; count < 3; count += 1) await server.command('GET', 'a');
    await server.command('LPUSH', 'a', 'b').catch(() => undefined);
    const { nodes } = await api.cluster(
      `nodes { ${stats} all: commandStats(first: 1000) { command calls failedCalls totalMicroseconds } }`,
    );
    const [{ commandStats, all }] = nodes;
    expect(commandStats).toHaveLength(3);
    expect(commandStats[0]).toMatchObject({ command: 'eval', calls: 1, failedCalls: 0, rejectedCalls: 0 });
    expect(commandStats[0].microsecondsPerCall).toBeCloseTo(commandStats[0].totalMicroseconds, 0);
    const totals = all.map(({ totalMicroseconds }: any) => totalMicroseconds);
    expect(totals).toEqual(totals.toSorted((one: number, other: number) => other - one));
    expect(all.find(({ command }: any) => command === 'get')).toMatchObject({ calls: 3, failedCalls: 0 });
    expect(all.find(({ command }: any) => command === 'lpush')).toMatchObject({ calls: 1, failedCalls: 1 });
  });

  it('is requested by names of sections only', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await api.cluster('nodes { name }');
    for (const names of ['[]', '["all"]', '["everything"]', '["Default"]', '["a b"]', '["a\\r\\nFLUSHALL"]', '[""]']) {
      let answer: any;
      const sent = await infosDuring(server, async () => {
        answer = await api.run(`{ cluster(name: "orders") { nodes { name ${section(`(names: ${names})`)} } } }`);
      });
      expect(codes(answer), names).toEqual(['INVALID_INPUT']);
      expect(answer.data.cluster.nodes[0]).toEqual({ name: 'orders-001', infoSections: null });
      expect(sent).toBe(0);
    }
    expect(codes(await api.run('{ cluster(name: "orders") { nodes { commandStats(first: 0) { calls } } } }'))).toEqual([
      'INVALID_INPUT',
    ]);
  });

  it('fails alone if a node does not answer or refuses, while the others answer', async () => {
    await using cluster = await startValkeyCluster({ shards: 2, replicas: 1 });
    await using api = openDataApi(describeCluster(cluster), { limits: defaultLimits });
    const document = `{ cluster(name: "orders") { nodes { name ${memory} slowLog { at } clients { nodes { clientId } } ${stats} } } }`;
    const commands = await api.connections.commands('orders');
    // CLUSTER SLOTS omits a replica until it has received a write, and gossip has spread its offset.
    for (const key of ['a', 'b']) await commands.send({ args: ['SET', key, ''], key: Buffer.from(key) });
    await eventually(async () => {
      await commands.refreshTopology();
      expect(commands.nodes()).toHaveLength(4);
    });
    await api.data(document);
    const [frozen, refusing] = cluster.replicas;
    await refusing!.command('ACL', 'SETUSER', 'default', '-@dangerous');
    frozen!.freeze();
    const answer = await api.run(document);
    frozen!.thaw();
    const byName = new Map<string, any>(answer.data.cluster.nodes.map((node: any) => [node.name, node]));
    const named = (server: TestValkey) => byName.get(`${server.host}:${server.port}`);
    const failed = { memory: null, slowLog: null, clients: null, commandStats: null };
    expect(named(frozen!)).toMatchObject(failed);
    expect(named(refusing!)).toMatchObject(failed);
    for (const primary of cluster.primaries) {
      expect(named(primary)).toMatchObject({ memory: { usedBytes: expect.any(Number) }, slowLog: [] });
    }
    const index = answer.data.cluster.nodes.findIndex(({ name }: any) => name === `127.0.0.1:${frozen!.port}`);
    const failures = answer.errors!.map(({ path, originalError }) => ({
      at: path![2],
      code: (originalError as ExpectedFailure | Outage).code,
    }));
    expect(failures).toHaveLength(8);
    for (const { at, code } of failures) {
      expect(['TIMEOUT', 'CLUSTER_UNAVAILABLE'].includes(code), code).toBe(at === index);
      if (at !== index) expect(code).toBe('PERMISSION_DENIED');
    }
  });

  it('is read at once from a replica that has just joined, which the other nodes do not list yet', async () => {
    await using cluster = await startValkeyCluster({ shards: 1 });
    const [ownBusPort] = await freePorts('127.0.0.1', 1);
    await using joining = await startValkey({
      args: ['--cluster-enabled', 'yes', '--cluster-port', String(ownBusPort)],
    });
    const [primary] = cluster.primaries;
    const nodes = [primary!, joining].map((server, index) => describedNode(server, index + 1));
    const shard = { clusterName: 'orders', name: '0001', status: 'AVAILABLE', slots: '0-16383' } as const;
    await using api = openDataApi({
      ...describeCluster(cluster),
      shards: [{ ...shard, primary: null, replicas: nodes }],
    });
    const commands = await api.connections.commands('orders');
    const listed = () => commands.nodes().map(({ endpoint }) => endpoint.port);
    const report = `nodes { name role info { role replicationLagBytes } ${memory} ${stats} slowLog { at } clients { nodes { clientId } } }`;

    await joining.command('CLUSTER', 'MEET', primary!.host, String(primary!.port), await busPort(primary!));
    const id = String(await primary!.command('CLUSTER', 'MYID'));
    await eventually(() => joining.command('CLUSTER', 'REPLICATE', id));
    const { nodes: answers } = await api.cluster(report);
    expect(listed()).toEqual([primary!.port]);
    expect(answers).toMatchObject([
      { name: 'orders-001', role: 'PRIMARY', memory: { usedBytes: expect.any(Number) } },
      {
        name: 'orders-002',
        role: 'REPLICA',
        info: { role: 'REPLICA', replicationLagBytes: expect.any(Number) },
        memory: { usedBytes: expect.any(Number) },
        commandStats: expect.arrayContaining([expect.objectContaining({ command: 'cluster|replicate' })]),
        slowLog: [],
        clients: { nodes: expect.arrayContaining([{ clientId: expect.any(Number) }]) },
      },
    ]);
    // The connection is kept when the topology is read again, and used again.
    await commands.refreshTopology();
    await api.cluster(report);
    const own = String(await joining.command('CLIENT', 'LIST'))
      .split('\n')
      .filter((line) => line.includes('user=default'));
    expect(own).toHaveLength(1);

    await joining.kill();
    const { data, errors } = await api.run(`{ cluster(name: "orders") { nodes { name ${memory} } } }`);
    expect(data.cluster.nodes).toMatchObject([{ memory: { usedBytes: expect.any(Number) } }, { memory: null }]);
    expect(errors!.map(({ originalError }) => (originalError as Outage).code)).toEqual(['CLUSTER_UNAVAILABLE']);
  });
});

/** A node in cluster mode as ElastiCache describes it, which reports no roles there. */
function describedNode({ host, port }: TestValkey, index: number): ClusterNode {
  const name = `orders-00${index}`;
  return {
    clusterName: 'orders',
    name,
    role: null,
    endpoint: { host, port },
    status: 'AVAILABLE',
    needsReboot: null,
    availabilityZone: null,
  };
}

async function busPort(server: TestValkey): Promise<string> {
  const [, port = ''] = /@(\d+)/.exec(String(await server.command('CLUSTER', 'NODES'))) ?? [];
  return port;
}
