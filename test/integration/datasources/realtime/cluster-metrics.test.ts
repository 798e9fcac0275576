import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../../src/datasources/valkey/connections/limits.js';
import type { ClusterMetrics, NodeLoad } from '../../../../src/domain/cluster/cluster-metrics.js';
import { openDataApi } from '../../../helpers/apis/data-api.js';
import { describeCluster, describeServer } from '../../../helpers/valkey/described-cluster.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { listenTo, type Listening } from '../../../helpers/valkey/listening.js';
import { realtimeOn, type TestRealtime } from '../../../helpers/valkey/realtime.js';
import { startValkey, startValkeyCluster, type TestValkey } from '../../../helpers/valkey/valkey.js';

const follow = (realtime: TestRealtime, everyMs = 200, cluster = 'orders'): Listening<ClusterMetrics> =>
  listenTo(realtime.clusterMetrics({ cluster, everyMs }));
const atLeast = (followed: Listening<ClusterMetrics>, count: number) =>
  followed.until((events) => events.length >= count);
const infos = async (server: TestValkey): Promise<number> =>
  Number(/cmdstat_info:calls=(\d+)/.exec(String(await server.command('INFO', 'commandstats')))?.[1] ?? 0);
const loadsOf = ({ nodes }: ClusterMetrics) => nodes.map(({ load }) => load);

describe('The metrics of a cluster', () => {
  it('are the differences between two samples of its nodes', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    using followed = follow(realtime);
    await atLeast(followed, 1);
    await server.command('SET', 'a', 'b');
    for (let count = 0; count < 30; count += 1) await server.command('GET', count % 3 === 0 ? 'none' : 'a');
    const events = await followed.until((all) =>
      all.some(({ total }) => !(total instanceof Error) && (total.missesPerSecond ?? 0) > 0),
    );
    const seen = events.map(({ total }) => total as NodeLoad);
    const hits = seen.reduce((sum, { hitsPerSecond }) => sum + (hitsPerSecond ?? 0), 0);
    const misses = seen.reduce((sum, { missesPerSecond }) => sum + (missesPerSecond ?? 0), 0);
    expect(hits).toBeGreaterThan(misses);
    expect(seen[0]).toMatchObject({ hitsPerSecond: 0, missesPerSecond: 0, evictedKeysPerSecond: 0 });
    expect(seen[0]!.usedMemoryBytes).toBeGreaterThan(500_000);
    expect(seen[0]!.opsPerSecond).toBeGreaterThan(0);
    expect(seen[0]!.networkOutBytesPerSecond).toBeGreaterThan(seen[0]!.networkInBytesPerSecond!);
  });

  it('are sampled with one INFO for each node, however many subscribe, until the last one leaves', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using realtime = realtimeOn(cluster);
    const all = Array.from({ length: 100 }, (_, index) => follow(realtime, 200, index % 2 === 0 ? 'orders' : 'ORDERS'));
    await Promise.all(all.map((followed) => atLeast(followed, 3)));
    const [first] = all;
    for (const { events } of all) expect(events[1]).toBe(first!.events[1]);
    for (const primary of cluster.primaries) await primary.command('CONFIG', 'RESETSTAT');
    const before = first!.events.length;
    await atLeast(first!, before + 4);
    for (const { subscription } of all) subscription.close();
    // One sample more may be under way, and each question about the statistics is an INFO.
    const counts = await Promise.all(cluster.primaries.map(infos));
    const sampled = first!.events.length - before;
    for (const count of counts) expect(Math.abs(count - sampled)).toBeLessThanOrEqual(1);

    using again = follow(realtime, 3_600_000);
    await atLeast(again, 1);
    // The first two samples of the new subscriber, and nothing of the earlier ones, who would have caused many more.
    for (const [index, primary] of cluster.primaries.entries()) {
      expect((await infos(primary)) - counts[index]!).toBeLessThanOrEqual(2 + 1 + 1);
    }
  });

  it('reach a late subscriber immediately, and a paused one once it resumes, newest first', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    using early = follow(realtime, 1000);
    const [newest] = await atLeast(early, 1);
    using late = follow(realtime, 1000);
    expect((await atLeast(late, 1))[0]).toBe(newest);
    late.subscription.pause();
    await atLeast(early, 3);
    expect(late.events).toHaveLength(1);
    late.subscription.resume();
    expect(late.events[1]).toBe(early.events.at(-1));
    expect(late.events).toHaveLength(2);
  });

  it('include a node that does not answer, with its error, and its rates once it answers again', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using realtime = realtimeOn(cluster);
    using followed = follow(realtime);
    await atLeast(followed, 1);
    cluster.primaries[1]!.freeze();
    await followed.until((events) => events.some((event) => loadsOf(event).some((load) => load instanceof Error)));
    const failing = followed.events.findLast((event) => loadsOf(event).some((load) => load instanceof Error))!;
    const [answering, frozen] = failing.nodes;
    expect(frozen).toMatchObject({ endpoint: { port: cluster.primaries[1]!.port } });
    expect(['TIMEOUT', 'CLUSTER_UNAVAILABLE']).toContain((frozen!.load as Error & { code: string }).code);
    expect(failing.total).toEqual(answering!.load);
    cluster.primaries[1]!.thaw();
    const count = followed.events.length;
    await followed.until((events) =>
      events
        .slice(count)
        .some((event) => loadsOf(event).every((load) => !(load instanceof Error) && load.cpuRatio !== null)),
    );
  });

  it('have no rates right after a restart, and fail only as events while the server is away', async () => {
    await using server = await startValkey();
    await using realtime = realtimeOn(server);
    using followed = follow(realtime);
    await atLeast(followed, 1);
    await server.kill();
    await followed.until((events) => events.some(({ total }) => total instanceof Error));
    await server.restart();
    const count = followed.events.length;
    const events = await followed.until((all) => all.slice(count).some(({ total }) => !(total instanceof Error)));
    const [first] = events.slice(count).filter(({ total }) => !(total instanceof Error));
    expect(first!.total).toMatchObject({ opsPerSecond: null, usedMemoryBytes: expect.any(Number) });
    await followed.until((all) => (all.at(-1)!.total as NodeLoad).opsPerSecond !== null);
  });

  it('fail with the error of Valkey if INFO is not allowed, and for a cluster that does not exist', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* &* +@all -info' } });
    await using realtime = realtimeOn(server);
    using refused = follow(realtime);
    expect(await refused.failure).toMatchObject({ code: 'PERMISSION_DENIED', upstreamCode: 'NOPERM' });
    using unknown = follow(realtime, 200, 'nothing');
    expect(await unknown.failure).toMatchObject({ code: 'NOT_FOUND' });
    await server.command('ACL', 'SETUSER', 'default', '+info');
    using again = follow(realtime);
    await atLeast(again, 1);
    await realtime.connections.disconnect('orders');
    expect(await again.failure).toMatchObject({ code: 'NOT_CONNECTED' });
  });
});

describe('clusterMetrics', () => {
  it('names the nodes, and reports those that do not answer by an error of each number', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster), { limits: defaultLimits });
    const fields = 'opsPerSecond hitRate usedMemoryBytes connectedClients cpuRatio';
    const results = await api.subscribe(
      `subscription { clusterMetrics(cluster: "orders", everySeconds: 1) {
        at ${fields.replace('cpuRatio', '')} evictedKeysPerSecond networkInBytesPerSecond networkOutBytesPerSecond
        nodes { node { name role } address role ${fields} }
      } }`,
    );
    const first = (await results.next()).value!;
    const names = cluster.primaries.map(({ host, port }) => `${host}:${port}`);
    expect(first.errors).toBeUndefined();
    expect(first.data.clusterMetrics).toMatchObject({ hitRate: null, evictedKeysPerSecond: 0 });
    expect(first.data.clusterMetrics.nodes).toEqual(
      names.map((name) => ({
        node: { name, role: 'PRIMARY' },
        address: name,
        role: 'PRIMARY',
        opsPerSecond: expect.any(Number),
        hitRate: null,
        usedMemoryBytes: expect.any(Number),
        connectedClients: expect.any(Number),
        cpuRatio: expect.any(Number),
      })),
    );
    cluster.primaries[1]!.freeze();
    let failing: any;
    await eventually(async () => {
      failing = (await results.next()).value!;
      expect(failing.errors).toHaveLength(5);
    }, 20_000);
    cluster.primaries[1]!.thaw();
    expect(failing.errors.map(({ path }: any) => path.join('.'))).toEqual(
      fields.split(' ').map((field) => `clusterMetrics.nodes.1.${field}`),
    );
    expect(failing.data.clusterMetrics.nodes).toMatchObject([
      { address: names[0], usedMemoryBytes: expect.any(Number) },
      { node: { name: names[1] }, usedMemoryBytes: null, cpuRatio: null },
    ]);
    await results.return();
  });

  it('refuses intervals that are too short or too long', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    for (const seconds of ['0', '0.99', '-5', '3600.1', '1e300']) {
      await expect(
        api.subscribe(`subscription { clusterMetrics(cluster: "orders", everySeconds: ${seconds}) { at } }`),
        seconds,
      ).rejects.toThrow('Expected 1 to 3600 seconds');
    }
  });
});
