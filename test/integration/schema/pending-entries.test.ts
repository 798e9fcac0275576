import { describe, expect, it } from 'vitest';
import { openDataApi, type DataApi } from '../../helpers/apis/data-api.js';
import { describeServer } from '../../helpers/valkey/described-cluster.js';
import { eventually } from '../../helpers/run/eventually.js';
import { startValkey, type TestValkey } from '../../helpers/valkey/valkey.js';

const names = { stream: 'jobs', group: 'workers' };
const errors = 'userErrors { code path cause message }';

/** A group with entries `1-0` to `<count>-0`. */
async function startGroup(count: number, users: Record<string, string> = {}): Promise<TestValkey> {
  const server = await startValkey({ users });
  await server.command('XGROUP', 'CREATE', 'jobs', 'workers', '0', 'MKSTREAM');
  for (let id = 1; id <= count; id += 1) await server.command('XADD', 'jobs', `${id}-0`, 'n', String(id));
  return server;
}
const deliver = (server: TestValkey, consumer: string, count: number) =>
  server.command('XREADGROUP', 'GROUP', 'workers', consumer, 'COUNT', String(count), 'STREAMS', 'jobs', '>');
const pending = async (api: DataApi, args: string, more = ''): Promise<any> =>
  (
    await api.cluster(`stream(name: "jobs") {
      groups { lag pendingEntries${args} { nodes { entryId consumer idleSeconds deliveryCount } ${more} } }
    }`)
  ).stream.groups[0].pendingEntries;
/** As if they had been delivered so long ago. */
const age = (server: TestValkey, consumer: string, seconds: number, ...ids: string[]) =>
  server.command('XCLAIM', 'jobs', 'workers', consumer, '0', ...ids, 'IDLE', String(seconds * 1000), 'JUSTID');

describe('extendEntries', () => {
  const extend = (api: DataApi, entryIds: readonly string[], input: object = {}) =>
    api.mutate('extendEntries', `{ extended lost ${errors} }`, { ...names, consumer: 'a', entryIds, ...input });

  it('resets the idle time of a consumer’s entries, and reports those that it no longer holds', async () => {
    await using server = await startGroup(5);
    await using api = openDataApi(describeServer(server));
    await deliver(server, 'a', 3);
    await deliver(server, 'b', 1);
    await age(server, 'a', 1000, '1-0', '2-0', '3-0');
    await age(server, 'b', 1000, '4-0');
    await server.command('XACK', 'jobs', 'workers', '2-0');
    await server.command('XDEL', 'jobs', '3-0');
    expect(await extend(api, ['1', '1-0', '2-0', '3-0', '4-0', '5-0'])).toEqual({
      extended: ['1-0'],
      lost: ['2-0', '3-0', '4-0', '5-0'],
      userErrors: [],
    });
    const { nodes } = await pending(api, '');
    expect(nodes).toMatchObject([
      { entryId: '1-0', consumer: 'a', deliveryCount: 1 },
      { entryId: '4-0', consumer: 'b', deliveryCount: 1 },
    ]);
    expect(nodes[0].idleSeconds).toBeLessThan(1000);
    expect(nodes[1].idleSeconds).toBeGreaterThanOrEqual(1000);
  });

  it('prevents claims, also through another process of the API than the one that delivered', async () => {
    await using server = await startGroup(2);
    await using here = openDataApi(describeServer(server));
    await using there = openDataApi(describeServer(server));
    await deliver(server, 'a', 2);
    await age(server, 'a', 7200, '1-0', '2-0');
    expect((await extend(here, ['1-0'])).extended).toEqual(['1-0']);
    const claimed: string[] = [];
    const iterator = await there.subscribe(`subscription {
      groupEntries(cluster: "orders", stream: "jobs", group: "workers", consumer: "b", claimIdleSeconds: 3600) {
        entries { entry { entryId } claimed deliveryCount }
      }
    }`);
    const reading = (async () => {
      for await (const { data } of iterator) {
        for (const { entry } of data.groupEntries.entries) claimed.push(entry.entryId);
      }
    })();
    await eventually(() => expect(claimed).toEqual(['2-0']));
    await age(server, 'a', 7200, '1-0');
    await eventually(() => expect(claimed).toEqual(['2-0', '1-0']));
    expect(await extend(here, ['1-0'])).toMatchObject({ extended: [], lost: ['1-0'] });
    await iterator.return();
    await reading;
  });

  it('refuses missing entries, groups and streams, and Valkey users without scripts', async () => {
    await using server = await startGroup(1, { default: 'on nopass ~* -@all +@stream +type' });
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'text', 'x');
    expect((await extend(api, ['$'])).userErrors).toMatchObject([{ path: ['input', 'entryIds', '0'] }]);
    expect((await extend(api, [])).userErrors).toMatchObject([{ path: ['input', 'entryIds'] }]);
    expect((await extend(api, ['1-0'])).userErrors).toMatchObject([{ code: 'PERMISSION_DENIED', cause: 'NOPERM' }]);
    await using other = openDataApi(describeServer(server));
    await server.command('ACL', 'SETUSER', 'default', '+@all');
    expect(await extend(other, ['1-0'], { group: 'nobody' })).toMatchObject({
      extended: null,
      lost: null,
      userErrors: [{ code: 'NOT_FOUND', path: ['input', 'group'], cause: 'NOGROUP' }],
    });
    expect((await extend(other, ['1-0'], { stream: 'text' })).userErrors).toMatchObject([
      { code: 'WRONG_TYPE', path: ['input', 'stream'] },
    ]);
  });
});

describe('acknowledgeEntries', () => {
  it.each([false, true])('distinguishes a missing group from acknowledged entries; delete: %s', async (remove) => {
    await using server = await startGroup(2);
    await using api = openDataApi(describeServer(server));
    await deliver(server, 'a', 2);
    const acknowledge = (): Promise<any> =>
      api.mutate('acknowledgeEntries', `{ acknowledged ${errors} }`, { ...names, entryIds: ['1-0'], delete: remove });
    expect(await acknowledge()).toEqual({ acknowledged: 1, userErrors: [] });
    expect(await acknowledge()).toEqual({ acknowledged: 0, userErrors: [] });
    await server.command('XGROUP', 'DESTROY', 'jobs', 'workers');
    expect(await acknowledge()).toMatchObject({
      acknowledged: null,
      userErrors: [{ code: 'NOT_FOUND', path: ['input', 'group'], cause: 'NOGROUP' }],
    });
    expect(String(await server.command('XLEN', 'jobs'))).toBe(remove ? '1' : '2');
  });
});

describe('pendingEntries', () => {
  it('pages through a group’s pending entries, also by consumer and idle time', async () => {
    await using server = await startGroup(6);
    await using api = openDataApi(describeServer(server));
    await deliver(server, 'a', 3);
    await deliver(server, 'b', 2);
    await age(server, 'a', 100, '1-0');
    await age(server, 'b', 100, '5-0');
    const page = 'pageInfo { hasNextPage hasPreviousPage endCursor }';
    const first = await pending(api, '(first: 2)', page);
    expect(first.nodes).toMatchObject([{ entryId: '1-0', consumer: 'a' }, { entryId: '2-0' }]);
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const rest = await pending(api, `(first: 10, after: "${first.pageInfo.endCursor}")`, page);
    expect(rest.nodes.map(({ entryId }: { entryId: string }) => entryId)).toEqual(['3-0', '4-0', '5-0']);
    expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect((await pending(api, '(consumer: "62", encoding: HEX)')).nodes).toMatchObject([
      { entryId: '4-0', consumer: 'b' },
      { entryId: '5-0' },
    ]);
    expect((await pending(api, '(minIdleSeconds: 99.5)')).nodes).toMatchObject([
      { entryId: '1-0' },
      { entryId: '5-0' },
    ]);
    expect((await pending(api, '(minIdleSeconds: 99.5, consumer: "b")')).nodes).toMatchObject([{ entryId: '5-0' }]);
    expect((await pending(api, '(consumer: "nobody")')).nodes).toEqual([]);
  });

  it('refuses invalid page sizes, foreign cursors and negative idle times', async () => {
    await using server = await startGroup(1);
    await using api = openDataApi(describeServer(server));
    for (const args of [
      'first: 0',
      'first: 1001',
      'minIdleSeconds: -1',
      'after: "x"',
      'consumer: "x", encoding: HEX',
    ]) {
      const answer = await api.run(
        `{ cluster(name: "orders") { stream(name: "jobs") { groups { pendingEntries(${args}) { nodes { entryId } } } } } }`,
      );
      expect(answer.errors?.[0]?.originalError, args).toMatchObject({ code: 'INVALID_INPUT' });
    }
  });
});
