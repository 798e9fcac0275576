import { describe, expect, it } from 'vitest';
import { openDataApi } from '../../../helpers/apis/data-api.js';
import { describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startTcpProxy } from '../../../helpers/valkey/tcp-proxy.js';
import { startValkey } from '../../../helpers/valkey/valkey.js';

const errors = 'userErrors { code path cause message }';

describe('writing keys', () => {
  it('sets strings with expiry, conditions and the previous value', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const set = (input: object, selection = '{ applied previous key { value ttlSeconds } userErrors { code path } }') =>
      api.mutate('setString', selection, { key: 'k', ...input });

    expect(await set({ value: '1', expiry: { seconds: 60.5 } })).toMatchObject({ applied: true, previous: null });
    expect(Number(await server.command('PTTL', 'k'))).toBeGreaterThan(60_000);
    const kept = await set({ value: '2', expiry: { policy: 'KEEP' } });
    expect(kept).toMatchObject({ applied: true, previous: '1', key: { value: '2' } });
    expect(kept.key.ttlSeconds).toBeGreaterThan(59);
    expect(await set({ value: '3', condition: 'IF_ABSENT' })).toMatchObject({
      applied: false,
      previous: '2',
      key: { value: '2' },
    });
    expect(await set({ value: '3' })).toMatchObject({
      applied: true,
      previous: '2',
      key: { value: '3', ttlSeconds: null },
    });
    const at = new Date(Date.now() + 100_000).toISOString();
    expect((await set({ value: '4', expiry: { at } })).key.ttlSeconds).toBeGreaterThan(98);
    expect(await set({ key: 'absent', value: '5', condition: 'IF_PRESENT' })).toMatchObject({
      applied: false,
      key: null,
    });
  });

  it('refuses an expiry that is empty, has two fields, or would delete the key immediately', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    for (const [expiry, path] of [
      [{ seconds: 0 }, ['input', 'expiry', 'seconds']],
      [{ seconds: -5 }, ['input', 'expiry', 'seconds']],
      [{ at: '2001-01-01T00:00:00Z' }, ['input', 'expiry', 'at']],
    ] as const) {
      const { userErrors } = await api.mutate('setString', `{ ${errors} }`, { key: 'k', value: 'v', expiry });
      expect(userErrors).toMatchObject([{ code: 'INVALID_INPUT', path }]);
    }
    expect(await server.command('EXISTS', 'k')).toBe(0);
    const two = await api.run(
      'mutation { setString(input: { cluster: "orders", key: "k", value: "v", expiry: { seconds: 1, policy: KEEP } }) { applied } }',
    );
    expect(two.errors).toHaveLength(1);
  });

  it('replaces a key of another type, unless the previous value is selected', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('HSET', 'k', 'f', 'v');
    const refused = await api.mutate('setString', `{ applied previous ${errors} }`, { key: 'k', value: 'v' });
    expect(refused).toMatchObject({
      applied: null,
      previous: null,
      userErrors: [{ code: 'WRONG_TYPE', cause: 'WRONGTYPE' }],
    });
    expect(await api.mutate('setString', '{ applied }', { key: 'k', value: 'v' })).toEqual({ applied: true });
  });

  it('sets, reads, pages and deletes fields of hashes, whatever their names', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const fields = [
      { name: '__proto__', value: 'a' },
      { name: 'constructor', value: 'b' },
      { name: 'li\r\nne\u0000', value: '\u0000' },
    ];
    const written = await api.mutate('setHashFields', `{ added key { length ttlSeconds } ${errors} }`, {
      key: 'h',
      fields,
      keyExpiry: { seconds: 60 },
    });
    expect(written).toMatchObject({ added: 3, key: { length: 3 }, userErrors: [] });
    expect(written.key.ttlSeconds).toBeGreaterThan(59);
    const { hash } = await api.cluster(
      'hash(name: "h") { allFields { name value } field(name: "__proto__") { value } none: field(name: "none") { value } }',
    );
    expect(hash.allFields).toEqual(expect.arrayContaining(fields));
    expect(hash).toMatchObject({ field: { value: 'a' }, none: null });
    expect(await api.cluster('hash(name: "absent") { length }')).toEqual({ hash: null });
    const deleted = await api.mutate('deleteHashFields', `{ deleted key { length } ${errors} }`, {
      key: 'h',
      fields: ['constructor', 'none'],
    });
    expect(deleted).toEqual({ deleted: 1, key: { length: 2 }, userErrors: [] });
  });

  it('works for a Valkey user with hash commands only', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* -@all +@hash' } });
    await using api = openDataApi(describeServer(server));
    await server.command('HSET', 'h', 'f', 'v');
    expect(
      await api.cluster(`
        hash(name: "h") { length allFields { name value } fields { nodes { name } } }
        absent: hash(name: "absent") { length }
      `),
    ).toEqual({
      hash: { length: 1, allFields: [{ name: 'f', value: 'v' }], fields: { nodes: [{ name: 'f' }] } },
      absent: null,
    });
  });

  it('does not change a key of another type, not even its expiry', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'k', 'v');
    const input = { key: 'k', fields: [{ name: 'f', value: 'v' }] };
    for (const keyExpiry of [undefined, { seconds: 60 }]) {
      const { added, userErrors } = await api.mutate('setHashFields', `{ added ${errors} }`, { ...input, keyExpiry });
      expect(added).toBeNull();
      expect(userErrors).toMatchObject([{ code: 'WRONG_TYPE' }]);
    }
    expect(await server.command('PTTL', 'k')).toBe(-1);
    const { data, errors: failures } = await api.run('{ cluster(name: "orders") { hash(name: "k") { length } } }');
    expect(data.cluster.hash).toBeNull();
    expect(failures).toHaveLength(1);
  });

  it('writes no field if the ACL denies the expiry', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* &* +@all -pexpire' } });
    await using api = openDataApi(describeServer(server));
    const { userErrors } = await api.mutate('setHashFields', `{ added ${errors} }`, {
      key: 'h',
      fields: [{ name: 'f', value: 'v' }],
      keyExpiry: { seconds: 60 },
    });
    expect(userErrors).toMatchObject([{ code: 'PERMISSION_DENIED', cause: 'NOPERM' }]);
    expect(await server.command('EXISTS', 'h')).toBe(0);
  });

  it('pages through a large hash, each field once if nothing changes, also one field at a time', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    for (const [key, count, first] of [
      ['small', 100, 7],
      ['large', 1500, 400],
    ] as const) {
      await server.command(
        'HSET',
        key,
        ...Array.from({ length: count }, (_, index) => [`f${index}`, `v${index}`]).flat(),
      );
      const seen: string[] = [];
      let after: string | null = null;
      do {
        const { cluster } = await api.data(
          `query ($after: String) { cluster(name: "orders") { hash(name: "${key}") {
            fields(first: ${first}, after: $after) { edges { cursor } nodes { name } pageInfo { hasNextPage endCursor } }
          } } }`,
          { after },
        );
        const { nodes, edges, pageInfo } = cluster.hash.fields;
        const names = (nodes as { name: string }[]).map(({ name }) => name);
        expect(names.length).toBeLessThanOrEqual(first);
        // The first page is left after its first field, by that field's own cursor.
        const isFirst = after === null;
        seen.push(...(isFirst ? names.slice(0, 1) : names));
        if (isFirst) after = edges[0].cursor;
        else after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      } while (after !== null);
      expect(seen.toSorted()).toEqual(Array.from({ length: count }, (_, index) => `f${index}`).toSorted());
    }
    const { data, errors: failures } = await api.run(
      '{ cluster(name: "orders") { hash(name: "large") { length allFields { name } } } }',
    );
    expect(data.cluster.hash).toEqual({ length: 1500, allFields: null });
    expect(failures?.[0]?.message).toContain('at most 1000 fields');
  });

  it('sets and removes the expiry of keys', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'k', 'v');
    const set = (input: object) =>
      api.mutate('setKeyExpiry', `{ applied key { type ttlSeconds } ${errors} }`, { key: 'k', ...input });
    expect((await set({ expiry: { seconds: 60 } })).key.ttlSeconds).toBeGreaterThan(59);
    expect(await set({ expiry: { policy: 'NEVER' } })).toEqual({
      applied: true,
      key: { type: 'STRING', ttlSeconds: null },
      userErrors: [],
    });
    expect(await set({ expiry: { policy: 'NEVER' } })).toMatchObject({ applied: true });
    expect(await set({ key: 'absent', expiry: { seconds: 60 } })).toMatchObject({ applied: false, key: null });
    expect((await set({ expiry: { policy: 'KEEP' } })).userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
  });

  it('returns no key if the written key already expired', async () => {
    await using server = await startValkey();
    await using proxy = await startTcpProxy(server);
    await using api = openDataApi(describeServer({ ...server, host: proxy.host, port: proxy.port }));
    const expiry = { seconds: 0.001 };
    const writes: [string, string, object][] = [
      ['setString', '{ applied key { name value ttlSeconds } userErrors { code } }', { key: 's', value: 'v', expiry }],
      ['setString', '{ applied key { name } userErrors { code } }', { key: 's', value: 'v', expiry }],
      [
        'setHashFields',
        '{ added key { name length } userErrors { code } }',
        { key: 'h', fields: [{ name: 'f', value: 'v' }], keyExpiry: expiry },
      ],
      ['setKeyExpiry', '{ applied key { name type } userErrors { code } }', { key: 'k', expiry }],
    ];
    await server.command('SET', 'k', 'v');
    await api.data('{ cluster(name: "orders") { keyCount } }');
    // Whatever is read after the write is read later than the key lives.
    proxy.delay(10);
    for (const [name, selection, input] of writes) {
      expect(await api.mutate(name, selection, input), selection).toMatchObject({ key: null, userErrors: [] });
    }
  });

  it('neither accepts nor returns an expiry after the year 9999', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('MSET', 'k', 'v', 'later', 'v', 'never', 'v');
    const expiries = [
      [{ seconds: 1e12 }, 'seconds'],
      [{ at: '9999-12-31T23:59:59-00:01' }, 'at'],
    ] as const;
    const { keys: before } = await api.cluster('keys { nodes { name } }');
    for (const [expiry, field] of expiries) {
      const refused = (at: string) => ({ userErrors: [{ code: 'INVALID_INPUT', path: ['input', at, field] }] });
      const selection = '{ userErrors { code path } }';
      expect(await api.mutate('setString', selection, { key: 'new', value: 'v', expiry })).toEqual(refused('expiry'));
      expect(await api.mutate('setKeyExpiry', selection, { key: 'k', expiry })).toEqual(refused('expiry'));
      const fields = [{ name: 'f', value: 'v' }];
      expect(await api.mutate('setHashFields', selection, { key: 'new', fields, keyExpiry: expiry })).toEqual(
        refused('keyExpiry'),
      );
    }
    expect((await api.cluster('keys { nodes { name } }')).keys).toEqual(before);

    await server.command('PEXPIREAT', 'k', '253402300799999');
    await server.command('PEXPIREAT', 'later', '253402300800000');
    await server.command('PEXPIREAT', 'never', '9000000000000000000');
    const { keysByName } = await api.cluster('keysByName(names: ["k", "later", "never"]) { expiresAt ttlSeconds }');
    expect(keysByName.map(({ expiresAt }: { expiresAt: Date | null }) => expiresAt?.toISOString() ?? null)).toEqual([
      '9999-12-31T23:59:59.999Z',
      null,
      null,
    ]);
    for (const { ttlSeconds } of keysByName) expect(ttlSeconds).toBeGreaterThan(250_000_000_000);
  });

  it('reports a full node, a missing cluster and missing credentials as user errors', async () => {
    await using server = await startValkey({ args: ['--maxmemory', '100kb'] });
    await using api = openDataApi(describeServer(server));
    const full = await api.mutate('setString', `{ ${errors} }`, { key: 'k', value: 'v' });
    expect(full.userErrors).toMatchObject([{ code: 'OUT_OF_MEMORY', cause: 'OOM' }]);
    const missing = await api.mutate('setString', `{ ${errors} }`, { cluster: 'none', key: 'k', value: 'v' });
    expect(missing.userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['input', 'cluster'] }]);
    await api.connections.disconnect('orders');
    const left = await api.mutate('setString', `{ ${errors} }`, { key: 'k', value: 'v' });
    expect(left.userErrors).toMatchObject([{ code: 'NOT_CONNECTED', path: ['input', 'cluster'] }]);
  });
});
