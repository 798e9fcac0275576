import { describe, expect, it } from 'vitest';
import { commandsDuring, openDataApi, type DataApi } from '../../../helpers/apis/data-api.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { describeCluster, describeServer } from '../../../helpers/valkey/described-cluster.js';
import { beginToMove } from '../../../helpers/valkey/slots.js';
import { startTcpProxy } from '../../../helpers/valkey/tcp-proxy.js';
import { startValkey, startValkeyCluster, type TestValkey } from '../../../helpers/valkey/valkey.js';

const selection =
  '{ applied results { integer text error { code message path cause } } userErrors { code path cause message } }';

const run = (api: DataApi, operations: readonly object[], expected: readonly object[] = []): Promise<any> =>
  api.mutate('runTransaction', selection, { operations, expect: expected });

const set = (key: string, value: string, more: object = {}) => ({ setString: { key, value, ...more } });
const increment = (key: string, by = '1') => ({ incrementString: { key, by } });
const integer = (value: string) => ({ integer: value, text: null, error: null });
const text = (value: string | null) => ({ integer: null, text: value, error: null });

/** The connections of this API to a server, apart from the test's own. */
async function clients(server: TestValkey): Promise<number> {
  return (await clientLines(server)).filter((line) => line.includes('user=default')).length;
}

async function clientLines(server: TestValkey): Promise<readonly string[]> {
  return String(await server.command('CLIENT', 'LIST'))
    .trim()
    .split('\n');
}

/** The ID of the client that watches a key, as soon as one does. */
async function watchingClient(server: TestValkey): Promise<string> {
  return await eventually(async () => {
    const line = (await clientLines(server)).find((each) => /\bwatch=[1-9]/.test(each));
    const [, id] = /\bid=(\d+)/.exec(line ?? '') ?? [];
    if (id === undefined) throw new Error('No client watches a key.');
    return id;
  });
}

describe('runTransaction', () => {
  it('executes each kind of operation, with the results in their order', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'old', 'v');
    await server.command('HSET', 'h', 'a', '1');
    const operations = [
      set('s', 'v'),
      set('s', 'w', { condition: 'IF_ABSENT' }),
      set('s', 'w', { ifEquals: 'v', expiry: { seconds: 100 } }),
      set('s', 'x', { ifEquals: 'v' }),
      { deleteKeys: { keys: ['old', 'none'] } },
      { setKeyExpiry: { key: 's', expiry: { policy: 'NEVER' } } },
      increment('n', '9007199254740993'),
      increment('f', '-0.5'),
      { setHashFields: { key: 'h', fields: [{ name: 'b', value: '2' }], keyExpiry: { seconds: 100 } } },
      { deleteHashFields: { key: 'h', fields: ['a', 'c'] } },
      { pushListElements: { key: 'l', elements: ['a', 'b'], side: 'HEAD' } },
      { pushListElements: { key: 'none', elements: ['a'], onlyIfExists: true } },
      { addSetMembers: { key: 'set', members: ['a', 'b', 'a'] } },
      {
        addSortedSetMembers: {
          key: 'z',
          members: [
            { value: 'a', score: 'inf' },
            { value: 'b', score: 1.5 },
          ],
        },
      },
      { addSortedSetMembers: { key: 'z', members: [{ value: 'b', score: 1 }], condition: 'IF_GREATER' } },
      { addStreamEntry: { stream: 'x', entryId: '5-1', fields: [{ name: 'f', value: 'v' }] } },
    ];
    expect(await run(api, operations)).toEqual({
      applied: true,
      results: [
        text('OK'),
        text(null),
        text('OK'),
        text(null),
        integer('1'),
        integer('1'),
        integer('9007199254740993'),
        text('-0.5'),
        integer('1'),
        integer('1'),
        integer('2'),
        integer('0'),
        integer('2'),
        integer('2'),
        integer('0'),
        text('5-1'),
      ],
      userErrors: [],
    });
    expect(await server.command('GET', 's')).toBe('w');
    expect(await server.command('PTTL', 's')).toBe(-1);
    expect(Number(await server.command('PTTL', 'h'))).toBeGreaterThan(90_000);
    expect(await server.command('LRANGE', 'l', '0', '-1')).toEqual(['b', 'a']);
    expect(await server.command('ZRANGE', 'z', '0', '-1', 'WITHSCORES')).toEqual(['b', '1.5', 'a', 'inf']);
  });

  it('takes names and values of any bytes', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const key = { key: '00ff0d0a', encoding: 'HEX', valueEncoding: 'HEX' };
    const document = `mutation ($input: RunTransactionInput!) {
      runTransaction(input: $input) { applied results { text(valueEncoding: HEX) integer } }
    }`;
    const input = { cluster: 'orders', operations: [{ setString: { ...key, value: 'fffe' } }] };
    const first = await api.data(document, { input: { ...input, expect: [key] } });
    expect(first.runTransaction).toEqual({ applied: true, results: [{ text: '4f4b', integer: null }] });
    const again = { ...input, expect: [{ ...key, value: 'FFFE' }] };
    expect((await api.data(document, { input: again })).runTransaction.applied).toBe(true);
    const different = { ...input, expect: [{ ...key, value: 'ff' }] };
    expect((await api.data(document, { input: different })).runTransaction).toEqual({ applied: false, results: null });
  });

  it('reports an error inside EXEC beside the results of the others, which were applied', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('RPUSH', 'l', 'a');
    const ttl = { setHashFields: { key: 'l', fields: [{ name: 'f', value: 'v' }], keyExpiry: { seconds: 5 } } };
    const { applied, results, userErrors } = await run(api, [set('a', '1'), increment('l'), ttl, increment('a')]);
    expect({ applied, userErrors }).toEqual({ applied: true, userErrors: [] });
    const wrongType = (index: string) => ({
      integer: null,
      text: null,
      error: {
        code: 'WRONG_TYPE',
        path: ['input', 'operations', index],
        cause: 'WRONGTYPE',
        message: 'Valkey refused this: WRONGTYPE Operation against a key holding the wrong kind of value',
      },
    });
    expect(results).toEqual([text('OK'), wrongType('1'), wrongType('2'), integer('2')]);
    expect(await server.command('PTTL', 'l')).toBe(-1);
    const { results: more } = await run(api, [set('a', 'no number'), increment('a')]);
    expect(more[1].error).toMatchObject({ code: 'INVALID_STATE', path: ['input', 'operations', '1'] });
  });

  it('applies nothing unless all expectations hold: equal values, and keys that do not exist', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'a', '1');
    await server.command('SET', 'empty', '');
    await server.command('RPUSH', 'l', 'v');
    const unmet = { applied: false, results: null, userErrors: [] };
    for (const expectation of [{ key: 'a', value: '2' }, { key: 'none', value: '' }, { key: 'a' }, { key: 'l' }]) {
      const expected = [{ key: 'a', value: '1' }, expectation];
      expect(await run(api, [increment('n')], expected)).toEqual(unmet);
    }
    expect(await server.command('EXISTS', 'n')).toBe(0);
    const held = [{ key: 'a', value: '1' }, { key: 'none' }, { key: 'empty', value: '' }];
    expect(await run(api, [increment('n'), increment('a')], held)).toMatchObject({
      applied: true,
      results: [integer('1'), integer('2')],
    });
    expect(await run(api, [increment('n')], [{ key: 'l', value: 'v' }])).toMatchObject({
      applied: null,
      userErrors: [{ code: 'WRONG_TYPE', path: ['input', 'expect', '0'], cause: 'WRONGTYPE' }],
    });
    // The refused watches are over: the connections are usable.
    expect(await run(api, [increment('n')], [{ key: 'a', value: '2' }])).toMatchObject({ results: [integer('2')] });
  });

  it('watches only if something is expected, and uses one connection again that is not shared', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await api.mutate('setString', '{ applied }', { key: 'a', value: '1' });
    const before = await clients(server);
    await run(api, [set('a', '1')]);
    const plain = await commandsDuring([server], () => run(api, [increment('a'), increment('a')]));
    expect(plain).toEqual({ multi: 1, incrby: 2, exec: 1 });
    await run(api, [set('a', '1')], [{ key: 'a', value: '3' }]);
    expect(await clients(server)).toBe(before + 1);
    const watched = await commandsDuring([server], () =>
      run(api, [increment('a')], [{ key: 'a', value: '1' }, { key: 'b' }]),
    );
    expect(watched).toEqual({ watch: 1, get: 1, exists: 1, multi: 1, incrby: 1, exec: 1 });
    expect(await clients(server)).toBe(before + 1);
  });

  it('limits its connections, closes them when they are idle, and leaves none after close', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server), { limits: { exclusiveIdleMs: 200 } });
    await api.mutate('setString', '{ applied }', { key: 'a', value: '0' });
    const before = await clients(server);
    const many = Array.from({ length: 40 }, (_, index) =>
      run(api, [increment(`n${index}`)], [{ key: 'a', value: '0' }]),
    );
    let most = 0;
    const done = Promise.all(many).then(() => true);
    while (!(await Promise.race([done, clients(server).then((count) => ((most = Math.max(most, count)), false))])));
    for (const result of await Promise.all(many)) expect(result.applied).toBe(true);
    expect(most).toBeLessThanOrEqual(before + 8);
    await eventually(async () => expect(await clients(server)).toBe(before));
    const last = run(api, [set('a', '1')], [{ key: 'a', value: '0' }]).catch(() => undefined);
    await api.connections.close();
    await last;
    await eventually(async () => expect(await clients(server)).toBe(0));
  });

  it('lets exactly one of two processes win each round', async () => {
    await using server = await startValkey();
    await using one = openDataApi(describeServer(server));
    await using two = openDataApi(describeServer(server));
    await server.command('SET', 'round', '0');
    const wins = [0, 0];
    for (let round = 0; round < 100; round += 1) {
      const operations = [set('round', String(round + 1)), increment('wins')];
      const expected = [{ key: 'round', value: String(round) }];
      const results = await Promise.all([one, two, one].map((api) => run(api, operations, expected)));
      expect(results.filter(({ applied }) => applied)).toHaveLength(1);
      results.forEach(({ applied }, at) => (wins[at % 2]! += Number(applied)));
    }
    expect(wins[0]! + wins[1]!).toBe(100);
    expect(await server.command('GET', 'wins')).toBe('100');
  });

  it('compares again if a watched key was written meanwhile, and applies nothing if its value is another one', async () => {
    await using server = await startValkey();
    await using proxy = await startTcpProxy(server);
    await using api = openDataApi(describeServer({ ...server, host: proxy.host, port: proxy.port }));
    await server.command('SET', 'a', '1');
    const expected = [{ key: 'a', value: '1' }];
    await run(api, [set('n', '0')], expected);
    proxy.delay(60);
    for (const [value, applied] of [
      ['1', true],
      ['2', false],
    ] as const) {
      const running = run(api, [increment('n')], expected);
      await watchingClient(server);
      await server.command('SET', 'a', value);
      expect(await running).toMatchObject({ applied, userErrors: [] });
    }
    expect(await server.command('GET', 'n')).toBe('1');
  });

  it('never applies twice, and never claims more than it knows, if its connection is killed between WATCH and EXEC', async () => {
    await using server = await startValkey();
    await using proxy = await startTcpProxy(server);
    await using api = openDataApi(describeServer({ ...server, host: proxy.host, port: proxy.port }));
    await server.command('SET', 'a', '1');
    const expected = [{ key: 'a', value: '1' }];
    await run(api, [set('n', '0')], expected);
    proxy.delay(60);
    const outcomes: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const running = run(api, [increment('n')], expected).then(
        ({ applied }) => `applied: ${applied}`,
        (error: unknown) => String(error),
      );
      await server.command('CLIENT', 'KILL', 'ID', await watchingClient(server));
      outcomes.push(await running);
    }
    const applied = outcomes.filter((outcome) => outcome === 'applied: true').length;
    for (const outcome of outcomes) expect(outcome).toMatch(/^applied: true$|may or may not have been executed/);
    expect(await server.command('GET', 'n')).toBe(String(applied));
    proxy.delay(0);
    expect(await run(api, [increment('n')], expected)).toMatchObject({ results: [integer(String(applied + 1))] });
  });

  it('uses another connection if the idle one was killed', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await run(api, [set('a', '1')], [{ key: 'a' }]);
    for (const line of await clientLines(server)) {
      const [, id] = /\bid=(\d+) .*cmd=exec /.exec(line) ?? [];
      if (id !== undefined) await server.command('CLIENT', 'KILL', 'ID', id);
    }
    expect(await run(api, [increment('a')], [{ key: 'a', value: '1' }])).toMatchObject({ results: [integer('2')] });
  });

  it('refuses everything with the path of the operation that Valkey refuses to queue', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* +@all -incrby' } });
    await using api = openDataApi(describeServer(server));
    for (const expected of [[], [{ key: 'none' }]]) {
      expect(await run(api, [set('a', '1'), increment('n')], expected)).toMatchObject({
        applied: null,
        results: null,
        userErrors: [{ code: 'PERMISSION_DENIED', path: ['input', 'operations', '1'], cause: 'NOPERM' }],
      });
    }
    await server.command('ACL', 'SETUSER', 'default', '-eval');
    expect(await run(api, [set('a', '1', { ifEquals: '0' })])).toMatchObject({
      userErrors: [{ code: 'NOT_SUPPORTED', path: ['input', 'operations', '0'] }],
    });
    await server.command('ACL', 'SETUSER', 'default', '-get');
    expect(await run(api, [set('a', '1')], [{ key: 'b' }, { key: 'a', value: '0' }])).toMatchObject({
      userErrors: [{ code: 'PERMISSION_DENIED', path: ['input', 'expect', '1'] }],
    });
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    expect(await run(api, [{ deleteKeys: { keys: ['a'] } }, set('a', '1')])).toMatchObject({
      userErrors: [{ code: 'OUT_OF_MEMORY', path: ['input', 'operations', '1'], cause: 'OOM' }],
    });
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    expect(await server.command('DBSIZE')).toBe(0);
  });

  it('sets no fields of a hash whose expiry the ACL does not allow to set', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* +@all -pexpire' } });
    await using api = openDataApi(describeServer(server));
    const fields = { key: 'h', fields: [{ name: 'f', value: 'v' }], keyExpiry: { seconds: 100 } };
    expect(await run(api, [set('a', '1'), { setHashFields: fields }])).toMatchObject({
      applied: true,
      results: [
        { error: null },
        { error: { code: 'PERMISSION_DENIED', path: ['input', 'operations', '1'], cause: 'NOPERM' } },
      ],
    });
    expect(await server.command('EXISTS', 'a')).toBe(1);
    expect(await server.command('EXISTS', 'h')).toBe(0);
  });

  it('executes nothing, and leaves no transaction open, if the ACL denies MULTI or EXEC', async () => {
    for (const denied of ['-multi', '-exec']) {
      await using server = await startValkey({ users: { default: `on nopass ~* +@all ${denied}` } });
      await using api = openDataApi(describeServer(server));
      for (const expected of [[], [{ key: 'none' }]]) {
        expect(await run(api, [set('a', '1')], expected)).toMatchObject({
          applied: null,
          userErrors: [{ code: 'PERMISSION_DENIED', path: ['input', 'operations'] }],
        });
      }
      expect(await server.command('EXISTS', 'a')).toBe(0);
      expect(await api.mutate('setString', '{ applied }', { key: 'a', value: '1' })).toEqual({ applied: true });
      expect(await server.command('GET', 'a')).toBe('1');
    }
  });

  it.each(['-multi', '-exec', '-@transaction'])(
    'executes nothing, and disturbs nobody, once an ACL that has changed denies it (%s)',
    async (denied) => {
      await using server = await startValkey({ users: { default: 'on nopass ~* +@all' } });
      await using api = openDataApi(describeServer(server));
      const write = (value: string): readonly (() => Promise<any>)[] => [
        () => run(api, [set('a', value), increment('n')]),
        () => run(api, [set('a', value), increment('n')], [{ key: 'none' }]),
        () =>
          api.mutate('setHashFields', '{ added userErrors { code cause } }', {
            cluster: 'orders',
            key: 'h',
            fields: [{ name: 'f', value }],
            keyExpiry: { seconds: 100 },
          }),
      ];
      for (const change of write('before')) expect((await change()).userErrors ?? []).toEqual([]);
      await server.command('ACL', 'SETUSER', 'default', denied);
      const others = async (): Promise<void> => {
        expect(await api.cluster('key(name: "a") { ... on StringKey { value } }')).toEqual({
          key: { value: 'before' },
        });
      };
      for (let times = 0; times < 2; times += 1) {
        for (const change of write('after')) {
          const [refused] = await Promise.all([change(), others(), others()]);
          expect(refused.userErrors).toMatchObject([{ code: 'PERMISSION_DENIED', cause: 'NOPERM' }]);
          await others();
        }
      }
      expect(await server.command('GET', 'n')).toBe('2');
      expect(await server.command('HGET', 'h', 'f')).toBe('before');
      await server.command('ACL', 'SETUSER', 'default', '+@all');
      for (const change of write('again')) expect((await change()).userErrors ?? []).toEqual([]);
      expect(await server.command('GET', 'a')).toBe('again');
    },
  );

  it('names the expectation if the ACL denies WATCH, and works without UNWATCH', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* +@all -unwatch' } });
    await using api = openDataApi(describeServer(server));
    for (let times = 0; times < 2; times += 1) {
      expect(await run(api, [set('a', '1')], [{ key: 'b', value: '0' }])).toMatchObject({ applied: false });
    }
    await server.command('SET', 'b', '0');
    expect(await run(api, [set('a', '1')], [{ key: 'b', value: '0' }])).toMatchObject({ applied: true });
    await server.command('ACL', 'SETUSER', 'default', '-watch');
    expect(await run(api, [set('a', '2')], [{ key: 'b', value: '0' }])).toMatchObject({
      applied: null,
      userErrors: [{ code: 'PERMISSION_DENIED', path: ['input', 'expect', '0'] }],
    });
    expect(await server.command('GET', 'a')).toBe('1');
  });

  it('checks all input before it sends anything', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const refused = async (operations: readonly object[], expected: readonly object[] = []) => {
      const { applied, userErrors } = await run(api, [set('a', '1'), ...operations], expected);
      expect(applied).toBeNull();
      return userErrors[0].path.join('.');
    };
    const hex = { key: '6', encoding: 'HEX' };
    const at = (rest: string) => `input.operations.1.${rest}`;
    expect(await refused([{ setString: { ...hex, value: '' } }])).toBe(at('setString.key'));
    expect(await refused([set('a', '', { condition: 'IF_ABSENT', ifEquals: '' })])).toBe(at('setString.condition'));
    expect(await refused([{ deleteKeys: { keys: [] } }])).toBe(at('deleteKeys.keys'));
    expect(await refused([{ setKeyExpiry: { key: 'a', expiry: { policy: 'KEEP' } } }])).toBe(
      at('setKeyExpiry.expiry.policy'),
    );
    expect(await refused([increment('a', '9223372036854775808')])).toBe(at('incrementString.by'));
    expect(await refused([{ setHashFields: { key: 'a', fields: [] } }])).toBe(at('setHashFields.fields'));
    expect(await refused([{ deleteHashFields: { key: 'a', fields: [] } }])).toBe(at('deleteHashFields.fields'));
    const push = { key: 'a', elements: ['x'], valueEncoding: 'HEX' };
    expect(await refused([{ pushListElements: push }])).toBe(at('pushListElements.elements.0'));
    expect(await refused([{ addSetMembers: { key: 'a', members: [] } }])).toBe(at('addSetMembers.members'));
    const scored = { key: 'a', members: [{ value: 'x', score: 1 }], valueEncoding: 'HEX' };
    expect(await refused([{ addSortedSetMembers: scored }])).toBe(at('addSortedSetMembers.members.0.value'));
    const entry = { stream: 'x', entryId: '$', fields: [{ name: 'f', value: 'v' }] };
    expect(await refused([{ addStreamEntry: entry }])).toBe(at('addStreamEntry.entryId'));
    expect(await refused([], [{ key: 'a' }, { ...hex, value: '' }])).toBe('input.expect.1.key');
    const none = await api.mutate('runTransaction', '{ userErrors { code path } }', { operations: [] });
    expect(none.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['input', 'operations'] }]);
    expect(await server.command('DBSIZE')).toBe(0);
  });
});

describe('runTransaction in cluster mode', () => {
  it('refuses keys of several slots before anything is sent, and allows them without cluster mode', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    await api.cluster('keyCount');
    const crossing = { applied: null, userErrors: [{ code: 'CROSS_SLOT', cause: null }] };
    const counts = await commandsDuring(cluster.primaries, async () => {
      expect(await run(api, [set('a', '1'), set('b', '1')])).toMatchObject(crossing);
      expect(await run(api, [set('{x}a', '1'), { deleteKeys: { keys: ['{x}b', 'b'] } }])).toMatchObject({
        ...crossing,
        userErrors: [{ path: ['input', 'operations', '1'] }],
      });
      expect(await run(api, [set('{x}a', '1')], [{ key: '{x}b' }, { key: 'b' }])).toMatchObject({
        ...crossing,
        userErrors: [{ path: ['input', 'expect', '1'] }],
      });
    });
    expect(counts).toEqual({});
    const expected = [{ key: '{x}none' }];
    expect(await run(api, [set('{x}a', '1'), increment('{x}b')], expected)).toMatchObject({ applied: true });
    await using server = await startValkey();
    await using single = openDataApi(describeServer(server));
    expect(await run(single, [set('a', '1'), set('b', '1')], [{ key: 'c' }])).toMatchObject({ applied: true });
  });

  it('follows a slot that moves, with and without expectations, and applies each transaction once', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    await run(api, [set('{s}a', '0'), set('{s}n', '0')]);
    let times = 0;
    const both = async () => {
      expect(await run(api, [increment('{s}n')])).toMatchObject({ applied: true, userErrors: [] });
      const more = [{ key: '{s}a', value: '0' }];
      expect(await run(api, [increment('{s}n')], more)).toMatchObject({ applied: true, userErrors: [] });
      times += 2;
    };
    const slot = await beginToMove(cluster, '{s}a');
    await both();
    // Both keys are on the other node: ASK.
    await slot.move('{s}a', '{s}n');
    await both();
    await slot.finish();
    await both();
    const { key } = await api.cluster('key(name: "{s}n") { ... on StringKey { value } }');
    expect(key.value).toBe(String(times));
  });

  it('waits while some keys have moved and others have not', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    await run(api, [set('{s}a', '0'), set('{s}n', '0')]);
    const slot = await beginToMove(cluster, '{s}a');
    await slot.move('{s}a');
    const running = run(api, [increment('{s}n')], [{ key: '{s}a', value: '0' }]);
    const plain = run(api, [increment('{s}n'), increment('{s}a')]);
    const settled = Promise.all([running, plain]);
    await slot.finish();
    const [watched, unwatched] = await settled;
    expect(unwatched).toMatchObject({ applied: true, userErrors: [] });
    expect(typeof watched.applied).toBe('boolean');
    expect(await api.cluster('key(name: "{s}n") { ... on StringKey { value } }')).toEqual({
      key: { value: watched.applied ? '2' : '1' },
    });
  });

  it('loses nothing that it acknowledged while another node takes over, and says if an outcome is unknown', async () => {
    await using cluster = await startValkeyCluster({ shards: 2, replicas: 1 });
    await using api = openDataApi(describeCluster(cluster));
    await run(api, [set('{s}a', '0'), set('{s}n', '0')]);
    const { key } = await api.cluster('key(name: "{s}n") { slot }');
    const shard = key.slot < 8192 ? 0 : 1;
    const replica = cluster.replicas.find(({ follows }) => follows === shard)!;
    let [applied, unknown] = [0, 0];
    const end = new AbortController();
    const writing = (async () => {
      while (!end.signal.aborted) {
        for (const expected of [[], [{ key: '{s}a', value: '0' }]]) {
          await run(api, [increment('{s}n')], expected).then(
            (result) => (applied += Number(result.applied)),
            (error: unknown) => (unknown += Number(String(error).includes('may or may not'))),
          );
        }
      }
    })();
    await eventually(() => expect(applied).toBeGreaterThan(10));
    await replica.command('CLUSTER', 'FAILOVER');
    await eventually(async () => expect(String(await replica.command('ROLE'))).toMatch(/^master/));
    const before = applied;
    await eventually(() => expect(applied).toBeGreaterThan(before + 10));
    end.abort();
    await writing;
    const { key: read } = await api.cluster('key(name: "{s}n") { ... on StringKey { value } }');
    expect(Number(read.value)).toBeGreaterThanOrEqual(applied);
    expect(Number(read.value)).toBeLessThanOrEqual(applied + unknown);
  });
});
