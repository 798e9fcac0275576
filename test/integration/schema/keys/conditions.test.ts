import { describe, expect, it } from 'vitest';
import { openDataApi } from '../../../helpers/apis/data-api.js';
import { describeCluster, describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startValkey, startValkeyCluster, type TestValkey } from '../../../helpers/valkey/valkey.js';

const errors = 'userErrors { code path cause }';
const set = `{ applied previous key { value ttlSeconds } ${errors} }`;

/** Whether the server has the commands of conditions (SET IFEQ, DELIFEQ), so that no script replaces them. */
async function hasConditions(server: TestValkey): Promise<boolean> {
  const [info] = (await server.command('COMMAND', 'INFO', 'DELIFEQ')) as readonly unknown[];
  return info !== null;
}

describe('setString(ifEquals:)', () => {
  it('sets the value only if the key has the expected one, and keeps the meaning of `previous` and `expiry`', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'k', '1', 'EX', '100');
    const kept = await api.mutate('setString', set, {
      key: 'k',
      value: '2',
      ifEquals: '1',
      expiry: { policy: 'KEEP' },
    });
    expect(kept).toMatchObject({ applied: true, previous: '1', key: { value: '2' }, userErrors: [] });
    expect(kept.key.ttlSeconds).toBeGreaterThan(90);
    const other = await api.mutate('setString', set, { key: 'k', value: '3', ifEquals: '1' });
    expect(other).toMatchObject({ applied: false, previous: '2', key: { value: '2' }, userErrors: [] });
    const cleared = await api.mutate('setString', set, { key: 'k', value: '3', ifEquals: '2' });
    expect(cleared).toMatchObject({ applied: true, previous: '2', key: { value: '3', ttlSeconds: null } });
    const timed = await api.mutate('setString', set, {
      key: 'k',
      value: '4',
      ifEquals: '3',
      expiry: { seconds: 60.5 },
    });
    expect(timed.key.ttlSeconds).toBeGreaterThan(59);
    const absent = await api.mutate('setString', set, { key: 'none', value: '1', ifEquals: '' });
    expect(absent).toEqual({ applied: false, previous: null, key: null, userErrors: [] });
    expect(await api.mutate('setString', '{ applied }', { key: 'k', value: '5', ifEquals: '4' })).toEqual({
      applied: true,
    });
    expect(await api.mutate('setString', '{ applied }', { key: 'k', value: '6', ifEquals: '4' })).toEqual({
      applied: false,
    });
  });

  it('compares bytes, and distinguishes an empty value from none', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const write = (value: string, ifEquals?: string) =>
      api.mutate('setString', '{ applied previous(valueEncoding: HEX) }', {
        key: 'k',
        valueEncoding: 'HEX',
        value,
        ifEquals,
      });
    await write('00ff0d0a');
    expect(await write('ff', '00ff0d')).toEqual({ applied: false, previous: '00ff0d0a' });
    expect(await write('', '00FF0D0A')).toEqual({ applied: true, previous: '00ff0d0a' });
    expect(await write('61', '')).toEqual({ applied: true, previous: '' });
  });

  it('refuses `condition` beside it, keys of other types and values that are not in the encoding', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const failure = async (input: object) =>
      (await api.mutate('setString', `{ applied ${errors} }`, { key: 'k', value: 'v', ...input })).userErrors;
    expect(await failure({ ifEquals: 'v', condition: 'IF_PRESENT' })).toEqual([
      { code: 'INVALID_INPUT', path: ['input', 'condition'], cause: null },
    ]);
    expect(await failure({ value: '00', ifEquals: 'x', valueEncoding: 'HEX' })).toEqual([
      { code: 'INVALID_INPUT', path: ['input', 'ifEquals'], cause: null },
    ]);
    await server.command('RPUSH', 'k', 'v');
    expect(await failure({ ifEquals: 'v' })).toEqual([
      { code: 'WRONG_TYPE', path: ['input', 'key'], cause: 'WRONGTYPE' },
    ]);
    expect(await server.command('TYPE', 'k')).toBe('list');
  });

  it('works if only EVAL or only EVALSHA of known scripts is allowed, and names EVAL if scripts are denied', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* +@all -evalsha' } });
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'k', '1');
    expect(await api.mutate('setString', `{ applied ${errors} }`, { key: 'k', value: '2', ifEquals: '1' })).toEqual({
      applied: true,
      userErrors: [],
    });
    await server.command('ACL', 'SETUSER', 'default', '+evalsha', '-eval');
    expect(await api.mutate('setString', '{ applied }', { key: 'k', value: '3', ifEquals: '2' })).toEqual({
      applied: true,
    });
    await server.command('SCRIPT', 'FLUSH');
    const needsScripts = !(await hasConditions(server));
    for (const acl of ['+evalsha', '-evalsha']) {
      await server.command('ACL', 'SETUSER', 'default', acl);
      for (const [name, input] of [
        ['setString', { key: 'k', value: '4', ifEquals: '3' }],
        ['deleteStringIfEquals', { key: 'k', expected: '3' }],
      ] as const) {
        const { userErrors } = await api.mutate(name, '{ userErrors { code path message } }', input);
        if (!needsScripts) {
          expect(userErrors).toEqual([]);
          continue;
        }
        expect(userErrors).toMatchObject([{ code: 'NOT_SUPPORTED', path: ['input', 'key'] }]);
        expect(userErrors[0].message).toContain('EVAL');
      }
    }
    expect(await server.command('GET', 'k')).toBe(needsScripts ? '3' : '4');
  });

  it('reports a command that the ACL denies to the script without the name of the user', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* +@all -get' } });
    await using api = openDataApi(describeServer(server));
    const { userErrors } = await api.mutate('setString', '{ userErrors { code cause message } }', {
      key: 'k',
      value: '4',
      ifEquals: '3',
    });
    const denied = {
      code: 'PERMISSION_DENIED',
      cause: 'NOPERM',
      message: "Valkey refused this: NOPERM The user of this API has no permissions to run the 'get' command",
    };
    // Without a script, there is no GET.
    expect(userErrors).toEqual((await hasConditions(server)) ? [] : [denied]);
  });

  it('lets exactly one of two processes win each round', async () => {
    await using server = await startValkey();
    await using one = openDataApi(describeServer(server));
    await using two = openDataApi(describeServer(server));
    await server.command('SET', 'k', '0');
    const wins = [0, 0];
    for (let round = 0; round < 100; round += 1) {
      const results = await Promise.all(
        [one, two].map((api) =>
          api.mutate('setString', '{ applied }', { key: 'k', value: String(round + 1), ifEquals: String(round) }),
        ),
      );
      results.forEach(({ applied }, at) => (wins[at]! += Number(applied)));
    }
    expect(wins[0]! + wins[1]!).toBe(100);
    expect(await server.command('GET', 'k')).toBe('100');
  });
});

describe('deleteStringIfEquals', () => {
  const deleted = `{ deleted deletedKeyId key { value } ${errors} }`;

  it('deletes the key only if it has the expected value, in every shard', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    for (const key of ['a', 'b', 'c']) {
      await api.mutate('setString', '{ applied }', { key, value: 'mine' });
      const { key: read } = await api.cluster(`key(name: "${key}") { id }`);
      expect(await api.mutate('deleteStringIfEquals', deleted, { key, expected: 'other' })).toEqual({
        deleted: false,
        deletedKeyId: null,
        key: { value: 'mine' },
        userErrors: [],
      });
      const gone = { deleted: true, deletedKeyId: read.id, key: null, userErrors: [] };
      expect(await api.mutate('deleteStringIfEquals', deleted, { key, expected: 'mine' })).toEqual(gone);
      expect(await api.mutate('deleteStringIfEquals', deleted, { key, expected: 'mine' })).toMatchObject({
        deleted: false,
      });
    }
  });

  it('refuses a key of another type', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SADD', 'k', 'v');
    expect(await api.mutate('deleteStringIfEquals', deleted, { key: 'k', expected: 'v' })).toMatchObject({
      deleted: null,
      userErrors: [{ code: 'WRONG_TYPE', path: ['input', 'key'], cause: 'WRONGTYPE' }],
    });
  });
});
