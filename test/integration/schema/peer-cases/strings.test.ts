import { expect } from 'vitest';
import {
  describePeerCases,
  fails,
  reads,
  refuses,
  rejects,
  valkey,
  writes,
  type PeerCase,
} from '../../../helpers/apis/peer-cases.js';

const key = 'a';
const isSet = (value: string) => valkey(['SET', key, value]);
const holds = (value: string | null) => valkey(['GET', key], value);
const sets = (input: object, expected: object) => writes('setString', { key, ...input }, expected);
const increments = (by: string, value: string) => writes('incrementString', { key, by }, { value });
const setsBit = (offset: number, value: boolean, previous: boolean) =>
  writes('setBit', { key, offset, value }, { previous });
const shows = (field: string, value: unknown) => reads(`string(name: "a") { shown: ${field} }`, { shown: value });
const within = (least: number, most: number) =>
  expect.toSatisfy((value: number) => value > least && value <= most, `more than ${least}, up to ${most}`);

const cases: readonly PeerCase[] = [
  {
    title: 'bytes are appended to a string, which is created by the first',
    from: 'redis-py test_append',
    steps: [
      writes('appendToString', { key, value: 'a1' }, { length: 2, key: { value: 'a1' } }),
      writes('appendToString', { key, value: 'a2' }, { length: 4, key: { value: 'a1a2' } }),
    ],
  },
  {
    title: 'set bits are counted, in all bytes or a range of them',
    from: 'redis-py test_bitcount',
    steps: [
      setsBit(5, true, false),
      shows('bitCount', 1),
      setsBit(6, true, false),
      shows('bitCount', 2),
      setsBit(5, false, true),
      shows('bitCount', 1),
      ...[9, 17, 25, 33].map((offset) => setsBit(offset, true, false)),
      shows('bitCount', 5),
      shows('bitCount(start: 0, end: -1)', 5),
      shows('bitCount(start: 2, end: 3)', 2),
      shows('bitCount(start: 2)', 3),
      shows('bitCount(start: -2, end: -1)', 2),
      shows('bitCount(start: 1, end: 1)', 1),
    ],
  },
  {
    title: 'set bits are counted in a range of bytes or of bits',
    from: 'redis-py test_bitcount_mode',
    steps: [
      isSet('foobar'),
      shows('bitCount', 26),
      shows('bitCount(start: 1, end: 1, unit: BYTE)', 6),
      shows('bitCount(start: 5, end: 30, unit: BIT)', 17),
    ],
  },
  {
    title: 'a bit is read, set and unset, with its previous value',
    from: 'redis-py test_get_set_bit',
    steps: [
      isSet(''),
      shows('bit(offset: 5)', false),
      setsBit(5, true, false),
      shows('bit(offset: 5)', true),
      setsBit(4, false, false),
      shows('bit(offset: 4)', false),
      setsBit(4, true, false),
      shows('bit(offset: 4)', true),
      setsBit(5, true, true),
      shows('bit(offset: 800)', false),
      refuses('setBit', { key, offset: -1, value: true }, 'INVALID_INPUT', 'input.offset'),
    ],
  },
  {
    title: 'a string is written and read with text of every script',
    from: 'redis-py test_get_and_set',
    differs: 'A key or element that does not exist',
    steps: [
      reads('string(name: "a") { value }', null),
      ...['value', '5', '\u0d80abcd\u0d5d'].flatMap((value) => [
        sets({ value }, { applied: true, key: { value } }),
        shows('value', value),
      ]),
    ],
  },
  {
    title: 'a string is taken once',
    from: 'redis-py test_getdel',
    steps: [
      writes('takeString', { key }, { existed: false, value: null }),
      isSet('1'),
      writes('takeString', { key }, { existed: true, value: '1' }),
      writes('takeString', { key }, { existed: false, value: null }),
    ],
  },
  {
    title: 'a range of bytes is read, and one behind the value is empty',
    from: 'redis-py test_getrange, test_substr',
    steps: [
      isSet('foo'),
      shows('range(start: 0, end: 0)', 'f'),
      shows('range(start: 0, end: 2)', 'foo'),
      shows('range(start: 3, end: 4)', ''),
      isSet('0123456789'),
      shows('range(start: 2, end: -1)', '23456789'),
      shows('range(start: 3, end: 5)', '345'),
      shows('range(start: 3, end: -2)', '345678'),
    ],
  },
  {
    title: 'a number is incremented, from 0 if there is none',
    from: 'redis-py test_incr, test_incrby',
    steps: [
      writes('incrementString', { key }, { value: '1', key: { value: '1' } }),
      increments('1', '2'),
      increments('5', '7'),
      holds('7'),
    ],
  },
  {
    title: 'a number is decremented by a negative amount',
    from: 'redis-py test_decr, test_decrby',
    steps: [increments('-1', '-1'), increments('-1', '-2'), increments('-5', '-7'), holds('-7')],
  },
  {
    title: 'a number is incremented by a decimal',
    from: 'redis-py test_incrbyfloat',
    steps: [
      increments('1.0', '1'),
      holds('1'),
      increments('1.1', '2.1'),
      rejects('incrementString', { key, by: 'much' }, /Expected a number as text/),
    ],
  },
  {
    title: 'integers are added exactly up to 64 bits, and a sum beyond is refused',
    from: 'redis-py test_increx_integer_overflow_uses_type_limits',
    steps: [
      isSet('9007199254740992'),
      increments('1', '9007199254740993'),
      isSet('9223372036854775806'),
      increments('1', '9223372036854775807'),
      refuses('incrementString', { key, by: '1' }, 'INVALID_INPUT', 'input.by'),
    ],
  },
  {
    title: 'several strings are read at once, null for each that does not exist',
    from: 'redis-py test_mget, test_mset',
    steps: [
      reads('keysByName(names: ["a", "b"]) { type }', [null, null]),
      ...['a', 'b', 'c'].map((name, index) =>
        writes('setString', { key: name, value: String(index + 1) }, { applied: true }),
      ),
      reads('keysByName(names: ["a", "other", "b", "c"]) { ... on StringKey { value } }', [
        { value: '1' },
        null,
        { value: '2' },
        { value: '3' },
      ]),
    ],
  },
  {
    title: 'a string is only set if it is absent',
    from: 'redis-py test_set_nx',
    steps: [
      sets({ value: '1', condition: 'IF_ABSENT' }, { applied: true }),
      sets({ value: '2', condition: 'IF_ABSENT' }, { applied: false, key: { value: '1' } }),
    ],
  },
  {
    title: 'a string is only set if it is present',
    from: 'redis-py test_set_xx',
    steps: [
      sets({ value: '1', condition: 'IF_PRESENT' }, { applied: false }),
      holds(null),
      isSet('bar'),
      sets({ value: '2', condition: 'IF_PRESENT' }, { applied: true, key: { value: '2' } }),
    ],
  },
  {
    title: 'a string expires after a fraction of seconds',
    from: 'redis-py test_set_px',
    steps: [
      sets(
        { value: '1', expiry: { seconds: 10.25 } },
        { applied: true, key: { value: '1', ttlSeconds: within(0, 10.25) } },
      ),
      rejects('setString', { key, value: '1', expiry: { seconds: 'soon' } }, /Float/),
      rejects('setString', { key, value: '1', expiry: { seconds: 1, policy: 'KEEP' } }, /exactly one/i),
      refuses('setString', { key, value: '1', expiry: { seconds: 0 } }, 'INVALID_INPUT', 'input.expiry.seconds'),
    ],
  },
  {
    title: 'an expiry is kept',
    from: 'redis-py test_set_keepttl',
    steps: [
      isSet('val'),
      sets({ value: '1', condition: 'IF_PRESENT', expiry: { seconds: 10 } }, { applied: true }),
      sets({ value: '2', expiry: { policy: 'KEEP' } }, { key: { value: '2', ttlSeconds: within(0, 10) } }),
    ],
  },
  {
    title: 'setting a string returns its previous value',
    from: 'redis-py test_set_get',
    steps: [
      sets({ value: 'True' }, { previous: null }),
      sets({ value: 'True' }, { previous: 'True' }),
      sets({ value: 'bar' }, { previous: 'True' }),
      holds('bar'),
    ],
  },
  {
    title: 'a string is set if it has a value, and not if it has another one or does not exist',
    from: 'redis-py test_set_ifeq_true_sets_and_returns_true, …_false_does_not_set, …_when_key_missing_does_not_create',
    steps: [
      isSet('foo'),
      sets({ value: 'bar', ifEquals: 'foo' }, { applied: true, key: { value: 'bar' } }),
      sets({ value: 'baz', ifEquals: 'nope' }, { applied: false, key: { value: 'bar' } }),
      writes('setString', { key: 'none', value: 'bar', ifEquals: 'foo' }, { applied: false }),
      valkey(['EXISTS', 'none'], 0),
      refuses(
        'setString',
        { key, value: 'x', ifEquals: 'bar', condition: 'IF_PRESENT' },
        'INVALID_INPUT',
        'input.condition',
      ),
    ],
  },
  {
    title: 'a string is deleted if it has a value, and a key of another type is refused',
    from: 'redis-py test_delex_ifeq, test_delex_nonexistent, test_delex_with_conditionon_nonstring_values',
    steps: [
      writes('deleteStringIfEquals', { key, expected: 'abc' }, { deleted: false }),
      isSet('abc'),
      writes('deleteStringIfEquals', { key, expected: 'zzz' }, { deleted: false, key: { value: 'abc' } }),
      writes('deleteStringIfEquals', { key, expected: 'abc' }, { deleted: true }),
      holds(null),
      valkey(['RPUSH', key, 'x']),
      refuses('deleteStringIfEquals', { key, expected: 'x' }, 'WRONG_TYPE', 'input.key'),
    ],
  },
  {
    title: 'bytes are overwritten from an offset, and zeros fill a gap',
    from: 'redis-py test_setrange',
    steps: [
      writes('setStringRange', { key, offset: 5, value: 'foo' }, { length: 8 }),
      shows('value(valueEncoding: HEX)', '0000000000666f6f'),
      isSet('abcdefghijh'),
      writes('setStringRange', { key, offset: 6, value: '12345' }, { length: 11, key: { value: 'abcdef12345' } }),
    ],
  },
  {
    title: 'the length of a string is in bytes',
    from: 'redis-py test_strlen',
    steps: [isSet('foo'), shows('length', 3), isSet('ü'), shows('length', 2)],
  },
  {
    title: 'names with spaces, line breaks and control characters are keys of their own',
    from: 'redis-py test_binary_get_set',
    steps: [
      ...[' foo bar ', ' foo\r\nbar\r\n ', ' \r\n\t\u0007\u0013 '].map((name, index) =>
        writes('setString', { key: name, value: String(index) }, { key: { name, value: String(index) } }),
      ),
      reads('keyCount', 3),
      writes('deleteKeys', { keys: [' foo bar ', ' foo\r\nbar\r\n ', ' \r\n\t\u0007\u0013 '] }, { deleted: 3 }),
    ],
  },
  {
    title: 'a value of five million bytes is read as it was written',
    from: 'redis-py test_large_responses',
    steps: [isSet('abcdefghij'.repeat(500_000)), shows('value', 'abcdefghij'.repeat(500_000))],
  },
  {
    title: 'distinct elements of a HyperLogLog are counted, and adding them again changes nothing',
    from: 'redis-py test_pfadd',
    steps: [
      writes('addToHyperLogLog', { key, elements: ['1', '2', '3'] }, { changed: true, key: { cardinality: 3 } }),
      writes('addToHyperLogLog', { key, elements: ['1', '2', '3'] }, { changed: false, key: { cardinality: 3 } }),
    ],
  },
  {
    title: 'the elements of several HyperLogLogs are counted apart: their union has no field',
    from: 'redis-py test_pfcount',
    differs: 'Unions, intersections and merges of keys (PFMERGE, SUNION, ZINTER, BITOP, …)',
    steps: [
      valkey(['PFADD', 'a', '1', '2', '3']),
      valkey(['PFADD', 'b', '2', '3', '4', '5']),
      reads('keysByName(names: ["a", "b"]) { ... on StringKey { cardinality } }', [
        { cardinality: 3 },
        { cardinality: 4 },
      ]),
    ],
  },
  {
    title: 'a string that is no HyperLogLog has no cardinality and takes no elements',
    from: 'redis-py test_command_on_invalid_key_type',
    steps: [
      isSet('text'),
      shows('cardinality', null),
      refuses('addToHyperLogLog', { key, elements: ['x'] }, 'WRONG_TYPE', 'input.key'),
    ],
  },
  {
    title: 'setting a string replaces a key of another type, as SET does',
    from: 'RedisInsight string/PUT-databases-id-string',
    steps: [
      valkey(['HSET', key, 'f', 'v']),
      writes('setString', { key, value: '' }, { applied: true, key: { type: 'STRING', value: '' } }),
    ],
  },
  {
    title: 'an edit that must not create the key, and must keep its expiry, says both',
    from: 'RedisInsight string/PUT-databases-id-string (keep the expiry)',
    differs: 'Creating a key that exists',
    steps: [
      sets({ value: 'x', condition: 'IF_PRESENT', expiry: { policy: 'KEEP' } }, { applied: false }),
      valkey(['SET', key, 'old', 'EX', '100']),
      sets(
        { value: '', condition: 'IF_PRESENT', expiry: { policy: 'KEEP' } },
        { applied: true, key: { value: '', ttlSeconds: within(90, 100) } },
      ),
    ],
  },
  {
    title: 'a string that exists is not replaced if it must be new',
    from: 'RedisInsight string/POST-databases-id-string',
    steps: [
      isSet('old'),
      sets({ value: 'new', condition: 'IF_ABSENT', expiry: { seconds: 10 } }, { applied: false }),
      holds('old'),
      valkey(['TTL', key], -1),
      writes('setString', { key: 'empty', value: '' }, { applied: true, key: { value: '', length: 0 } }),
    ],
  },
  {
    title: 'part of a value is read in any encoding, and a range that ends before it begins is empty',
    from: 'RedisInsight string/POST-databases-id-string-get_value',
    differs: 'A range that ends before it begins',
    steps: [
      writes('setString', { key, value: 'ff00c3a9', valueEncoding: 'HEX' }, { applied: true }),
      shows('value', null),
      shows('value(valueEncoding: HEX)', 'ff00c3a9'),
      shows('value(valueEncoding: BASE64)', '/wDDqQ=='),
      shows('range(start: 2, end: 3)', 'é'),
      shows('range(start: 3, end: 3)', null),
      shows('range(start: 0, end: 1, valueEncoding: HEX)', 'ff00'),
      shows('range(start: 3, end: 1)', ''),
    ],
  },
  {
    title: 'a key of another type is no string',
    from: 'RedisInsight string/POST-databases-id-string-get_value (incorrect type)',
    steps: [
      valkey(['RPUSH', key, 'x']),
      fails('string(name: "a") { value }', 'WRONG_TYPE'),
      ...(
        [
          ['appendToString', { value: 'x' }],
          ['incrementString', {}],
          ['setStringRange', { offset: 0, value: 'x' }],
          ['takeString', {}],
          ['setBit', { offset: 0, value: true }],
        ] as const
      ).map(([mutation, input]) => refuses(mutation, { key, ...input }, 'WRONG_TYPE', 'input.key')),
    ],
  },
  {
    title: 'text that is no number is not incremented',
    from: 'redis-py test_incr, extended',
    steps: [
      isSet('text'),
      refuses('incrementString', { key, by: '1' }, 'INVALID_STATE', 'input.key'),
      refuses('incrementString', { key, by: '1.5' }, 'INVALID_STATE', 'input.key'),
    ],
  },
  {
    title: 'bytes that are not text are shown by another encoding',
    from: 'valkey-admin keys-browser getKeyInfo (binary)',
    steps: [
      writes('setString', { key, value: '80ff', valueEncoding: 'HEX' }, { applied: true }),
      reads('key(name: "a") { type ... on StringKey { value hex: value(valueEncoding: HEX) } }', {
        type: 'STRING',
        value: null,
        hex: '80ff',
      }),
    ],
  },
  {
    title: 'a string is added with an expiry',
    from: 'valkey-admin keys-browser addKey (string with TTL)',
    steps: [
      sets({ value: 'hello', expiry: { seconds: 3600 } }, { applied: true, key: { ttlSeconds: within(3500, 3600) } }),
      rejects('setString', { key: 'none' }, /Field "value" of required type/),
    ],
  },
];

describePeerCases('strings', cases);
