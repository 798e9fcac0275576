import { describe, expect, it } from 'vitest';
import { commandsDuring, openDataApi, type DataApi } from '../../../helpers/apis/data-api.js';
import { describeCluster, describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startValkey, startValkeyCluster } from '../../../helpers/valkey/valkey.js';

const errors = 'userErrors { code path cause }';

/** The ID under which the API itself shows a key. */
async function idOf(api: DataApi, name: string, encoding = 'UTF8'): Promise<string> {
  const { key } = await api.cluster(`key(name: "${name}", encoding: ${encoding}) { id }`);
  return key.id;
}

describe('deleteKeys.deletedKeyIds', () => {
  it('lists the IDs of the keys of each type that existed, once, in the order of the input', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const add = [
      ['SET', 's', 'v'],
      ['HSET', 'h', 'f', 'v'],
      ['RPUSH', 'l', 'v'],
      ['SADD', 'set', 'v'],
      ['ZADD', 'z', '1', 'v'],
      ['XADD', 'x', '1-1', 'f', 'v'],
    ] as const;
    for (const command of add) await server.command(...command);
    const names = ['x', 'h', 'l', 's', 'z', 'set'];
    const ids: string[] = [];
    for (const name of names) ids.push(await idOf(api, name));
    const counts = await commandsDuring([server], async () => {
      expect(
        await api.mutate('deleteKeys', `{ deleted deletedKeyIds ${errors} }`, {
          keys: ['x', 'none', 'h', 'l', 'x', 's', 'z', 'set', 's'],
        }),
      ).toEqual({ deleted: 6, deletedKeyIds: ids, userErrors: [] });
    });
    expect(counts).toEqual({ type: 7, unlink: 7 });
    expect(await api.data('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids })).toEqual({
      nodes: names.map(() => null),
    });
  });

  it('reads no type, and sends one command, unless the IDs are selected', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('MSET', 'a', '1', 'b', '2');
    const counts = await commandsDuring([server], async () => {
      expect(await api.mutate('deleteKeys', `{ deleted ${errors} }`, { keys: ['a', 'b', 'c'] })).toEqual({
        deleted: 2,
        userErrors: [],
      });
    });
    expect(counts).toEqual({ unlink: 1 });
  });

  it('lists keys of all shards, whatever bytes their names have', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    const names = ['00ff0d0a', '3a2f', '61', '62', '63', '64', '65'];
    for (const key of names) await api.mutate('setString', '{ applied }', { key, encoding: 'HEX', value: 'v' });
    const ids: string[] = [];
    for (const name of names) ids.push(await idOf(api, name, 'HEX'));
    const counts = await commandsDuring(cluster.primaries, async () => {
      const keys = [...names, 'FFFF'];
      expect(await api.mutate('deleteKeys', `{ deleted deletedKeyIds ${errors} }`, { keys, encoding: 'HEX' })).toEqual({
        deleted: 7,
        deletedKeyIds: ids,
        userErrors: [],
      });
    });
    expect(counts).toEqual({ type: 8, unlink: 8 });
  });

  it('still deletes if the ACL denies TYPE; only the field fails', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* +@all -type' } });
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'a', '1');
    const answer = await api.run(
      'mutation { deleteKeys(input: { cluster: "orders", keys: ["a"] }) { deleted deletedKeyIds userErrors { code } } }',
    );
    expect(answer.data.deleteKeys).toEqual({ deleted: 1, deletedKeyIds: null, userErrors: [] });
    expect(answer.errors).toMatchObject([
      { path: ['deleteKeys', 'deletedKeyIds'], originalError: { code: 'PERMISSION_DENIED' } },
    ]);
  });

  it('says that the outcome is unknown if one shard fails after another has deleted keys', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    const names = ['a', 'b', 'c', 'd'];
    for (const key of names) await api.mutate('setString', '{ applied }', { key, value: 'v' });
    await cluster.primaries[1]!.command('ACL', 'SETUSER', 'default', '-unlink');
    const answer = await api.run(
      'mutation { deleteKeys(input: { cluster: "orders", keys: ["a", "b", "c", "d"] }) { deletedKeyIds } }',
    );
    expect(answer.data.deleteKeys).toBeNull();
    expect(answer.errors).toMatchObject([{ originalError: { code: 'UNKNOWN_OUTCOME' } }]);
    expect(answer.errors?.[0]?.message).toMatch(/^2 keys were deleted, then a shard failed: /);
    await cluster.primaries[0]!.command('ACL', 'SETUSER', 'default', '-unlink');
    const refused = await api.mutate('deleteKeys', `{ deletedKeyIds ${errors} }`, { keys: names });
    expect(refused).toEqual({
      deletedKeyIds: null,
      userErrors: [{ code: 'PERMISSION_DENIED', path: ['input', 'keys'], cause: 'NOPERM' }],
    });
  });
});

describe('deleteHashFields.deletedFields', () => {
  it('lists the names in the encoding of the input, by one command each', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await api.mutate('setHashFields', '{ added }', {
      key: '68',
      encoding: 'HEX',
      fields: ['ff00', '0d0a', '61'].map((name) => ({ name, value: 'v' })),
    });
    const fields = ['61', '62', 'FF00', '61'];
    const counts = await commandsDuring([server], async () => {
      expect(
        await api.mutate('deleteHashFields', `{ deleted deletedFields ${errors} }`, {
          key: '68',
          encoding: 'HEX',
          fields,
        }),
      ).toEqual({ deleted: 2, deletedFields: ['61', 'ff00'], userErrors: [] });
    });
    expect(counts).toEqual({ hdel: 3 });
    const together = await commandsDuring([server], async () => {
      expect(await api.mutate('deleteHashFields', '{ deleted }', { key: 'h', fields: ['\r\n', 'b'] })).toEqual({
        deleted: 1,
      });
    });
    expect(together).toEqual({ hdel: 1 });
  });

  it('refuses a key of another type, and lists nothing for one that does not exist', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'k', 'v');
    const remove = (key: string) =>
      api.mutate('deleteHashFields', `{ deleted deletedFields ${errors} }`, { key, fields: ['a', 'b'] });
    expect(await remove('k')).toEqual({
      deleted: null,
      deletedFields: null,
      userErrors: [{ code: 'WRONG_TYPE', path: ['input', 'key'], cause: 'WRONGTYPE' }],
    });
    expect(await remove('none')).toEqual({ deleted: 0, deletedFields: [], userErrors: [] });
  });
});

describe('deleteStreamEntries.deletedEntryIds', () => {
  it('lists the IDs of the entries that existed, as Valkey writes them, by one command each', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    for (const id of ['1-0', '2-0', '3-5']) await server.command('XADD', 's', id, 'f', 'v');
    const counts = await commandsDuring([server], async () => {
      expect(
        await api.mutate('deleteStreamEntries', `{ deleted deletedEntryIds ${errors} }`, {
          stream: 's',
          entryIds: ['3-5', '2', '9-9', '2-0'],
        }),
      ).toEqual({ deleted: 2, deletedEntryIds: ['3-5', '2-0'], userErrors: [] });
    });
    expect(counts).toEqual({ xdel: 3 });
    await server.command('SET', 'k', 'v');
    const refused = await api.mutate('deleteStreamEntries', `{ deleted deletedEntryIds ${errors} }`, {
      stream: 'k',
      entryIds: ['1-0'],
    });
    expect(refused).toEqual({
      deleted: null,
      deletedEntryIds: null,
      userErrors: [{ code: 'WRONG_TYPE', path: ['input', 'stream'], cause: 'WRONGTYPE' }],
    });
  });
});
