import { expect } from 'vitest';
import {
  anyOrder,
  describePeerCases,
  fails,
  invalid,
  reads,
  refuses,
  valkey,
  writes,
  type PeerCase,
  type Step,
} from '../../../helpers/apis/peer-cases.js';

const key = 'a';
const isSet = (name: string, value: string) => valkey(['SET', name, value]);
const holds = (name: string, value: string | null) => valkey(['GET', name], value);
const within = (least: number, most: number) =>
  expect.toSatisfy((value: number) => value > least && value <= most, `more than ${least}, up to ${most}`);
/** The names that the pages of `keys` show, and nothing else. */
const lists = (args: string, ...names: string[]) =>
  reads(`keys(first: 1000${args}) { nodes { name } }`, { nodes: anyOrder(names.map((name) => ({ name }))) });
/** A key of each type. */
const everyType: readonly Step[] = [
  isSet('a-string', 'x'),
  valkey(['HSET', 'a-hash', 'f', 'v']),
  valkey(['RPUSH', 'a-list', 'x', 'y']),
  valkey(['SADD', 'a-set', 'x', 'y', 'z']),
  valkey(['ZADD', 'a-zset', '1', 'x']),
  valkey(['XADD', 'a-stream', '1-1', 'f', 'v']),
];
const names = ['a-string', 'a-hash', 'a-list', 'a-set', 'a-zset', 'a-stream'];
const types = ['STRING', 'HASH', 'LIST', 'SET', 'SORTED_SET', 'STREAM'] as const;
const hundred = Array.from({ length: 100 }, (_, index) => `str_key_${index + 1}`);
const setHundred = valkey(['MSET', ...hundred.flatMap((name) => [name, 'v'])]);
const acl = (rules: string) => valkey(['ACL', 'SETUSER', 'default', '+@all', ...rules.split(' ')]);

const cases: readonly PeerCase[] = [
  {
    title: 'a key is copied with its value, and one that does not exist is NOT_FOUND',
    from: 'redis-py test_copy',
    differs: 'Renaming or copying a key that does not exist',
    steps: [
      refuses('copyKey', { key: 'a', newKey: 'b' }, 'NOT_FOUND', 'input.key'),
      isSet('a', 'foo'),
      writes('copyKey', { key: 'a', newKey: 'b' }, { applied: true, key: { name: 'b' } }),
      holds('a', 'foo'),
      holds('b', 'foo'),
    ],
  },
  {
    title: 'a copy replaces another key only if it is told to',
    from: 'redis-py test_copy_and_replace',
    steps: [
      isSet('a', 'foo1'),
      isSet('b', 'foo2'),
      writes('copyKey', { key: 'a', newKey: 'b' }, { applied: false }),
      holds('b', 'foo2'),
      writes('copyKey', { key: 'a', newKey: 'b', replace: true }, { applied: true }),
      holds('b', 'foo1'),
    ],
  },
  {
    title: 'keys are deleted, and those that do not exist are not counted',
    from: 'redis-py test_delete, test_unlink_with_multiple_keys',
    steps: [
      writes('deleteKeys', { keys: ['a'] }, { deleted: 0 }),
      isSet('a', 'foo'),
      isSet('b', 'bar'),
      writes('deleteKeys', { keys: ['a', 'b', 'none'] }, { deleted: 2 }),
      reads('keyCount', 0),
      refuses('deleteKeys', { keys: [] }, 'INVALID_INPUT', 'input.keys'),
    ],
  },
  {
    title: 'keys that exist are found by their names',
    from: 'redis-py test_exists',
    differs: 'A key or element that does not exist',
    steps: [
      reads('key(name: "a") { name }', null),
      isSet('a', 'foo'),
      reads('keysByName(names: ["a", "b", "a"]) { name }', [{ name: 'a' }, null, { name: 'a' }]),
    ],
  },
  {
    title: 'an expiry is set by seconds, by time, and removed',
    from: 'redis-py test_expire, test_expireat_unixtime, test_pexpire',
    steps: [
      isSet(key, 'foo'),
      writes(
        'setKeyExpiry',
        { key, expiry: { seconds: 10.5 } },
        { applied: true, key: { ttlSeconds: within(9, 10.5) } },
      ),
      writes('setKeyExpiry', { key, expiry: { policy: 'NEVER' } }, { applied: true, key: { ttlSeconds: null } }),
      async (bench) => {
        const at = new Date(Math.ceil(Date.now() / 1000) * 1000 + 60_000);
        await writes(
          'setKeyExpiry',
          { key, expiry: { at: at.toISOString() } },
          { applied: true, key: { expiresAt: at } },
          '{ applied key { expiresAt } }',
        )(bench);
        await valkey(['PEXPIRETIME', key], at.getTime())(bench);
      },
    ],
  },
  {
    title: 'an expiry has no condition on the present one',
    from: 'redis-py test_expire_option_nx, test_expire_option_gt',
    differs: 'Conditions of an expiry (EXPIRE NX, XX, GT or LT)',
    steps: [
      valkey(['SET', key, 'val', 'EX', '100']),
      writes('setKeyExpiry', { key, expiry: { seconds: 50 } }, { applied: true, key: { ttlSeconds: within(40, 50) } }),
      invalid('key(name: "a", nx: true) { name }', /Unknown argument "nx"/),
    ],
  },
  {
    title: 'an expiry of a key that does not exist is not applied',
    from: 'redis-py test_expireat_no_key, test_pttl_no_key',
    steps: [
      writes(
        'setKeyExpiry',
        { key, expiry: { seconds: 60 } },
        { applied: false, key: null },
        '{ applied key { name } }',
      ),
      reads('key(name: "a") { ttlSeconds }', null),
    ],
  },
  {
    title: 'an expiry that would delete the key is refused',
    from: 'redis-py test_getex_zero_expiry_options_are_mutually_exclusive',
    steps: [
      isSet(key, 'foo'),
      refuses('setKeyExpiry', { key, expiry: { seconds: 0 } }, 'INVALID_INPUT', 'input.expiry.seconds'),
      refuses('setKeyExpiry', { key, expiry: { at: '2001-01-01T00:00:00Z' } }, 'INVALID_INPUT', 'input.expiry.at'),
    ],
  },
  {
    title: 'a key is renamed with its expiry',
    from: 'redis-py test_rename',
    steps: [
      valkey(['SET', 'a', '1', 'EX', '100']),
      writes(
        'renameKey',
        { key: 'a', newKey: 'b' },
        { applied: true, key: { name: 'b', ttlSeconds: within(90, 100) } },
      ),
      holds('a', null),
      holds('b', '1'),
    ],
  },
  {
    title: 'a key keeps its name if the new one is taken and must be free',
    from: 'redis-py test_renamenx',
    steps: [
      isSet('a', '1'),
      isSet('b', '2'),
      writes('renameKey', { key: 'a', newKey: 'b', onlyIfAbsent: true }, { applied: false }),
      holds('a', '1'),
      holds('b', '2'),
      writes('renameKey', { key: 'a', newKey: 'b' }, { applied: true }),
      holds('b', '1'),
    ],
  },
  {
    title: 'all keys are listed, or those of one name',
    from: 'redis-py test_scan',
    steps: [
      isSet('a', '1'),
      isSet('b', '2'),
      isSet('c', '3'),
      lists('', 'a', 'b', 'c'),
      lists(', match: "a"', 'a'),
      lists(', match: ""'),
    ],
  },
  {
    title: 'keys of one type and pattern are listed',
    from: 'redis-py test_scan_type',
    steps: [...everyType, isSet('b-string', 'x'), lists(', match: "a*", type: SET', 'a-set')],
  },
  {
    title: 'each type is a filter of its own',
    from: 'RedisInsight keys/POST-databases-id-keys (filter by type)',
    steps: [...everyType, ...types.map((type, index) => lists(`, type: ${type}`, names[index]!)), lists('', ...names)],
  },
  {
    title: 'a page scans about as many keys as it is allowed, and the pages together have all',
    from: 'RedisInsight keys/POST-databases-id-keys (prevent full scan)',
    steps: [
      setHundred,
      async ({ api }) => {
        const seen: string[] = [];
        let after: string | null = null;
        let pages = 0;
        do {
          const argument: string = after === null ? '' : `, after: "${after}"`;
          const selection = `keys(first: 7, maxScanned: 20${argument}) { scanned nodes { name } pageInfo { hasNextPage endCursor } }`;
          const { keys } = await api.cluster(selection);
          expect(keys.nodes.length).toBeLessThanOrEqual(7);
          expect(keys.scanned).toBeLessThan(60);
          seen.push(...keys.nodes.map(({ name }: { name: string }) => name));
          after = keys.pageInfo.hasNextPage ? keys.pageInfo.endCursor : null;
          pages += 1;
        } while (after !== null);
        expect([...new Set(seen)].toSorted()).toEqual(hundred.toSorted());
        expect(pages).toBeGreaterThanOrEqual(15);
      },
    ],
  },
  {
    title: 'a pattern matches at the beginning, in the middle, at the end, one character, a class and exactly',
    from: 'RedisInsight keys/POST-databases-id-keys (search)',
    steps: [
      setHundred,
      lists(', match: "*_100"', 'str_key_100'),
      lists(', match: "str_key_10*"', 'str_key_10', 'str_key_100'),
      lists(', match: "str*_99"', 'str_key_99'),
      lists(', match: "?tr_key_5"', 'str_key_5'),
      lists(', match: "str_key_1[12]"', 'str_key_11', 'str_key_12'),
      lists(', match: "str_key_1[^1-9]"', 'str_key_10'),
      lists(', match: "str_key_7"', 'str_key_7'),
      lists(', match: "not_exist"'),
    ],
  },
  {
    title: 'the facts of a key of each type are read together',
    from: 'RedisInsight keys/POST-databases-id-keys-get_info, -get_infos',
    steps: [
      ...everyType,
      reads(
        `keysByName(names: ${JSON.stringify(names)}) {
           name type ttlSeconds
           ... on StringKey { length } ... on HashKey { length } ... on ListKey { length }
           ... on SetKey { length } ... on SortedSetKey { length } ... on StreamKey { length }
         }`,
        names.map((name, index) => ({ name, type: types[index], ttlSeconds: null, length: [1, 1, 2, 3, 1, 1][index] })),
      ),
      reads('key(name: "a-string") { memoryUsageBytes }', { memoryUsageBytes: within(10, 1000) }),
    ],
  },
  {
    title: 'a fact that the Valkey user may not read is null with an error of its own',
    from: 'RedisInsight keys/POST-databases-id-keys-get_info (ACL)',
    differs: 'A fact that the server refuses to show',
    steps: [
      isSet(key, 'x'),
      acl('-memory'),
      async ({ api }) => {
        const { data, errors } = await api.run(
          '{ cluster(name: "orders") { key(name: "a") { type ttlSeconds memoryUsageBytes } } }',
        );
        expect(data.cluster.key).toEqual({ type: 'STRING', ttlSeconds: null, memoryUsageBytes: null });
        expect(errors?.map(({ path }) => path)).toEqual([['cluster', 'key', 'memoryUsageBytes']]);
      },
      acl('+@all'),
    ],
  },
  {
    title: 'a Valkey user without a command may neither rename, expire nor delete',
    from: 'RedisInsight keys/PATCH-databases-id-keys-name, keys/PATCH-databases-id-keys-ttl, keys/DELETE-databases-id-keys (ACL)',
    steps: [
      isSet(key, 'x'),
      acl('-renamenx -pexpire -persist -unlink'),
      refuses('renameKey', { key, newKey: 'b', onlyIfAbsent: true }, 'PERMISSION_DENIED', 'input.key'),
      refuses('setKeyExpiry', { key, expiry: { seconds: 10 } }, 'PERMISSION_DENIED', 'input.key'),
      refuses('setKeyExpiry', { key, expiry: { policy: 'NEVER' } }, 'PERMISSION_DENIED', 'input.key'),
      refuses('deleteKeys', { keys: [key] }, 'PERMISSION_DENIED', 'input.keys'),
      acl('+@all'),
    ],
  },
  {
    title: 'a key of each type is renamed, to a name in another encoding',
    from: 'RedisInsight keys/PATCH-databases-id-keys-name',
    steps: [
      ...everyType,
      ...names.flatMap((name, index) => [
        writes(
          'renameKey',
          { key: name, newKey: `new-${index}`, onlyIfAbsent: true },
          { applied: true, key: { type: types[index]! } },
          '{ applied key { type } }',
        ),
      ]),
      writes(
        'renameKey',
        { key: Buffer.from('new-0').toString('hex'), newKey: 'ff00', encoding: 'HEX' },
        { applied: true, key: { name: null } },
        '{ applied key { name } }',
      ),
      reads('key(name: "ff00", encoding: HEX) { hex: name(encoding: HEX) ... on StringKey { value } }', {
        hex: 'ff00',
        value: 'x',
      }),
      refuses('renameKey', { key: 'none', newKey: 'b' }, 'NOT_FOUND', 'input.key'),
    ],
  },
  {
    title: 'names that are not text are listed, read and deleted by another encoding',
    from: 'RedisInsight keys/POST-databases-id-keys (non-ASCII names)',
    steps: [
      writes('setString', { key: 'aced00', encoding: 'HEX', value: 'x' }, { applied: true }),
      reads('keys { nodes { name hex: name(encoding: HEX) } }', { nodes: [{ name: null, hex: 'aced00' }] }),
      reads('keys(match: "ac2a", encoding: HEX) { nodes { name(encoding: BASE64) } }', { nodes: [{ name: 'rO0A' }] }),
      reads('keys(match: "ad2a", encoding: HEX) { nodes { name } }', { nodes: [] }),
      writes('deleteKeys', { keys: ['rO0A'], encoding: 'BASE64' }, { deleted: 1 }),
      refuses('deleteKeys', { keys: ['xyz'], encoding: 'HEX' }, 'INVALID_INPUT', 'input.keys.0'),
    ],
  },
  {
    title: 'several keys of several types are deleted at once',
    from: 'RedisInsight keys/DELETE-databases-id-keys',
    differs: 'Deleting from a key that does not exist',
    steps: [
      ...everyType,
      writes('deleteKeys', { keys: [...names, 'none'] }, { deleted: 6 }),
      reads('keyCount', 0),
      writes('deleteKeys', { keys: ['none'] }, { deleted: 0 }),
    ],
  },
  {
    title: 'keys are counted',
    from: 'redis-py test_dbsize',
    steps: [reads('keyCount', 0), isSet('a', 'foo'), isSet('b', 'bar'), reads('keyCount', 2)],
  },
  {
    title: 'the memory of a key is read, and null if there is no key',
    from: 'redis-py test_memory_usage',
    steps: [
      isSet('foo', 'bar'),
      reads('key(name: "foo") { memoryUsageBytes }', { memoryUsageBytes: within(10, 1000) }),
      reads('key(name: "none") { memoryUsageBytes }', null),
    ],
  },
  {
    title: 'the internal representation and the idle time are read',
    from: 'redis-py test_object',
    steps: [
      valkey(['SET', 'a', '5']),
      reads('key(name: "a") { objectEncoding }', { objectEncoding: 'int' }),
      valkey(['RPUSH', 'b', 'x']),
      reads('key(name: "b") { objectEncoding idleSeconds }', {
        objectEncoding: 'listpack',
        idleSeconds: within(-1, 60),
      }),
    ],
  },
  {
    title: 'a page beyond its limits is refused',
    from: 'RedisInsight keys/POST-databases-id-keys (validation)',
    steps: [
      fails('keys(first: 0) { scanned }', 'INVALID_INPUT'),
      fails('keys(first: 1001) { scanned }', 'INVALID_INPUT'),
      fails('keys(after: "MTIz") { scanned }', 'INVALID_INPUT'),
      invalid('keys(type: GRAPH) { scanned }', /"GRAPH" does not exist/),
    ],
  },
];

describePeerCases('keys', cases, { users: { default: 'on nopass ~* &* +@all' } });
