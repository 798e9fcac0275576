import { describe, expect, it } from 'vitest';
import { openDataApi } from '../../helpers/apis/data-api.js';
import { describeCluster, describeServer } from '../../helpers/valkey/described-cluster.js';
import { startValkey, startValkeyCluster } from '../../helpers/valkey/valkey.js';

const errors = 'userErrors { code path cause }';

describe('streams', () => {
  it('adds, pages in both directions, groups, acknowledges and deletes entries', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const stream = { stream: 's' };
    for (let index = 1; index <= 5; index++) {
      const fields = [{ name: 'n', value: String(index) }];
      expect(
        await api.mutate('addStreamEntry', `{ entryId ${errors} }`, { ...stream, fields, entryId: `${index}-0` }),
      ).toEqual({
        entryId: `${index}-0`,
        userErrors: [],
      });
    }
    const group = { ...stream, group: 'g', startAt: '0' };
    const made = `{ created group { name lag pending lastDeliveredId } ${errors} }`;
    expect(await api.mutate('createConsumerGroup', made, group)).toEqual({
      created: true,
      group: { name: 'g', lag: 5, pending: 0, lastDeliveredId: '0-0' },
      userErrors: [],
    });
    expect((await api.mutate('createConsumerGroup', made, group)).userErrors).toEqual([
      { code: 'ALREADY_EXISTS', path: ['input', 'group'], cause: 'BUSYGROUP' },
    ]);
    expect(await api.mutate('createConsumerGroup', made, { ...group, ifNotExists: true })).toMatchObject({
      created: false,
      group: { lag: 5 },
    });
    await server.command('XREADGROUP', 'GROUP', 'g', 'c1', 'COUNT', '3', 'STREAMS', 's', '>');
    expect(
      await api.mutate('acknowledgeEntries', `{ acknowledged ${errors} }`, {
        ...stream,
        group: 'g',
        entryIds: ['1-0'],
      }),
    ).toMatchObject({ acknowledged: 1 });
    const gone = { ...stream, group: 'g', entryIds: ['2-0', '2-0'], delete: true };
    expect(await api.mutate('acknowledgeEntries', `{ acknowledged ${errors} }`, gone)).toMatchObject({
      acknowledged: 1,
    });

    const page = 'edges { cursor } nodes { entryId json fields { name value } } pageInfo { hasNextPage endCursor }';
    const { stream: read } = await api.cluster(`stream(name: "s") {
      length lastId type
      entries(first: 2) { ${page} }
      newest: entries(first: 2, reverse: true) { nodes { entryId } pageInfo { endCursor } }
      some: entries(start: "3", end: "4") { nodes { entryId } }
      groups { id name lag pending consumers { name pending idleSeconds } }
    }`);
    expect(read).toMatchObject({
      length: 4,
      lastId: '5-0',
      type: 'STREAM',
      entries: { nodes: [{ entryId: '1-0', json: { n: '1' } }, { entryId: '3-0' }], pageInfo: { hasNextPage: true } },
      newest: { nodes: [{ entryId: '5-0' }, { entryId: '4-0' }] },
      some: { nodes: [{ entryId: '3-0' }, { entryId: '4-0' }] },
      groups: [{ name: 'g', pending: 1, consumers: [{ name: 'c1', pending: 1 }] }],
    });
    const next = await api.cluster(`stream(name: "s") {
      entries(after: "${read.entries.pageInfo.endCursor}") { nodes { entryId } pageInfo { hasNextPage hasPreviousPage } }
      older: entries(reverse: true, after: "${read.newest.pageInfo.endCursor}") { nodes { entryId } }
    }`);
    expect(next.stream).toEqual({
      entries: {
        nodes: [{ entryId: '4-0' }, { entryId: '5-0' }],
        pageInfo: { hasNextPage: false, hasPreviousPage: true },
      },
      older: { nodes: [{ entryId: '3-0' }, { entryId: '1-0' }] },
    });
    expect(
      await api.mutate('deleteStreamEntries', `{ deleted ${errors} }`, { ...stream, entryIds: ['5-0', '9-9'] }),
    ).toMatchObject({ deleted: 1 });
  });

  it('creates no group above the last ID of its stream, which would receive nothing', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const create = (input: object) =>
      api.mutate('createConsumerGroup', `{ created userErrors { code path message } }`, { group: 'g', ...input });
    const refused = (message: string) => ({
      created: null,
      userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'startAt'], message }],
    });
    await server.command('XADD', 's', '1-1', 'n', '1');
    await server.command('XADD', 's', '2-1', 'n', '2');
    await server.command('XDEL', 's', '2-1');
    const above =
      "Expected an ID that is not above the stream's last ID: no consumer would receive the entries up to it. Use `$` for entries that " +
      'are added from now on, or `0` for all existing entries.';
    for (const startAt of ['100-1', '2-2', '3']) {
      expect(await create({ stream: 's', startAt })).toEqual(refused(above));
    }
    expect(await server.command('XINFO', 'GROUPS', 's')).toEqual([]);
    expect(await create({ stream: 's', startAt: '2-1' })).toMatchObject({ created: true, userErrors: [] });
    expect(await create({ stream: 's', startAt: '100-1', ifNotExists: true })).toMatchObject({ created: false });
    expect(await create({ stream: 's', startAt: '100-1' })).toMatchObject({ userErrors: [{ code: 'ALREADY_EXISTS' }] });

    expect(await create({ stream: 'none', startAt: '1-1' })).toEqual(refused(above));
    expect(String(await server.command('EXISTS', 'none'))).toBe('0');
    for (const startAt of ['0', '0-0', '$']) {
      expect(await create({ stream: `new ${startAt}`, startAt })).toMatchObject({ created: true, userErrors: [] });
    }
    await server.command('SET', 'text', 'x');
    expect(await create({ stream: 'text', startAt: '1-1' })).toMatchObject({
      userErrors: [{ code: 'WRONG_TYPE', path: ['input', 'stream'] }],
    });
  });

  it('creates a group without the check if the Valkey user may not read the last ID', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* +@all -xinfo' } });
    await using api = openDataApi(describeServer(server));
    const input = { stream: 's', group: 'g', startAt: '100-1' };
    expect(await api.mutate('createConsumerGroup', `{ created ${errors} }`, input)).toEqual({
      created: true,
      userErrors: [],
    });
  });

  it('distinguishes an empty stream from none, and works for a Valkey user with stream commands only', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* -@all +@stream +type' } });
    await using api = openDataApi(describeServer(server));
    await server.command('XGROUP', 'CREATE', 'empty', 'g', '$', 'MKSTREAM');
    expect(
      await api.cluster(`
        empty: stream(name: "empty") { length lastId groups { name } entries { nodes { entryId } } }
        absent: stream(name: "absent") { length }
      `),
    ).toEqual({ empty: { length: 0, lastId: '0-0', groups: [{ name: 'g' }], entries: { nodes: [] } }, absent: null });
  });

  it('refuses descending and invalid IDs, and keys of other types', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('XADD', 's', '5-0', 'f', 'v');
    await server.command('SET', 'k', 'v');
    const fields = [{ name: 'f', value: 'v' }];
    const add = async (input: object) =>
      (await api.mutate('addStreamEntry', `{ entryId ${errors} }`, { stream: 's', fields, ...input })).userErrors;
    expect(await add({ entryId: '4-0' })).toMatchObject([{ code: 'INVALID_INPUT', path: ['input', 'entryId'] }]);
    expect(await add({ entryId: '$' })).toMatchObject([{ code: 'INVALID_INPUT', path: ['input', 'entryId'] }]);
    await server.command('XADD', 'full', '18446744073709551615-18446744073709551615', 'f', 'v');
    expect(await add({ stream: 'full' })).toMatchObject([{ code: 'INVALID_INPUT', path: ['input', 'stream'] }]);
    expect(await add({ stream: 'k' })).toMatchObject([{ code: 'WRONG_TYPE', path: ['input', 'stream'] }]);
    expect(await add({ fields: [] })).toMatchObject([{ code: 'INVALID_INPUT', path: ['input', 'fields'] }]);
    const made = await api.mutate('createConsumerGroup', `{ created ${errors} }`, { stream: 'k', group: 'g' });
    expect(made.userErrors).toMatchObject([{ code: 'WRONG_TYPE', path: ['input', 'stream'] }]);
    const { errors: failures } = await api.run('{ cluster(name: "orders") { stream(name: "k") { length } } }');
    expect(failures?.[0]?.originalError).toMatchObject({ code: 'WRONG_TYPE' });
  });
});

describe('channels', () => {
  it('publishes bytes, and counts subscribers on all nodes', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    const heard: Buffer[] = [];
    await using subscriber = await api.connections.subscriber('orders', {
      message: (_kind, _channel, payload) => void heard.push(payload),
      reconnected: () => undefined,
      refused: () => undefined,
    });
    await subscriber.subscribe('channel', [Buffer.from('news'), Buffer.from([0xff])]);
    await subscriber.subscribe('sharded', [Buffer.from('local')]);

    const { channels } = await api.cluster('channels { name subscribers }');
    expect(channels).toEqual([
      { name: 'news', subscribers: 1 },
      { name: null, subscribers: 1 },
    ]);
    expect(await api.cluster('channels(match: "n*") { name }')).toEqual({ channels: [{ name: 'news' }] });
    const sharded = await api.mutate('publish', `{ receivers ${errors} }`, {
      channel: 'local',
      payload: 'x',
      sharded: true,
    });
    expect(sharded).toEqual({ receivers: 1, userErrors: [] });
    const wrong = await api.mutate('publish', `{ receivers ${errors} }`, {
      channel: 'news',
      payload: '*',
      valueEncoding: 'BASE64',
    });
    expect(wrong.userErrors).toMatchObject([{ code: 'INVALID_INPUT', path: ['input', 'payload'] }]);
  });

  it('finds a consumer group by its ID, with any bytes in its names, and null if it no longer exists', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const names = { stream: '2f00ff', group: '3a2fff', encoding: 'HEX' };
    const { group } = await api.mutate('createConsumerGroup', '{ group { id name(encoding: HEX) } }', names);
    expect(group.name).toBe('3a2fff');
    const listed = await api.cluster('stream(name: "2f00ff", encoding: HEX) { groups { id } }');
    expect(listed.stream.groups).toEqual([{ id: group.id }]);
    const find = () =>
      api.data(
        `query ($id: ID!, $ids: [ID!]!) {
          node(id: $id) { id ... on ConsumerGroup { name(encoding: HEX) pending consumers { name } } }
          nodes(ids: $ids) { __typename id }
        }`,
        { id: group.id, ids: [group.id, Buffer.from('ConsumerGroup:none/cw/Zw').toString('base64')] },
      );
    expect(await find()).toEqual({
      node: { id: group.id, name: '3a2fff', pending: 0, consumers: [] },
      nodes: [{ __typename: 'ConsumerGroup', id: group.id }, null],
    });
    const gone = { node: null, nodes: [null, null] };
    const commands = await api.connections.commands('orders');
    const [stream, name] = [Buffer.from(names.stream, 'hex'), Buffer.from(names.group, 'hex')];
    await commands.send({ args: ['XGROUP', 'DESTROY', stream, name] });
    expect(await find()).toEqual(gone);
    await commands.send({ args: ['SET', stream, 'no stream'] });
    expect(await find()).toEqual(gone);
    await commands.send({ args: ['DEL', stream] });
    expect(await find()).toEqual(gone);
  });
});
