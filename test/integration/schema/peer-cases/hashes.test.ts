import {
  anyOrder,
  describePeerCases,
  fails,
  reads,
  refuses,
  rejects,
  valkey,
  writes,
  type Bench,
  type PeerCase,
  type Step,
} from '../../../helpers/apis/peer-cases.js';

const key = 'a';
type Fields = Readonly<Record<string, string>>;
const fieldsOf = (fields: Fields) => Object.entries(fields).map(([name, value]) => ({ name, value }));
const hset = (fields: Fields) => valkey(['HSET', key, ...Object.entries(fields).flat()]);
const sets = (fields: Fields, expected: object) => writes('setHashFields', { key, fields: fieldsOf(fields) }, expected);
const holds = (fields: Fields) =>
  reads('hash(name: "a") { allFields { name value } }', { allFields: anyOrder(fieldsOf(fields)) });
const field = (name: string, value: string | null) =>
  reads(`hash(name: "a") { field(name: ${JSON.stringify(name)}) { value } }`, {
    field: value === null ? null : { value },
  });
const matches = (match: string, fields: Fields) =>
  reads(`hash(name: "a") { fields(first: 1000, match: "${match}") { nodes { name value } } }`, {
    fields: { nodes: anyOrder(fieldsOf(fields)) },
  });
const increments = (by: string, value: string) => writes('incrementHashField', { key, field: '1', by }, { value });
const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`field_${index + 1}`, String(index + 1)]));

/** Runs steps if the server has the commands of field expiry, and others if it does not. */
const byFieldExpiry =
  (steps: readonly Step[], without: readonly Step[]): Step =>
  async (bench: Bench) => {
    const [info] = (await bench.server.command('COMMAND', 'INFO', 'HPEXPIRE')) as readonly unknown[];
    for (const step of info ? steps : without) await step(bench);
  };

const cases: readonly PeerCase[] = [
  {
    title: 'fields are written and read, and only new ones are counted',
    from: 'redis-py test_hget_and_hset',
    steps: [
      sets({ '1': '1', '2': '2', '3': '3' }, { added: 3 }),
      field('1', '1'),
      sets({ '2': '5' }, { added: 0 }),
      field('2', '5'),
      sets({ '4': '4' }, { added: 1 }),
      field('b', null),
      sets({ '0': '10', '': '10' }, { added: 2 }),
      field('', '10'),
    ],
  },
  {
    title: 'a write without fields is refused',
    from: 'redis-py test_hset_without_data',
    steps: [
      refuses('setHashFields', { key, fields: [] }, 'INVALID_INPUT', 'input.fields'),
      rejects('setHashFields', { key }, /Field "fields" of required type/),
    ],
  },
  {
    title: 'fields are deleted, and the last one deletes the key',
    from: 'redis-py test_hdel',
    steps: [
      hset({ '1': '1', '2': '2', '3': '3' }),
      writes('deleteHashFields', { key, fields: ['2'] }, { deleted: 1 }),
      field('2', null),
      writes('deleteHashFields', { key, fields: ['1', '3'] }, { deleted: 2, key: null }, '{ deleted key { length } }'),
      valkey(['EXISTS', key], 0),
    ],
  },
  {
    title: 'a field that does not exist is null',
    from: 'redis-py test_hexists',
    differs: 'A key or element that does not exist',
    steps: [
      hset({ '1': '1' }),
      field('1', '1'),
      field('4', null),
      reads('hash(name: "none") { field(name: "1") { value } }', null),
    ],
  },
  {
    title: 'all fields are read at once',
    from: 'redis-py test_hgetall',
    steps: [hset({ a1: '1', a2: '2', a3: '3' }), holds({ a1: '1', a2: '2', a3: '3' })],
  },
  {
    title: 'a number in a field is incremented, from 0 if there is none',
    from: 'redis-py test_hincrby',
    steps: [increments('1', '1'), increments('2', '3'), increments('-2', '1')],
  },
  {
    title: 'a number in a field is incremented by a decimal',
    from: 'redis-py test_hincrbyfloat',
    steps: [
      increments('1.0', '1'),
      increments('1.0', '2'),
      increments('1.25', '3.25'),
      hset({ '1': 'text' }),
      refuses('incrementHashField', { key, field: '1', by: '1.5' }, 'INVALID_STATE', 'input.field'),
    ],
  },
  {
    title: 'the length is the number of fields',
    from: 'redis-py test_hlen',
    steps: [hset({ '1': '1', '2': '2', '3': '3' }), reads('hash(name: "a") { length }', { length: 3 })],
  },
  {
    title: 'several fields are read at once, null for each that does not exist',
    from: 'redis-py test_hmget',
    steps: [
      hset({ a: '1', b: '2', c: '3' }),
      reads(
        'hash(name: "a") { a: field(name: "a") { value } x: field(name: "x") { value } c: field(name: "c") { value } }',
        {
          a: { value: '1' },
          x: null,
          c: { value: '3' },
        },
      ),
    ],
  },
  {
    title: 'fields are filtered by a pattern',
    from: 'redis-py test_hscan',
    steps: [hset({ a: '1', b: '2', c: '3' }), matches('*', { a: '1', b: '2', c: '3' }), matches('a', { a: '1' })],
  },
  {
    title: 'a pattern matches at the beginning, in the middle, at the end and exactly',
    from: 'RedisInsight hash/POST-databases-id-hash-get_fields',
    steps: [
      hset(many),
      matches('*_999', { field_999: '999' }),
      matches('field_99*', {
        field_99: '99',
        ...Object.fromEntries(Object.entries(many).filter(([name]) => /^field_99\d$/.test(name))),
      }),
      matches('f*_500', { field_500: '500' }),
      matches('field_77', { field_77: '77' }),
      matches('nothing', {}),
    ],
  },
  {
    title: 'a hash is created with an expiry and an empty value',
    from: 'RedisInsight hash/POST-databases-id-hash',
    steps: [
      writes(
        'setHashFields',
        { key, fields: [{ name: '', value: '' }], keyExpiry: { seconds: 100 } },
        { added: 1, key: { length: 1 } },
      ),
      valkey(['TTL', key], 100),
      holds({ '': '' }),
    ],
  },
  {
    title: 'a new field is added and an existing one is changed at once; a key that does not exist is created',
    from: 'RedisInsight hash/PUT-databases-id-hash',
    differs: 'Creating a key that exists',
    steps: [
      sets({ f1: '1' }, { added: 1 }),
      sets({ f1: 'new', f2: '2' }, { added: 1, key: { length: 2 } }),
      holds({ f1: 'new', f2: '2' }),
    ],
  },
  {
    title: 'fields that do not exist are ignored when others are deleted, and no key is no error',
    from: 'RedisInsight hash/DELETE-databases-id-hash-fields',
    differs: 'Deleting from a key that does not exist',
    steps: [
      hset({ f1: '1', f2: '2' }),
      writes('deleteHashFields', { key, fields: ['f1', 'none'] }, { deleted: 1, key: { length: 1 } }),
      writes(
        'deleteHashFields',
        { key: 'none', fields: ['f1'] },
        { deleted: 0, key: null },
        '{ deleted key { length } }',
      ),
    ],
  },
  {
    title: 'names and values are bytes that are not text',
    from: 'RedisInsight hash/PUT-databases-id-hash (buffers)',
    steps: [
      writes('setHashFields', { key, fields: [{ name: 'f', value: '/wA=' }], valueEncoding: 'BASE64' }, { added: 1 }),
      writes(
        'setHashFields',
        { key: '61', encoding: 'HEX', fields: [{ name: 'ff0d0a', value: 'text' }] },
        { added: 1 },
      ),
      reads(
        'hash(name: "61", encoding: HEX) { field(name: "ff0d0a", encoding: HEX) { name hex: name(encoding: HEX) value } }',
        {
          field: { name: null, hex: 'ff0d0a', value: 'text' },
        },
      ),
      reads('hash(name: "a") { field(name: "f") { value hex: value(valueEncoding: HEX) } }', {
        field: { value: null, hex: 'ff00' },
      }),
    ],
  },
  {
    title: 'a hash is not read or written as another type',
    from: 'RedisInsight hash/DELETE-databases-id-hash-fields (incorrect type)',
    steps: [
      valkey(['SET', key, 'text']),
      fails('hash(name: "a") { length }', 'WRONG_TYPE'),
      refuses('setHashFields', { key, fields: [{ name: 'f', value: 'v' }] }, 'WRONG_TYPE', 'input.key'),
      refuses('deleteHashFields', { key, fields: ['f'] }, 'WRONG_TYPE', 'input.key'),
      refuses('incrementHashField', { key, field: 'f' }, 'WRONG_TYPE', 'input.key'),
    ],
  },
  {
    title: 'a hash is browsed without knowing its type',
    from: 'valkey-admin keys-browser getKeyInfo (hash)',
    steps: [
      hset({ field1: 'value1', field2: 'value2' }),
      reads('key(name: "a") { type ... on HashKey { length allFields { name value } } }', {
        type: 'HASH',
        length: 2,
        allFields: anyOrder(fieldsOf({ field1: 'value1', field2: 'value2' })),
      }),
    ],
  },
  {
    title: 'fields expire one by one, or not at all on a server without the commands',
    from: 'redis-py test_hash test_hexpire_basic, test_hexpire_multiple_fields, test_hpersist_multiple_fields',
    steps: [
      hset({ f1: '1', f2: '2' }),
      byFieldExpiry(
        [
          writes(
            'setHashFieldExpiry',
            { key, fields: ['f1', 'none'], expiry: { seconds: 100 } },
            { applied: [true, false] },
          ),
          valkey(['HTTL', key, 'FIELDS', '2', 'f1', 'f2'], [100, -1]),
          reads('hash(name: "a") { field(name: "f2") { ttlSeconds } }', { field: { ttlSeconds: null } }),
          writes('setHashFieldExpiry', { key, fields: ['f1'], expiry: { policy: 'NEVER' } }, { applied: [true] }),
          valkey(['HTTL', key, 'FIELDS', '1', 'f1'], [-1]),
        ],
        [
          refuses(
            'setHashFieldExpiry',
            { key, fields: ['f1'], expiry: { seconds: 100 } },
            'NOT_SUPPORTED',
            'input.key',
          ),
          reads('hash(name: "a") { field(name: "f1") { ttlSeconds expiresAt } }', {
            field: { ttlSeconds: null, expiresAt: null },
          }),
        ],
      ),
    ],
  },
];

describePeerCases('hashes', cases);
