import { describe, expect, it } from 'vitest';
import { serve } from '../../../helpers/apis/served-api.js';
import { data } from '../../../helpers/clients/graphql-client.js';
import { commandsDuring, openDataApi } from '../../../helpers/apis/data-api.js';
import { describeCluster, describeServer } from '../../../helpers/valkey/described-cluster.js';
import { bulk, startRecordedServer } from '../../../helpers/valkey/recorded-server.js';
import { startValkey, startValkeyCluster, type TestValkey } from '../../../helpers/valkey/valkey.js';

const userErrors = 'userErrors { code path cause message }';

/** Whether the server has the expiry of fields (Valkey 9); these tests run with and without. */
async function hasFieldExpiry(server: TestValkey): Promise<boolean> {
  const [info] = (await server.command('COMMAND', 'INFO', 'HPEXPIRE')) as unknown[];
  return info !== null;
}

describe('incrementing fields of hashes', () => {
  it('adds exactly within 64 bits, and decimals as Valkey does', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const add = (field: string, by?: unknown) =>
      api.mutate('incrementHashField', `{ value key { length } ${userErrors} }`, {
        ...{ key: 'h', field, ...(by !== undefined && { by }) },
      });
    expect(await add('n')).toEqual({ value: '1', key: { length: 1 }, userErrors: [] });
    expect(await add('n', '9223372036854775806')).toMatchObject({ value: '9223372036854775807' });
    expect(await add('n', 1)).toMatchObject({
      ...{ value: null, key: null, userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'by'] }] },
    });
    expect(await server.command('HGET', 'h', 'n')).toBe('9223372036854775807');
    expect(await add('low', '-9223372036854775808')).toMatchObject({ value: '-9223372036854775808' });
    expect(await add('low', -1)).toMatchObject({ userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'by'] }] });
    expect(await add('d', '0.1')).toMatchObject({ value: '0.1' });
    expect(await add('d', '0.2')).toMatchObject({ value: '0.3' });
    expect(await add('d', 1)).toMatchObject({ userErrors: [{ code: 'INVALID_STATE', path: ['input', 'field'] }] });
    expect(Number((await add('huge', '1e308')).value)).toBe(1e308);
    expect(await add('__proto__', 7)).toMatchObject({ value: '7' });
    await server.command('HSET', 'h', 'text', 'text');
    for (const by of [1, '1.5']) {
      expect(await add('text', by)).toMatchObject({
        userErrors: [{ code: 'INVALID_STATE', path: ['input', 'field'] }],
      });
    }
    expect(await server.command('HGET', 'h', 'text')).toBe('text');
  });

  it('refuses a key of another type, what the ACL denies, and amounts beyond 64 bits', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* &* +@all -hincrbyfloat' } });
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 's', '1');
    const add = (key: string, by: string) =>
      api.mutate('incrementHashField', `{ ${userErrors} }`, { key, field: 'f', by });
    expect(await add('s', '1')).toMatchObject({ userErrors: [{ code: 'WRONG_TYPE', path: ['input', 'key'] }] });
    expect(await add('h', '1.5')).toMatchObject({
      userErrors: [{ code: 'PERMISSION_DENIED', path: ['input', 'key'] }],
    });
    expect(await add('h', '9223372036854775808')).toMatchObject({
      userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'by'] }],
    });
    expect(await server.command('EXISTS', 'h')).toBe(0);
  });
});

describe('the expiry of fields of hashes', () => {
  const expire = `{ applied key { allFields { name ttlSeconds } } ${userErrors} }`;

  it('is set, read and removed for each field, or is NOT_SUPPORTED with the name of the command', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('HSET', 'h', 'a', '1', 'b', '2', 'c', '3');
    const set = (fields: readonly string[], expiry: object, key = 'h') =>
      api.mutate('setHashFieldExpiry', expire, { key, fields, expiry });
    const at = new Date(Date.now() + 100_000);

    if (!(await hasFieldExpiry(server))) {
      for (const [expiry, command] of [
        [{ seconds: 100 }, 'HPEXPIRE'],
        [{ at }, 'HPEXPIREAT'],
        [{ policy: 'NEVER' }, 'HPERSIST'],
      ] as const) {
        expect(await set(['a', 'none'], expiry)).toEqual({
          applied: null,
          key: null,
          userErrors: [
            {
              ...{ code: 'NOT_SUPPORTED', path: ['input', 'key'], cause: 'ERR' },
              message: `This cluster does not support the command ${command}.`,
            },
          ],
        });
      }
      return;
    }
    const first = await set(['a', 'none', 'a'], { seconds: 100 });
    expect(first).toMatchObject({ applied: [true, false, true], userErrors: [] });
    expect(first.key.allFields).toEqual([
      { name: 'a', ttlSeconds: expect.closeTo(98, -1) },
      { name: 'b', ttlSeconds: null },
      { name: 'c', ttlSeconds: null },
    ]);
    expect(await set(['b'], { at })).toMatchObject({ applied: [true] });
    const { hash } = await api.cluster('hash(name: "h") { field(name: "b") { value expiresAt } }');
    expect(hash).toEqual({ field: { value: '2', expiresAt: at } });
    expect(await set(['a', 'c', 'none'], { policy: 'NEVER' })).toMatchObject({
      ...{ applied: [true, true, false], userErrors: [] },
    });
    expect(await server.command('HPTTL', 'h', 'FIELDS', '1', 'a')).toEqual([-1]);
    for (const expiry of [{ seconds: 1 }, { policy: 'NEVER' }]) {
      expect(await set(['a', 'b'], expiry, 'absent')).toMatchObject({ applied: [false, false], key: null });
    }
    await server.command('SET', 's', 'v');
    for (const expiry of [{ seconds: 1 }, { policy: 'NEVER' }]) {
      expect(await set(['a', 'b'], expiry, 's')).toMatchObject({
        ...{ applied: null, userErrors: [{ code: 'WRONG_TYPE', path: ['input', 'key'] }] },
      });
    }
    // The connection has not lost count of the replies.
    expect(await api.cluster('string(name: "s") { value }')).toEqual({ string: { value: 'v' } });
  });

  it('is refused if it is empty, in the past or KEEP, and for too many fields', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const counts = await commandsDuring([server], async () => {
      for (const [fields, expiry, path] of [
        [[], { seconds: 1 }, ['fields']],
        [Array.from({ length: 1001 }, String), { seconds: 1 }, ['fields']],
        [['a'], { seconds: 0 }, ['expiry', 'seconds']],
        [['a'], { at: '2001-01-01T00:00:00Z' }, ['expiry', 'at']],
        [['a'], { policy: 'KEEP' }, ['expiry', 'policy']],
      ] as const) {
        const { userErrors: failures } = await api.mutate('setHashFieldExpiry', expire, { key: 'h', fields, expiry });
        expect(failures).toMatchObject([{ code: 'INVALID_INPUT', path: ['input', ...path] }]);
      }
    });
    expect(counts).toEqual({});
  });

  it('is read for all fields of an answer in one command, and only if it is selected', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const names = Array.from({ length: 300 }, (_, at) => `f${at}`);
    await server.command('HSET', 'h', ...names.flatMap((name) => [name, 'v']));
    const isSupported = await hasFieldExpiry(server);
    if (isSupported) await server.command('HPEXPIRE', 'h', '100000', 'FIELDS', '300', ...names);
    const read = async (selection: string) => {
      let answer: any;
      const counts = await commandsDuring([server], async () => (answer = await api.cluster(selection)));
      return { hash: answer.hash, expiryReads: (counts['hpttl'] ?? 0) + (counts['hpexpiretime'] ?? 0) };
    };

    const plain = await read(
      'hash(name: "h") { allFields { name } fields { nodes { value } } field(name: "f1") { value } }',
    );
    expect(plain.expiryReads).toBe(0);
    const all = await read('hash(name: "h") { allFields { name ttlSeconds ... on HashField { expiresAt } } }');
    expect(all.hash.allFields).toHaveLength(300);
    for (const { ttlSeconds, expiresAt } of all.hash.allFields) {
      expect(ttlSeconds).toEqual(isSupported ? expect.closeTo(98, -1) : null);
      expect(expiresAt).toEqual(isSupported ? expect.any(Date) : null);
    }
    if (isSupported) expect(all.expiryReads).toBe(2);
    const merged = await read(
      'hash(name: "h") { allFields { ttlSeconds } allFields { name } other: allFields { value } }',
    );
    expect(merged.hash.allFields[0]).toEqual({
      name: expect.any(String),
      ttlSeconds: all.hash.allFields[0].ttlSeconds && expect.closeTo(98, -1),
    });
    if (isSupported) expect(merged.expiryReads).toBe(1);
    const page = await read('hash(name: "h") { fields(first: 10) { nodes { name } edges { node { ttlSeconds } } } }');
    expect(page.hash.fields.edges).toHaveLength(10);
    expect(page.hash.fields.edges[0].node.ttlSeconds).toEqual(isSupported ? expect.closeTo(98, -1) : null);
    if (isSupported) expect(page.expiryReads).toBe(1);
    const one = await read(
      'hash(name: "h") { field(name: "f1") { ttlSeconds } none: field(name: "none") { ttlSeconds } }',
    );
    expect(one.hash).toEqual({ field: { ttlSeconds: isSupported ? expect.closeTo(98, -1) : null }, none: null });
    if (isSupported) expect(one.expiryReads).toBe(2);
  });

  it('of a hash that is gone meanwhile makes the whole hash null', async () => {
    let isGone = false;
    await using server = await startRecordedServer(([name]) => {
      switch (name) {
        case 'HLEN':
          return ':1\r\n';
        case 'HGETALL':
          return `%1\r\n${bulk('f')}${bulk('v')}`;
        case 'HPTTL':
          isGone = true;
          return '*1\r\n:-2\r\n';
        case 'TYPE':
          return isGone ? '+none\r\n' : '+hash\r\n';
        default:
          return undefined;
      }
    });
    await using api = openDataApi(describeServer(server));
    expect(await api.cluster('hash(name: "h") { allFields { value ttlSeconds } }')).toEqual({ hash: null });
  });

  it('is read alike when the operation is compiled', async () => {
    await using server = await startValkey();
    await using api = await serve({ orders: server });
    await server.command('HSET', 'h', 'f', 'v');
    const isSupported = await hasFieldExpiry(server);
    if (isSupported) await server.command('HPEXPIRE', 'h', '100000', 'FIELDS', '1', 'f');
    const query =
      'query ($name: String!) { cluster(name: "orders") { hash(name: "h") { field(name: $name) { ttlSeconds } fields { nodes { expiresAt } } } } }';
    // An operation is compiled after its twentieth run.
    for (let run = 0; run < 30; run += 1) {
      const { cluster } = await data(api.url, query, { name: 'f' });
      expect(cluster.hash).toEqual({
        field: { ttlSeconds: isSupported ? expect.closeTo(98, -1) : null },
        fields: { nodes: [{ expiresAt: isSupported ? expect.any(String) : null }] },
      });
    }
  });

  it('fails alone if the ACL denies it', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('HSET', 'h', 'f', 'v');
    if (await hasFieldExpiry(server)) await server.command('ACL', 'SETUSER', 'default', '-hpttl');
    const { data: partial, errors } = await api.run(
      '{ cluster(name: "orders") { hash(name: "h") { allFields { value ttlSeconds expiresAt } } } }',
    );
    expect(partial.cluster.hash.allFields).toEqual([{ value: 'v', ttlSeconds: null, expiresAt: null }]);
    if (await hasFieldExpiry(server)) expect(errors).toMatchObject([{ originalError: { code: 'PERMISSION_DENIED' } }]);
    else expect(errors).toBeUndefined();
  });

  it('is read and set in cluster mode, with names that are no text', async () => {
    await using cluster = await startValkeyCluster();
    await using api = openDataApi(describeCluster(cluster));
    for (let at = 0; at < 4; at += 1) {
      const input = { key: `00ff${at}0`, encoding: 'HEX' };
      await api.mutate('setHashFields', '{ added }', { ...input, fields: [{ name: 'ff00', value: 'v' }] });
      const set = await api.mutate('setHashFieldExpiry', `{ applied ${userErrors} }`, {
        ...{ ...input, fields: ['ff00', '00'], expiry: { seconds: 100 } },
      });
      const isSupported = await hasFieldExpiry(cluster.primaries[0]!);
      if (isSupported) expect(set).toEqual({ applied: [true, false], userErrors: [] });
      else expect(set.userErrors).toMatchObject([{ code: 'NOT_SUPPORTED' }]);
      const { hash } = await api.cluster(
        `hash(name: "${input.key}", encoding: HEX) { fields { nodes { name(encoding: HEX) ttlSeconds } } }`,
      );
      expect(hash.fields.nodes).toEqual([{ name: 'ff00', ttlSeconds: isSupported ? expect.closeTo(98, -1) : null }]);
    }
  });
});
