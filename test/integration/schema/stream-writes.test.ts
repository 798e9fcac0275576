import { describe, expect, it } from 'vitest';
import { openDataApi, type DataApi } from '../../helpers/apis/data-api.js';
import { eventually } from '../../helpers/run/eventually.js';
import { describeCluster, describeServer } from '../../helpers/valkey/described-cluster.js';
import { startValkey, startValkeyCluster, type TestValkey } from '../../helpers/valkey/valkey.js';

const errors = 'userErrors { code path cause }';

/** A stream `s` with the entries 1-0 to 6-0 and a group `g` whose consumer `c1` holds the first three. */
async function startGroup(server: TestValkey): Promise<void> {
  for (let n = 1; n <= 6; n += 1) await server.command('XADD', 's', `${n}-0`, 'n', String(n));
  await server.command('XGROUP', 'CREATE', 's', 'g', '0');
  await server.command('XREADGROUP', 'GROUP', 'g', 'c1', 'COUNT', '3', 'STREAMS', 's', '>');
}

const group = { stream: 's', group: 'g' };
const code = async (api: DataApi, name: string, input: object): Promise<object> =>
  (await api.mutate(name, `{ ${errors} }`, input)).userErrors[0];

describe('trimStream', () => {
  const trim = (api: DataApi, input: object) =>
    api.mutate('trimStream', `{ trimmed key { length } ${errors} }`, { stream: 's', ...input });

  it('keeps the newest entries, or those from an ID on', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await startGroup(server);
    expect(await trim(api, { maxLength: 5 })).toEqual({ trimmed: 1, key: { length: 5 }, userErrors: [] });
    expect(await trim(api, { minId: '4' })).toEqual({ trimmed: 2, key: { length: 3 }, userErrors: [] });
    expect(await trim(api, { maxLength: 1, approximate: true })).toMatchObject({ trimmed: 0, key: { length: 3 } });
    expect(await trim(api, { maxLength: 9007199254740991 })).toMatchObject({ trimmed: 0 });
    expect(await trim(api, { maxLength: 0 })).toMatchObject({ trimmed: 3, key: { length: 0 } });
    expect(await trim(api, { stream: 'none', maxLength: 0 })).toEqual({ trimmed: 0, key: null, userErrors: [] });
  });

  it('requires exactly one limit, a stream, and an entry ID', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'k', 'v');
    const refused = (input: object) => code(api, 'trimStream', { stream: 's', ...input });
    for (const input of [{}, { maxLength: 1, minId: '1-0' }]) {
      expect(await refused(input)).toMatchObject({ code: 'INVALID_INPUT', path: ['input'] });
    }
    expect(await refused({ maxLength: -1 })).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'maxLength'] });
    expect(await refused({ minId: '$' })).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'minId'] });
    expect(await refused({ stream: 'k', maxLength: 1 })).toMatchObject({
      code: 'WRONG_TYPE',
      path: ['input', 'stream'],
    });
  });
});

describe('deleteConsumerGroup', () => {
  it('deletes a group, whatever bytes its name has, and says if there was none', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const names = { stream: '00ff', group: '0d0aff', encoding: 'HEX' };
    const { group: made } = await api.mutate('createConsumerGroup', '{ group { id } }', names);
    const remove = () => api.mutate('deleteConsumerGroup', `{ deleted deletedGroupId ${errors} }`, names);
    expect(await remove()).toEqual({ deleted: true, deletedGroupId: made.id, userErrors: [] });
    expect(await remove()).toEqual({ deleted: false, deletedGroupId: null, userErrors: [] });
    expect(await api.mutate('deleteConsumerGroup', '{ deleted }', group)).toEqual({ deleted: false });
    await server.command('SET', 's', 'v');
    expect(await code(api, 'deleteConsumerGroup', group)).toMatchObject({
      code: 'WRONG_TYPE',
      path: ['input', 'stream'],
    });
  });
});

describe('setConsumerGroupPosition', () => {
  const set = (api: DataApi, input: object) =>
    api.mutate('setConsumerGroupPosition', `{ group { lastDeliveredId lag pending } ${errors} }`, {
      ...group,
      ...input,
    });

  it('moves the group back and forth, and keeps its pending entries', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await startGroup(server);
    expect(await set(api, { after: '0' })).toEqual({
      group: { lastDeliveredId: '0-0', lag: 6, pending: 3 },
      userErrors: [],
    });
    expect(await set(api, { after: '2-0' })).toMatchObject({ group: { lastDeliveredId: '2-0', pending: 3 } });
    expect(await set(api, { after: '$' })).toMatchObject({ group: { lastDeliveredId: '6-0', lag: 0 } });
    expect(await set(api, { after: '6' })).toMatchObject({ group: { lastDeliveredId: '6-0', lag: 0 } });
  });

  it('refuses an ID above the last one, special IDs, and groups and streams that do not exist', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await startGroup(server);
    await server.command('SET', 'k', 'v');
    const refused = (input: object) => code(api, 'setConsumerGroupPosition', { ...group, after: '1', ...input });
    for (const after of ['6-1', '7', '+', '-']) {
      expect(await refused({ after })).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'after'] });
    }
    expect(await refused({ group: 'none' })).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'group'] });
    expect(await refused({ stream: 'none' })).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'stream'] });
    expect(await refused({ stream: 'k' })).toMatchObject({ code: 'WRONG_TYPE', path: ['input', 'stream'] });
    await server.command('ACL', 'SETUSER', 'default', '-xinfo');
    expect(await api.mutate('setConsumerGroupPosition', `{ ${errors} }`, { ...group, after: '9' })).toEqual({
      userErrors: [],
    });
  });

  it('lets a subscriber receive entries again, even if it has nothing to read', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await startGroup(server);
    await server.command('XGROUP', 'SETID', 's', 'g', '$');
    const results = await api.subscribe(
      `subscription {
        groupEntries(cluster: "orders", stream: "s", group: "g", consumer: "c2") { entries { entry { entryId } } }
      }`,
    );
    const receive = async (count: number): Promise<readonly string[]> => {
      const seen: string[] = [];
      while (seen.length < count) {
        const { value } = await results.next();
        seen.push(...(value?.data?.groupEntries.entries ?? []).map(({ entry }: any) => entry.entryId));
      }
      return seen;
    };
    const first = receive(1);
    await eventually(async () => expect(await server.command('XINFO', 'CONSUMERS', 's', 'g')).toHaveLength(2));
    await server.command('XADD', 's', '7-0', 'n', '7');
    expect(await first).toEqual(['7-0']);
    // Until the periodic tasks run twice, the reader has found that there is nothing more.
    await server.command('CONFIG', 'RESETSTAT');
    await eventually(async () =>
      expect(String(await server.command('INFO', 'commandstats'))).toMatch(/xinfo\|groups:calls=[2-9]/),
    );
    const again = receive(3);
    await set(api, { after: '4-0' });
    expect(await again).toEqual(['5-0', '6-0', '7-0']);
    await results.return();
  });
});

describe('deleteConsumer', () => {
  const remove = (api: DataApi, input: object) =>
    api.mutate('deleteConsumer', `{ dropped group { pending consumers { name } } ${errors} }`, { ...group, ...input });

  it('keeps a consumer that has pending entries, unless they may be dropped', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await startGroup(server);
    expect(await remove(api, { consumer: 'c1' })).toEqual({
      dropped: null,
      group: null,
      userErrors: [{ code: 'INVALID_STATE', path: ['input', 'consumer'], cause: null }],
    });
    await server.command('XGROUP', 'CREATECONSUMER', 's', 'g', 'idle');
    expect(await remove(api, { consumer: 'idle' })).toEqual({
      dropped: 0,
      group: { pending: 3, consumers: [{ name: 'c1' }] },
      userErrors: [],
    });
    expect(await remove(api, { consumer: 'none' })).toMatchObject({ dropped: 0, userErrors: [] });
    expect(await remove(api, { consumer: 'c1', dropPending: true })).toEqual({
      dropped: 3,
      group: { pending: 0, consumers: [] },
      userErrors: [],
    });
  });

  it('refuses groups and streams that do not exist, and names EVAL if scripts are denied', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await startGroup(server);
    await server.command('SET', 'k', 'v');
    for (const dropPending of [true, false]) {
      const refused = (input: object) =>
        code(api, 'deleteConsumer', { ...group, consumer: 'c', dropPending, ...input });
      expect(await refused({ group: 'none' })).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'group'] });
      expect(await refused({ stream: 'none' })).toMatchObject({ code: 'NOT_FOUND' });
      expect(await refused({ stream: 'k' })).toMatchObject({ code: 'WRONG_TYPE', path: ['input', 'stream'] });
    }
    await server.command('ACL', 'SETUSER', 'default', '-eval', '-evalsha');
    expect(await code(api, 'deleteConsumer', { ...group, consumer: 'c1' })).toMatchObject({
      code: 'NOT_SUPPORTED',
      path: ['input', 'dropPending'],
    });
    expect(await remove(api, { consumer: 'c1', dropPending: true })).toMatchObject({ dropped: 3 });
  });
});

describe('claimEntries', () => {
  const claim = (api: DataApi, input: object) =>
    api.mutate(
      'claimEntries',
      `{ claimed group { pendingEntries { nodes { entryId consumer deliveryCount } } } ${errors} }`,
      {
        ...group,
        consumer: 'c2',
        ...input,
      },
    );

  it('moves pending entries to the consumer without counting a delivery', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await startGroup(server);
    await server.command('XDEL', 's', '3-0');
    expect(await claim(api, { entryIds: ['2', '1-0', '2-0', '3-0', '5-0', '99-1'] })).toEqual({
      claimed: ['2-0', '1-0'],
      group: {
        pendingEntries: {
          nodes: [
            { entryId: '1-0', consumer: 'c2', deliveryCount: 1 },
            { entryId: '2-0', consumer: 'c2', deliveryCount: 1 },
          ],
        },
      },
      userErrors: [],
    });
    expect(await claim(api, { consumer: 'c3', entryIds: ['1-0'], minIdleSeconds: 3600 })).toMatchObject({
      claimed: [],
    });
  });

  it('refuses wrong times, special IDs, and groups that do not exist', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await startGroup(server);
    const refused = (input: object) =>
      code(api, 'claimEntries', { ...group, consumer: 'c', entryIds: ['1-0'], ...input });
    for (const minIdleSeconds of [-1, 1e300]) {
      expect(await refused({ minIdleSeconds })).toMatchObject({ path: ['input', 'minIdleSeconds'] });
    }
    expect(await refused({ entryIds: ['$'] })).toMatchObject({ path: ['input', 'entryIds', '0'] });
    for (const missing of [{ group: 'none' }, { stream: 'none' }]) {
      expect(await refused(missing)).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'group'] });
    }
  });
});

describe('in cluster mode', () => {
  it('changes streams and groups of every shard', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    for (const stream of ['a', 'b', 'c']) {
      await api.mutate('createConsumerGroup', '{ created }', { stream, group: 'g' });
      for (const value of ['1', '2']) {
        await api.mutate('addStreamEntry', '{ entryId }', { stream, fields: [{ name: 'n', value }] });
      }
      expect(await api.mutate('trimStream', '{ trimmed }', { stream, maxLength: 1 })).toEqual({ trimmed: 1 });
      const input = { stream, group: 'g' };
      expect(await api.mutate('setConsumerGroupPosition', `{ ${errors} }`, { ...input, after: '$' })).toEqual({
        userErrors: [],
      });
      expect(await api.mutate('deleteConsumer', '{ dropped }', { ...input, consumer: 'c' })).toEqual({ dropped: 0 });
      expect(await api.mutate('deleteConsumerGroup', '{ deleted }', input)).toEqual({ deleted: true });
    }
  });
});
