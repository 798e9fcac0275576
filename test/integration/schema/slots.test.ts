import calculateSlot from 'cluster-key-slot';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../src/datasources/valkey/connections/limits.js';
import { openDataApi, type DataApi } from '../../helpers/apis/data-api.js';
import { describeCluster, describeServer } from '../../helpers/valkey/described-cluster.js';
import { startValkey, startValkeyCluster } from '../../helpers/valkey/valkey.js';

const codes = (answer: Awaited<ReturnType<DataApi['run']>>) =>
  (answer.errors ?? []).map(({ originalError }) => (originalError as { code: string }).code);
const stats = (args: string) => `slotStats${args} { slot keyCount cpuMicroseconds networkInBytes networkOutBytes }`;
const set = async (api: DataApi, ...keys: readonly string[]): Promise<void> => {
  const commands = await api.connections.commands('orders');
  for (const key of keys) await commands.send({ args: ['SET', key, 'value'], key: Buffer.from(key) });
};

describe('The hash slots of a cluster', () => {
  it('are served by the primaries, in ranges', async () => {
    await using cluster = await startValkeyCluster({ shards: 2, replicas: 1 });
    await using api = openDataApi(describeCluster(cluster));
    const [first, second] = cluster.primaries.map(({ host, port }) => ({ name: `${host}:${port}`, role: 'PRIMARY' }));
    expect(await api.cluster('slotRanges { start end node { name role } }')).toEqual({
      slotRanges: [
        { start: 0, end: 8191, node: first },
        { start: 8192, end: 16383, node: second },
      ],
    });
  });

  it('are ordered by their keys over all primaries', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    await set(api, '{a}1', '{a}2', '{a}3', '{b}1', '{b}2', '{c}1');
    // On different primaries, or the test does not merge.
    expect(calculateSlot('a') < 8192).not.toBe(calculateSlot('b') < 8192);
    const counters = { cpuMicroseconds: null, networkInBytes: null, networkOutBytes: null };
    const { slotStats, few } = await api.cluster(`${stats('')} few: ${stats('(first: 2)')}`);
    expect(few).toEqual([
      { slot: calculateSlot('a'), keyCount: 3, ...counters },
      { slot: calculateSlot('b'), keyCount: 2, ...counters },
    ]);
    expect(slotStats).toHaveLength(20);
    expect(slotStats.map(({ keyCount }: any) => keyCount).slice(0, 4)).toEqual([3, 2, 1, 0]);
  });

  it('are ordered by time and traffic if the nodes collect them, and not supported otherwise', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    const document = `{ cluster(name: "orders") { name ${stats('(orderBy: CPU)')} } }`;
    const refused = await api.run(document);
    expect(codes(refused)).toEqual(['NOT_SUPPORTED']);
    expect(refused.errors![0]!.message).toContain('cluster-slot-stats-enabled');
    expect(refused.data.cluster).toEqual({ name: 'orders', slotStats: null });
    for (const primary of cluster.primaries)
      await primary.command('CONFIG', 'SET', 'cluster-slot-stats-enabled', 'yes');
    await set(api, ...Array.from({ length: 50 }, () => '{a}1'), '{b}1');
    for (const orderBy of ['CPU', 'NETWORK_IN', 'NETWORK_OUT']) {
      const { slotStats } = await api.cluster(stats(`(orderBy: ${orderBy}, first: 2)`));
      expect(slotStats.map(({ slot }: any) => slot)).toEqual([calculateSlot('a'), calculateSlot('b')]);
      expect(Math.min(...Object.values<number>(slotStats[0]).slice(1))).toBeGreaterThan(0);
    }
  });

  it('do not exist without cluster mode, which each field reports alone', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const answer = await api.run(`{ cluster(name: "orders") { name keyCount slotRanges { start } ${stats('')} } }`);
    expect(codes(answer)).toEqual(['NOT_SUPPORTED', 'NOT_SUPPORTED']);
    expect(answer.data.cluster).toEqual({ name: 'orders', keyCount: 0, slotRanges: null, slotStats: null });
  });

  it('are refused to a Valkey user without the command', async () => {
    const users = { default: 'on nopass ~* &* +@all -cluster|slot-stats' };
    await using cluster = await startValkeyCluster({ shards: 2, users });
    await using api = openDataApi(describeCluster(cluster));
    const answer = await api.run(`{ cluster(name: "orders") { slotRanges { start } ${stats('')} } }`);
    expect(codes(answer)).toEqual(['PERMISSION_DENIED']);
    expect(answer.data.cluster).toEqual({ slotRanges: [{ start: 0 }, { start: 8192 }], slotStats: null });
  });

  it('have no complete statistics while a primary does not answer', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster), { limits: defaultLimits });
    await api.cluster('slotRanges { start }');
    cluster.primaries[1]!.freeze();
    const answer = await api.run(`{ cluster(name: "orders") { name ${stats('')} } }`);
    cluster.primaries[1]!.thaw();
    expect(codes(answer)).toEqual(['TIMEOUT']);
    expect(answer.data.cluster).toEqual({ name: 'orders', slotStats: null });
  });
});
