import { describe, expect, test } from 'vitest';
import { serve } from '../../helpers/apis/served-api.js';
import { data, post } from '../../helpers/clients/graphql-client.js';
import { scrape } from '../../helpers/run/scrape.js';
import { startValkey, type TestValkey } from '../../helpers/valkey/valkey.js';

const MB = 1_000_000;
const names = Array.from({ length: 100 }, (_, at) => `k${at}`);
const times = (count: number, part: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => part(at)).join(' ');

/** Starts a server with large values. */
async function startWithValues(bytes: number, count = names.length): Promise<TestValkey> {
  const server = await startValkey();
  const set = "server.call('SET', KEYS[1], string.rep('v', ARGV[1]))";
  for (const name of names.slice(0, count)) await server.command('EVAL', set, '1', name, String(bytes));
  return server;
}

/** How often the server has executed a command, and how many bytes it has sent. */
async function counted(server: TestValkey, command: string): Promise<{ calls: number; sent: number }> {
  const stats = String(await server.command('INFO', 'commandstats'));
  const traffic = String(await server.command('INFO', 'stats'));
  return {
    calls: Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0),
    sent: Number(/total_net_output_bytes:(\d+)/.exec(traffic)![1]),
  };
}

test('bits are counted in ranges of at most `maxCountedBytes`, whatever the length of the value', async () => {
  await using server = await startValkey();
  await using api = await serve({ orders: server });
  await server.command('SETRANGE', 'k', String(40_000_000), '\u0001');
  const count = (...ranges: readonly string[]): string =>
    `{ cluster(name: "orders") { key(name: "k") { ... on StringKey { ${ranges.map((range, at) => `r${at}: bitCount${range}`).join(' ')} } } } }`;
  const before = await counted(server, 'bitcount');
  const { errors } = await post(api.url, count('', '(start: 1)', '(start: 0, end: 16777216)'));
  expect((await counted(server, 'bitcount')).calls).toBe(before.calls);
  expect(errors!.map(({ extensions }) => extensions)).toEqual(
    Array.from({ length: 3 }, () => expect.objectContaining({ code: 'LIMIT_EXCEEDED', limit: 'maxCountedBytes' })),
  );
  expect(errors![0]!.message).toBe(
    'Expected a range (`start` and `end` of `bitCount`) with a length in bytes of at most 16777216, got 40000001.',
  );
  const parts = ['(start: 0, end: 16777215)', '(start: 16777216, end: 33554431)', '(start: 33554432)'];
  expect(await data(api.url, count(...parts))).toEqual({ cluster: { key: { r0: 0, r1: 0, r2: 1 } } });
  expect((await scrape(api.url)).get('cachegraph_limit_hits_total{limit="maxCountedBytes"}')).toBe(3);
});

describe('An operation that reads more than an answer may hold', () => {
  test.each([
    ['with an end', 3_999_999, 10],
    ['up to the end', -1, 16],
  ])('stops reading: ranges %s', async (_title, end, atMost) => {
    await using server = await startWithValues(4 * MB, 4);
    await using api = await serve({ orders: server });
    const ranges = times(25, (at) => `r${at}: range(start: ${at}, end: ${end})`);
    const keys = times(4, (at) => `k${at}: key(name: "k${at}") { ... on StringKey { ${ranges} } }`);
    const before = await counted(server, 'getrange');
    const { errors } = await post(api.url, `{ cluster(name: "orders") { ${keys} } }`);
    const after = await counted(server, 'getrange');

    expect(after.calls - before.calls).toBeGreaterThanOrEqual(8);
    expect(after.calls - before.calls).toBeLessThanOrEqual(atMost);
    expect(after.sent - before.sent).toBeLessThan((atMost + 1) * 4 * MB);
    expect(errors!.length).toBeGreaterThanOrEqual(100 - 8);
    for (const { extensions } of errors!) {
      expect(extensions).toMatchObject({ code: 'LIMIT_EXCEEDED', limit: 'maxAnswerLength', max: 33_554_432 });
    }
    expect((await scrape(api.url)).get('cachegraph_limit_hits_total{limit="maxAnswerLength"}')).toBe(1);
    // Other operations have a limit of their own.
    const first = '{ cluster(name: "orders") { key(name: "k1") { ... on StringKey { range(start: 0, end: 2) } } } }';
    expect(await data(api.url, first)).toEqual({ cluster: { key: { range: 'vvv' } } });
  });

  test('is refused if the values are those of many keys', async () => {
    await using server = await startWithValues(1 * MB);
    await using api = await serve({ orders: server }, { limits: { maxAnswerLength: 8 * MB } });
    const values =
      '($names: [String!]!) { cluster(name: "orders") { keysByName(names: $names) { ... on StringKey { value } } } }';
    const read = (count: number) => post(api.url, `query ${values}`, { names: names.slice(0, count) });
    const { errors } = await read(100);
    expect(errors).toHaveLength(100);
    for (const { extensions } of errors!) {
      expect(extensions).toMatchObject({ code: 'LIMIT_EXCEEDED', limit: 'maxAnswerLength', max: 8 * MB });
    }
    expect((await read(1)).errors).toBeUndefined();
  });

  test('changes data all the same if it is a mutation, whose own commands are not limited', async () => {
    await using server = await startWithValues(1 * MB, 10);
    await using api = await serve({ orders: server }, { limits: { maxAnswerLength: 100_000 } });
    const set = (at: number): string =>
      `m${at}: setString(input: { cluster: "orders", key: "k${at}", value: "new" }) { userErrors { message } }`;
    const read = '{ cluster(name: "orders") { key(name: "k9") { ... on StringKey { value } } } }';
    expect((await post(api.url, read)).errors![0]!.extensions).toMatchObject({ code: 'LIMIT_EXCEEDED' });
    const { data: written } = await post(api.url, `mutation { ${times(3, set)} }`);
    expect(written).toEqual({ m0: { userErrors: [] }, m1: { userErrors: [] }, m2: { userErrors: [] } });
    expect(await server.command('GET', 'k2')).toBe('new');
  });
});

describe('A value that a mutation removes and returns is not lost', () => {
  const limits = { maxAnswerLength: 100_000 };
  const take = (key: string, selection = 'existed value'): string =>
    `takeString(input: { cluster: "orders", key: "${key}" }) { ${selection} }`;
  const refused = { code: 'LIMIT_EXCEEDED', limit: 'maxAnswerLength', max: 100_000 };

  test('if a string is longer than an answer may be: nothing is executed', async () => {
    await using server = await startWithValues(100_001, 1);
    await using api = await serve({ orders: server }, { limits });
    const { errors } = await post(api.url, `mutation { ${take('k0')} }`);
    expect(errors).toEqual([expect.objectContaining({ extensions: expect.objectContaining(refused) as object })]);
    expect(errors![0]!.message).toBe(
      'Expected values that one operation removes and returns (this one was not removed) with a length in bytes of at most 100000, got 100001.',
    );
    expect(await server.command('STRLEN', 'k0')).toBe(100_001);
    expect((await counted(server, 'getdel')).calls).toBe(0);
    expect((await scrape(api.url)).get('cachegraph_limit_hits_total{limit="maxAnswerLength"}')).toBe(1);
  });

  test('if strings are longer together: the last ones are not taken', async () => {
    await using server = await startWithValues(40_000, 4);
    await using api = await serve({ orders: server }, { limits });
    const answer = await post(api.url, `mutation { ${times(4, (at) => `m${at}: ${take(`k${at}`)}`)} }`);
    const value = 'v'.repeat(40_000);
    const taken = { existed: true, value };
    expect(answer.data).toEqual({ m0: taken, m1: taken, m2: null, m3: null });
    expect(answer.errors!.map(({ path }) => path)).toEqual([['m2'], ['m3']]);
    expect(await server.command('EXISTS', 'k0', 'k1', 'k2', 'k3')).toBe(2);
  });

  test('if its escapes make the answer too long', async () => {
    await using server = await startValkey();
    await using api = await serve({ orders: server }, { limits });
    const value = '\u0001'.repeat(90_000);
    await server.command('SET', 'k', value);
    const selection = 'value base64: value(valueEncoding: BASE64)';
    expect(await data(api.url, `mutation { ${take('k', selection)} }`)).toEqual({
      takeString: { value, base64: Buffer.from(value).toString('base64') },
    });
  });

  test('if the user may take a string but not ask for its length', async () => {
    await using server = await startWithValues(100_001, 1);
    await server.command('ACL', 'SETUSER', 'default', '-strlen');
    await using api = await serve({ orders: server }, { limits });
    expect(await data(api.url, `mutation { ${take('k0')} }`)).toEqual({
      takeString: { existed: true, value: 'v'.repeat(100_001) },
    });
  });

  test('if it is the previous value of a string that was replaced', async () => {
    await using server = await startWithValues(200_000, 1);
    await using api = await serve({ orders: server }, { limits });
    const set = 'mutation { setString(input: { cluster: "orders", key: "k0", value: "new" }) { applied previous } }';
    expect(await data(api.url, set)).toEqual({ setString: { applied: true, previous: 'v'.repeat(200_000) } });
  });

  test.each([
    ['popListElements', 'elements', ['RPUSH', 'k']],
    ['popSetMembers', 'members', ['SADD', 'k']],
    ['popSortedSetMembers', 'members { value }', ['ZADD', 'k', '1']],
  ])('if it is an element that was removed by %s, and no more are removed', async (name, selection, command) => {
    await using server = await startValkey();
    await using api = await serve({ orders: server }, { limits });
    const element = 'v'.repeat(60_000);
    for (let at = 0; at < 4; at += 1) await server.command(...(command as [string]), `${at}${element}`);
    const pop = `${name}(input: { cluster: "orders", key: "k", count: 2 }) { ${selection} }`;
    const answer = await post(api.url, `mutation { first: ${pop} second: ${pop} }`);
    const text = JSON.stringify(answer.data);
    expect(text.length).toBeGreaterThan(120_000);
    expect(answer.data).toMatchObject({ second: null });
    expect(answer.errors).toEqual([
      expect.objectContaining({ extensions: expect.objectContaining(refused) as object }),
    ]);
    const length = { popListElements: 'LLEN', popSetMembers: 'SCARD' }[name] ?? 'ZCARD';
    expect(await server.command(length, 'k')).toBe(2);
  });

  test('but another answer to a mutation that is too long is refused', async () => {
    await using server = await startValkey();
    await using api = await serve({ orders: server }, { limits });
    const set =
      'mutation ($value: String!) { setString(input: { cluster: "orders", key: "k", value: $value }) { key { value again: value } } }';
    const { errors } = await post(api.url, set, { value: 'v'.repeat(60_000) });
    expect(errors).toEqual([
      expect.objectContaining({
        message:
          'Expected an answer to the mutation, which was executed, with a length in bytes of at most 100000, got more.',
      }),
    ]);
  });
});
