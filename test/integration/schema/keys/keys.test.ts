import { describe, expect, it } from 'vitest';
import { commandsDuring, openDataApi } from '../../../helpers/apis/data-api.js';
import { countWrites } from '../../../helpers/clients/socket-writes.js';
import { describeCluster, describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startValkey, startValkeyCluster } from '../../../helpers/valkey/valkey.js';

const allBytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

describe('reading keys', () => {
  it('reads a value and its TTL with GET and PTTL only', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'k', 'v', 'PX', '60000');
    const selection = 'key(name: "k") { ... on StringKey { value ttlSeconds } }';
    await api.cluster('key(name: "other") { type }');

    let answer: any;
    const counts = await commandsDuring([server], async () => (answer = await api.cluster(selection)));
    expect(counts).toEqual({ get: 1, pttl: 1 });
    expect(answer.key.value).toBe('v');
    expect(answer.key.ttlSeconds).toBeGreaterThan(59);
  });

  it('sends everything that is selected of keys of one type in one write', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    for (const name of ['a', 'b', 'c']) await server.command('HSET', name, 'field', name);
    await server.command('SET', 'text', 'v');
    await api.cluster('key(name: "other") { type }');
    using writes = countWrites(server.port, 'remotePort');

    const fields = '... on HashKey { length ttlSeconds field(name: "field") { value } fields { nodes { name } } }';
    const { keysByName } = await api.cluster(`keysByName(names: ["a", "b", "absent", "c"]) { ${fields} }`);
    expect(writes.taken()).toEqual([1]);
    const hash = (value: string) => ({
      length: 1,
      ttlSeconds: null,
      field: { value },
      fields: { nodes: [{ name: 'field' }] },
    });
    expect(keysByName).toEqual([hash('a'), hash('b'), null, hash('c')]);

    // TYPE is sent for a key that has another type.
    expect(await api.cluster(`keysByName(names: ["a", "text"]) { ${fields} }`)).toEqual({
      keysByName: [hash('a'), {}],
    });
    expect(writes.taken()).toEqual([2]);

    const { hash: one } = await api.cluster('hash(name: "a") { field(name: "field") { value } }');
    expect(one).toEqual({ field: { value: 'a' } });
    expect(writes.taken()).toEqual([1]);
  });

  it('fails only the field whose argument is wrong', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('HSET', 'h', 'f', 'v');
    const { data, errors } = await api.run(
      '{ cluster(name: "orders") { hash(name: "h") { length field(name: "xyz", encoding: HEX) { value } } } }',
    );
    expect(data.cluster.hash).toEqual({ length: 1, field: null });
    expect(errors?.map(({ path }) => path)).toEqual([['cluster', 'hash', 'field']]);
  });

  it('reads a key once if it is selected twice, and only selected facts', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'k', 'v');
    await api.cluster('key(name: "other") { type }');
    const document = `query ($no: Boolean = false) { cluster(name: "orders") {
      a: key(name: "k") { ...on StringKey { value ttlSeconds @include(if: $no) } }
      b: key(name: "k") { ...on StringKey { value ttlSeconds @include(if: $no) } }
    } }`;
    expect(await commandsDuring([server], () => api.data(document))).toEqual({ mget: 1 });
    const plain = 'a: keysByName(names: ["k", "k", "absent"]) { ...on StringKey { value ttlSeconds type } }';
    expect(await commandsDuring([server], () => api.cluster(plain))).toEqual({ mget: 1, pttl: 2 });
  });

  it('recognises absent keys and keys of another type by the replies', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('HSET', 'h', 'f', 'v');
    await server.command('SET', 'empty', '');

    expect(
      await api.cluster(`
        absent: key(name: "absent") { ... on StringKey { value ttlSeconds } }
        hash: key(name: "h") { __typename type ... on StringKey { value } }
        empty: key(name: "empty") { ... on StringKey { value length } }
        lengthOnly: key(name: "empty") { ... on StringKey { length } }
        other: key(name: "h") { ... on HashKey { length } ... on StringKey { length } }
      `),
    ).toEqual({
      absent: null,
      hash: { __typename: 'HashKey', type: 'HASH' },
      empty: { value: '', length: 0 },
      lengthOnly: { length: 0 },
      other: { length: 1 },
    });
  });

  it('reads several values with one command, and sends more only if a reply is ambiguous', async () => {
    await using server = await startValkey({
      users: { default: 'on nopass ~* &* +@all', narrow: 'on >canary-p ~* -@all +get +type' },
    });
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 's', 'v');
    await server.command('HSET', 'h', 'f', 'v');
    const names = 'names: ["s", "h", "none"]';
    await api.cluster('key(name: "none") { type }');

    const values = `keysByName(${names}) { ... on StringKey { value } }`;
    let answer: any;
    expect(await commandsDuring([server], async () => (answer = await api.cluster(values)))).toEqual({
      mget: 1,
      type: 2,
    });
    expect(answer.keysByName).toEqual([{ value: 'v' }, {}, null]);
    const withTtl = `keysByName(${names}) { ... on StringKey { value ttlSeconds } }`;
    expect(await commandsDuring([server], () => api.cluster(withTtl))).toEqual({ mget: 1, pttl: 3, type: 1 });

    await api.connections.connect('orders', { username: 'narrow', password: 'canary-p' });
    expect(await api.cluster(values)).toEqual({ keysByName: [{ value: 'v' }, {}, null] });
  });

  it('recognises all types', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    for (const args of ['SET s v', 'HSET h f v', 'RPUSH l a b', 'SADD m a b c', 'ZADD z 1 a', 'XADD x 1-1 f v']) {
      await server.command(...args.split(' '));
    }
    const names = JSON.stringify(['s', 'h', 'l', 'm', 'z', 'x', 'none']);
    const lengths = ['StringKey', 'HashKey', 'ListKey', 'SetKey', 'SortedSetKey', 'StreamKey'];
    const { keysByName } = await api.cluster(
      `keysByName(names: ${names}) { __typename type ${lengths.map((type) => `... on ${type} { length }`).join(' ')} }`,
    );
    expect(keysByName).toEqual([
      { __typename: 'StringKey', type: 'STRING', length: 1 },
      { __typename: 'HashKey', type: 'HASH', length: 1 },
      { __typename: 'ListKey', type: 'LIST', length: 2 },
      { __typename: 'SetKey', type: 'SET', length: 3 },
      { __typename: 'SortedSetKey', type: 'SORTED_SET', length: 1 },
      { __typename: 'StreamKey', type: 'STREAM', length: 1 },
      null,
    ]);
  });

  it('reads the idle time before the value', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'k', 'v');
    await server.command('DEBUG', 'SLEEP', '0').catch(() => undefined);
    const { key } = await api.cluster(
      'key(name: "k") { ... on StringKey { value idleSeconds } slot objectEncoding memoryUsageBytes expiresAt ttlSeconds }',
    );
    expect(key).toMatchObject({ value: 'v', slot: 7629, objectEncoding: 'embstr', expiresAt: null, ttlSeconds: null });
    expect(key.memoryUsageBytes).toBeGreaterThan(0);
  });

  it('reads values, TTLs and types of many keys of a cluster with the fewest commands', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    const names = Array.from({ length: 100 }, (_, index) => `key-${index}`);
    for (const name of names) await api.mutate('setString', '{ applied }', { key: name, value: name });

    let answer: any;
    const counts = await commandsDuring(cluster.primaries, async () => {
      answer = await api.cluster(
        `keysByName(names: ${JSON.stringify(names)}) { type ttlSeconds ... on StringKey { value } }`,
      );
    });
    expect(counts).toEqual({ get: 100, pttl: 100 });
    expect(answer.keysByName).toMatchObject(names.map((value) => ({ type: 'STRING', ttlSeconds: null, value })));
    expect(await api.cluster('keyCount')).toEqual({ keyCount: 100 });
    const { deleted } = await api.mutate('deleteKeys', '{ deleted userErrors { code } }', {
      keys: [...names, 'absent'],
    });
    expect(deleted).toBe(100);
  });

  it('fails only the field whose command the ACL denies', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~shared:* &* +@all -pttl -dbsize' } });
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'shared:k', 'v');
    await server.command('SET', 'private:k', 'v');
    const { data, errors } = await api.run(`{ cluster(name: "orders") {
      keyCount
      shared: key(name: "shared:k") { ... on StringKey { value ttlSeconds } }
      private: key(name: "private:k") { ... on StringKey { value } }
      keys { nodes { name } }
    } }`);
    expect(data.cluster).toEqual({
      keyCount: null,
      shared: { value: 'v', ttlSeconds: null },
      private: null,
      keys: { nodes: [{ name: 'shared:k' }] },
    });
    expect(errors?.map(({ originalError }) => (originalError as { code: string }).code)).toEqual(
      Array(3).fill('PERMISSION_DENIED'),
    );
  });

  it('keeps all bytes of names and values, and returns null if they are not UTF-8', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    for (const encoding of ['BASE64', 'HEX'] as const) {
      const text = allBytes.toString(encoding === 'HEX' ? 'hex' : 'base64');
      await api.mutate('setString', '{ applied }', { key: text, value: text, encoding, valueEncoding: encoding });
      const args = `name: "${text}", encoding: ${encoding}`;
      const { key } = await api.cluster(
        `key(${args}) { name(encoding: ${encoding}) ... on StringKey { value(valueEncoding: ${encoding}) utf8: value length } }`,
      );
      expect(key).toEqual({ name: text, value: text, utf8: null, length: 256 });
    }
    const { id } = (await api.cluster(`key(name: "${allBytes.toString('hex')}", encoding: HEX) { id }`)).key;
    const { node } = await api.data('query ($id: ID!) { node(id: $id) { id ... on StringKey { length } } }', { id });
    expect(node).toEqual({ id, length: 256 });
    const gone = ['StringKey:orders/YWJzZW50', 'HashKey:none/a2V5'].map((text) => Buffer.from(text).toString('base64'));
    expect(await api.data('query ($gone: [ID!]!) { nodes(ids: $gone) { id } }', { gone })).toEqual({
      nodes: [null, null],
    });
  });

  it('refuses text that is invalid in its encoding, with its path', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const { userErrors } = await api.mutate('deleteKeys', '{ deleted userErrors { code path } }', {
      keys: ['00', 'xyz'],
      encoding: 'HEX',
    });
    expect(userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['input', 'keys', '1'] }]);
    const many = await api.mutate('deleteKeys', '{ userErrors { code path } }', { keys: Array(1001).fill('k') });
    expect(many.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['input', 'keys'] }]);
    const none = await api.mutate('deleteKeys', '{ userErrors { code path } }', { keys: [] });
    expect(none.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['input', 'keys'] }]);
  });
});
