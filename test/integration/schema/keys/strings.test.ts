import { describe, expect, it } from 'vitest';
import { commandsDuring, openDataApi } from '../../../helpers/apis/data-api.js';
import { describeCluster, describeServer } from '../../../helpers/valkey/described-cluster.js';
import { bulk, startRecordedServer } from '../../../helpers/valkey/recorded-server.js';
import { startValkey, startValkeyCluster } from '../../../helpers/valkey/valkey.js';

const userErrors = 'userErrors { code path cause message }';
const base64 = (bytes: readonly number[]) => Buffer.from(bytes).toString('base64');

describe('reading strings', () => {
  it('reads ranges of bytes, counted from both ends', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'k', 'Grüße');
    const range = async (start: number, end: number, valueEncoding = 'UTF8') =>
      (await api.cluster(`string(name: "k") { range(start: ${start}, end: ${end}, valueEncoding: ${valueEncoding}) }`))
        .string.range;

    expect(await range(0, -1)).toBe('Grüße');
    expect(await range(0, 1)).toBe('Gr');
    expect(await range(-1, -1)).toBe('e');
    expect(await range(2, 3)).toBe('ü');
    // Half a character is no text.
    expect(await range(0, 2)).toBeNull();
    expect(await range(0, 2, 'HEX')).toBe('4772c3');
    expect(await range(100, 200)).toBe('');
    expect(await range(-1, 0)).toBe('');
    expect(await range(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)).toBe('Grüße');
  });

  it('reads and counts bits', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'k', 'foobar');
    expect(
      await api.cluster(`string(name: "k") {
        first: bit(offset: 0) second: bit(offset: 1) beyond: bit(offset: 4294967295)
        all: bitCount second_byte: bitCount(start: 1, end: 1) bits: bitCount(start: 5, end: 30, unit: BIT)
        last: bitCount(start: -1) none: bitCount(start: 9, end: 2) upTo: bitCount(end: 0)
      }`),
    ).toEqual({
      string: {
        ...{ first: false, second: true, beyond: false },
        ...{ all: 26, second_byte: 6, bits: 17, last: 4, none: 0, upTo: 4 },
      },
    });
  });

  it('refuses bits at offsets that no string has, and keeps the other fields', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'k', 'v');
    for (const offset of [-1, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      const { data, errors } = await api.run(
        `{ cluster(name: "orders") { string(name: "k") { value bit(offset: ${offset}) } } }`,
      );
      expect(data.cluster.string).toEqual({ value: 'v', bit: null });
      expect(errors).toMatchObject([{ originalError: { code: 'INVALID_INPUT', inputPath: ['offset'] } }]);
    }
  });

  it('reads the cardinality of a HyperLogLog, and null of another string', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('PFADD', 'hll', 'a', 'b', 'c', 'a');
    await server.command('SET', 'text', 'HYLL but no more');
    await server.command('SET', 'empty', '');
    await server.command('SET', 'corrupt', 'HYLL');
    await server.command('SETRANGE', 'corrupt', '15', 'x'.repeat(20));
    expect(
      await api.cluster(
        ['hll', 'text', 'empty', 'corrupt'].map((name) => `${name}: string(name: "${name}") { cardinality }`).join(' '),
      ),
    ).toMatchObject({ hll: { cardinality: 3 }, text: { cardinality: null }, empty: { cardinality: null } });
  });

  it('sends everything selected of a string together, and answers null for a key that does not exist', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'k', 'v');
    const counts = await commandsDuring([server], async () => {
      expect(
        await api.cluster('string(name: "k") { value length range(start: 0, end: 0) bit(offset: 1) bitCount }'),
      ).toEqual({ string: { value: 'v', length: 1, range: 'v', bit: true, bitCount: 5 } });
    });
    expect(counts).toEqual({ get: 1, strlen: 1, getrange: 1, getbit: 1, bitcount: 1 });
    for (const field of ['value', 'length', 'range(start: 0, end: -1)', 'bit(offset: 0)', 'bitCount', 'cardinality']) {
      expect(await api.cluster(`string(name: "absent") { ${field} }`)).toEqual({ string: null });
    }
    expect(await api.cluster('key(name: "k") { ... on StringKey { range(start: 5, end: 9) } }')).toEqual({
      key: { range: '' },
    });
  });

  it('answers null if the key is gone before its range is read, never an empty range', async () => {
    let isGone = false;
    await using server = await startRecordedServer(([name]) => {
      if (name === 'TYPE') return isGone ? '+none\r\n' : '+string\r\n';
      isGone = true;
      return bulk('');
    });
    await using api = openDataApi(describeServer(server));
    expect(await api.cluster('string(name: "k") { range(start: 0, end: -1) }')).toEqual({ string: null });
  });

  it('fails alone if the ACL denies a read', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* &* +@all -getrange -pfcount' } });
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'k', 'v');
    const { data, errors } = await api.run(
      '{ cluster(name: "orders") { string(name: "k") { value range(start: 0, end: 1) cardinality bitCount } } }',
    );
    expect(data.cluster.string).toEqual({ value: 'v', range: null, cardinality: null, bitCount: 5 });
    expect(errors?.map(({ originalError }) => originalError)).toMatchObject([
      { code: 'PERMISSION_DENIED' },
      { code: 'PERMISSION_DENIED' },
    ]);
  });

  it('refuses a key of another type', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('RPUSH', 'k', 'v');
    for (const field of ['length', 'value', 'range(start: 0, end: -1)', 'cardinality']) {
      const { data, errors } = await api.run(`{ cluster(name: "orders") { string(name: "k") { ${field} } } }`);
      expect(data.cluster.string).toBeNull();
      expect(errors).toMatchObject([{ originalError: { code: 'WRONG_TYPE', inputPath: ['name'] } }]);
    }
  });
});

describe('incrementing strings', () => {
  const selection = `{ value key { value } ${userErrors} }`;

  it('adds exactly within 64 bits, and refuses a sum beyond', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const add = (by?: unknown) =>
      api.mutate('incrementString', selection, { key: 'n', ...(by !== undefined && { by }) });

    expect(await add()).toEqual({ value: '1', key: { value: '1' }, userErrors: [] });
    expect(await add(-3)).toMatchObject({ value: '-2' });
    expect(await add('-0')).toMatchObject({ value: '-2' });
    expect(await add('0007')).toMatchObject({ value: '5' });
    await server.command('SET', 'n', '9007199254740993');
    expect(await add('9007199254740993')).toMatchObject({ value: '18014398509481986' });
    await server.command('SET', 'n', '0');
    expect(await add('9223372036854775807')).toMatchObject({ value: '9223372036854775807' });
    const beyond = { value: null, key: null, userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'by'] }] };
    expect(await add(1)).toMatchObject(beyond);
    expect(await server.command('GET', 'n')).toBe('9223372036854775807');
    await server.command('SET', 'n', '0');
    expect(await add('-9223372036854775808')).toMatchObject({ value: '-9223372036854775808' });
    expect(await add(-1)).toMatchObject(beyond);
    expect(await server.command('GET', 'n')).toBe('-9223372036854775808');
  });

  it('adds decimals with as many digits as Valkey', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const sum = async (present: string, by: string) => {
      await server.command('SET', 'n', present);
      const { value, userErrors: failures } = await api.mutate('incrementString', selection, { key: 'n', by });
      expect(failures).toEqual([]);
      expect(await server.command('GET', 'n')).toBe(value);
      return value as string;
    };
    expect(await sum('0.1', '0.2')).toBe('0.3');
    expect(await sum('5', '-2.5')).toBe('2.5');
    expect(await sum('1.5', '1.0')).toBe('2.5');
    expect(await sum('10', '5e3')).toBe('5010');
    expect(Number(await sum('1e308', '1e308'))).toBe(Infinity);
    expect(Number(await sum('0', '1e308'))).toBe(1e308);
    expect(Number(await sum('-1.0', '-1e-7'))).toBeCloseTo(-1.0000001, 15);
  });

  it('refuses amounts beyond what Valkey reads, before anything is sent', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const amounts = ['9223372036854775808', '-9223372036854775809', '1e309', `0.${'0'.repeat(300)}1`, '1e99999'];
    const counts = await commandsDuring([server], async () => {
      for (const by of amounts) {
        expect(await api.mutate('incrementString', selection, { key: 'n', by })).toMatchObject({
          value: null,
          userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'by'] }],
        });
      }
    });
    expect(counts).toEqual({});
    for (const by of ['inf', 'nan', '', ' 1', '0x10', 2 ** 60]) {
      await expect(api.mutate('incrementString', selection, { key: 'n', by })).rejects.toThrow(
        'Expected a number as text',
      );
    }
  });

  it('says that the present value is not such a number, and leaves it', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    for (const [present, by] of [
      ['text', 1],
      ['text', '1.5'],
      ['', '1'],
      ['1.5', 1],
      ['9223372036854775808', 1],
      [' 1', 1],
    ] as const) {
      await server.command('SET', 'n', present);
      const payload = await api.mutate('incrementString', selection, { key: 'n', by });
      expect([present, by, payload.userErrors]).toMatchObject([
        ...[present, by, [{ code: 'INVALID_STATE', path: ['input', 'key'] }]],
      ]);
      expect(await server.command('GET', 'n')).toBe(present);
    }
    await server.command('SET', 'n', 'inf');
    expect(await api.mutate('incrementString', selection, { key: 'n', by: '1.5' })).toMatchObject({
      userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'by'] }],
    });
  });
});

describe('writing parts of strings', () => {
  it('appends bytes that are not text, and keeps the expiry', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const append = (value: string, valueEncoding: string) =>
      api.mutate('appendToString', `{ length key { value(valueEncoding: HEX) ttlSeconds } ${userErrors} }`, {
        ...{ key: base64([0, 0xff, 13, 10]), encoding: 'BASE64', value, valueEncoding },
      });
    expect(await append('a\r\n\u0000', 'UTF8')).toEqual({
      ...{ length: 4, key: { value: '610d0a00', ttlSeconds: null }, userErrors: [] },
    });
    await api.mutate('setKeyExpiry', '{ applied }', {
      ...{ key: base64([0, 0xff, 13, 10]), encoding: 'BASE64', expiry: { seconds: 100 } },
    });
    const appended = await append(base64([0xff, 0xfe]), 'BASE64');
    expect(appended).toMatchObject({ length: 6, key: { value: '610d0a00fffe' } });
    expect(appended.key.ttlSeconds).toBeGreaterThan(90);
    expect(await append('', 'UTF8')).toMatchObject({ length: 6 });
    expect(await append('zz', 'HEX')).toMatchObject({
      userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'value'] }],
    });
  });

  it('overwrites bytes from an offset on, and refuses offsets from 512 MB on', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const set = (offset: number, value: string) =>
      api.mutate('setStringRange', `{ length key { value(valueEncoding: HEX) } ${userErrors} }`, {
        ...{ key: 'k', offset, value },
      });
    expect(await set(2, 'ab')).toEqual({ length: 4, key: { value: '00006162' }, userErrors: [] });
    expect(await set(0, 'c')).toMatchObject({ length: 4, key: { value: '63006162' } });
    expect(await set(10, '')).toMatchObject({ length: 4 });
    for (const offset of [-1, 512 * 1024 ** 2, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
      expect(await set(offset, 'x')).toMatchObject({
        length: null,
        key: null,
        userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'offset'] }],
      });
    }
    expect(await server.command('STRLEN', 'k')).toBe(4);
  });

  it('sets bits and returns the bit before, and refuses offsets from 2^32 on', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const set = (offset: number, value: boolean) =>
      api.mutate('setBit', `{ previous key { value(valueEncoding: HEX) } ${userErrors} }`, { key: 'k', offset, value });
    expect(await set(7, true)).toEqual({ previous: false, key: { value: '01' }, userErrors: [] });
    expect(await set(8, false)).toMatchObject({ previous: false, key: { value: '0100' } });
    expect(await set(7, false)).toMatchObject({ previous: true, key: { value: '0000' } });
    for (const offset of [-1, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      expect(await set(offset, true)).toMatchObject({
        userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'offset'] }],
      });
    }
  });

  it('takes a string once, with its bytes', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const value = base64([0xff, 0]);
    await api.mutate('setString', '{ applied }', { key: 'k', value, valueEncoding: 'BASE64' });
    const take = () =>
      api.mutate('takeString', `{ existed value bytes: value(valueEncoding: BASE64) key { id } ${userErrors} }`, {
        key: 'k',
      });
    expect(await take()).toEqual({ existed: true, value: null, bytes: value, key: null, userErrors: [] });
    expect(await take()).toEqual({ existed: false, value: null, bytes: null, key: null, userErrors: [] });
    expect(await server.command('EXISTS', 'k')).toBe(0);
    await server.command('SET', 'k', '');
    expect(await take()).toMatchObject({ existed: true, value: '' });
  });

  it('adds elements to a HyperLogLog', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const add = (elements: readonly string[], input: object = {}) =>
      api.mutate('addToHyperLogLog', `{ changed key { cardinality } ${userErrors} }`, {
        ...{ key: 'hll', elements, ...input },
      });
    expect(await add(['a', 'b', ''])).toEqual({ changed: true, key: { cardinality: 3 }, userErrors: [] });
    expect(await add(['b', 'a'])).toMatchObject({ changed: false, key: { cardinality: 3 } });
    expect(await add(['ff', '00'], { valueEncoding: 'HEX' })).toMatchObject({ key: { cardinality: 5 } });
    const many = Array.from({ length: 1000 }, (_, at) => `${at}`);
    const { key } = await add(many);
    expect(Math.abs(key.cardinality - 1005)).toBeLessThan(50);
    for (const elements of [[], [...many, 'x']]) {
      expect(await add(elements)).toMatchObject({
        userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'elements'] }],
      });
    }
    await server.command('SET', 'hll', 'text');
    expect(await add(['a'])).toMatchObject({ userErrors: [{ code: 'WRONG_TYPE', path: ['input', 'key'] }] });
  });
});

/** Each mutation of strings with an input that is valid. */
const mutations = {
  appendToString: { value: 'v' },
  incrementString: { by: '1' },
  setStringRange: { offset: 0, value: 'v' },
  takeString: {},
  setBit: { offset: 0, value: true },
  addToHyperLogLog: { elements: ['a'] },
};

describe.each(Object.entries(mutations))('%s', (name, input) => {
  it('refuses a key of another type', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('HSET', 'h', 'f', 'v');
    expect(await api.mutate(name, `{ key { id } ${userErrors} }`, { key: 'h', ...input })).toMatchObject({
      key: null,
      userErrors: [{ code: 'WRONG_TYPE', path: ['input', 'key'], cause: 'WRONGTYPE' }],
    });
    expect(await server.command('HGETALL', 'h')).toEqual(['f', 'v']);
  });

  it('reports what the ACL denies', async () => {
    await using server = await startValkey({ users: { default: 'on nopass %R~* ~own:* +@all' } });
    await using api = openDataApi(describeServer(server));
    expect(await api.mutate(name, userErrorsOnly, { key: 'foreign', ...input })).toMatchObject({
      userErrors: [{ code: 'PERMISSION_DENIED', path: ['input', 'key'], cause: 'NOPERM' }],
    });
    expect(await api.mutate(name, userErrorsOnly, { key: 'own:1', ...input })).toEqual({ userErrors: [] });
  });

  it('reports that the memory is exhausted, unless it frees memory', async () => {
    await using server = await startValkey({ args: ['--maxmemory', '1', '--maxmemory-policy', 'noeviction'] });
    await using api = openDataApi(describeServer(server));
    const expected = name === 'takeString' ? [] : [{ code: 'OUT_OF_MEMORY', path: ['input', 'key'], cause: 'OOM' }];
    expect((await api.mutate(name, userErrorsOnly, { key: 'k', ...input })).userErrors).toMatchObject(expected);
  });
});
const userErrorsOnly = `{ ${userErrors} }`;

it('reads and writes strings of all shards', async () => {
  await using cluster = await startValkeyCluster();
  await using api = openDataApi(describeCluster(cluster));
  const keys = Array.from({ length: 8 }, (_, at) => `n${at}`);
  for (const [at, key] of keys.entries()) {
    expect(await api.mutate('incrementString', '{ value key { value } }', { key, by: at })).toEqual({
      value: `${at}`,
      key: { value: `${at}` },
    });
  }
  const answer = await api.cluster(
    keys.map((key) => `${key}: string(name: "${key}") { range(start: 0, end: 0) }`).join(' '),
  );
  expect(Object.values(answer)).toEqual(keys.map((_, at) => ({ range: `${at}` })));
});
