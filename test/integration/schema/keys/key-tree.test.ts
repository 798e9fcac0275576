import { describe, expect, it } from 'vitest';
import { createAccess } from '../../../../src/domain/access/access.js';
import { openDataApi, type DataApi } from '../../../helpers/apis/data-api.js';
import { principal } from '../../../helpers/access/principals.js';
import { describeCluster, describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startValkey, startValkeyCluster } from '../../../helpers/valkey/valkey.js';

const sessionsOnly = principal(
  'somebody',
  createAccess([{ operations: ['keys:read'], clusters: ['*'], keys: ['session:*'], channels: [], groups: [] }]),
);

/** The whole level, with the counts of its pages added up. */
async function level(api: DataApi, args: string) {
  const counts = new Map<string, number>();
  const keys: string[] = [];
  let after: string | null = null;
  let pages = 0;
  do {
    const { cluster } = await api.data(
      `query ($after: String) { cluster(name: "orders") { keyTree(after: $after, ${args}) {
        prefixes { prefix keyCount } keys { name } isComplete endCursor
      } } }`,
      { after },
    );
    const tree: any = cluster.keyTree;
    for (const { prefix, keyCount } of tree.prefixes)
      counts.set(String(prefix), (counts.get(String(prefix)) ?? 0) + Number(keyCount));
    keys.push(...tree.keys.map(({ name }: { name: string }) => name));
    expect(tree.isComplete).toBe(tree.endCursor === null);
    after = tree.endCursor;
    pages += 1;
  } while (after !== null);
  return { prefixes: Object.fromEntries([...counts].toSorted()), keys: keys.toSorted(), pages };
}

describe('keyTree', () => {
  it('counts each key as scanned for one page only, wherever the pages end', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('EVAL', 'for at = 1, 3000 do redis.call("SET", "p" .. at % 40 .. ":" .. at, "") end', '0');
    let after: string | null = null;
    let scanned = 0;
    let counted = 0;
    do {
      const { cluster } = await api.data(
        `query ($after: String) { cluster(name: "orders") { keyTree(after: $after, first: 7) {
          prefixes { keyCount } scanned endCursor
        } } }`,
        { after },
      );
      const tree: any = cluster.keyTree;
      scanned += Number(tree.scanned);
      for (const { keyCount } of tree.prefixes) counted += Number(keyCount);
      after = tree.endCursor;
    } while (after !== null);
    expect(counted).toBe(3000);
    // A node that filters does not report exactly how many keys it visits.
    expect(scanned).toBeGreaterThan(2900);
    expect(scanned).toBeLessThan(3100);
  });

  it('has the prefixes one level below with their keys, and the keys at the level', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const names = ['user', 'user:', 'user:1', 'user:1:a', 'user:1:b', 'user:2:a', 'user::x', 'order:7', 'u*er:1:z'];
    await server.command('MSET', ...names.flatMap((name) => [name, '']));
    expect(await level(api, 'prefix: ""')).toMatchObject({
      prefixes: { 'order:': 1, 'u*er:': 1, 'user:': 6 },
      keys: ['user'],
    });
    expect(await level(api, 'prefix: "user:"')).toMatchObject({
      prefixes: { 'user:1:': 2, 'user:2:': 1, 'user::': 1 },
      keys: ['user:', 'user:1'],
    });
    // Glob characters of a prefix have no meaning.
    expect(await level(api, 'prefix: "u*er:"')).toMatchObject({ prefixes: { 'u*er:1:': 1 }, keys: [] });
    expect(await level(api, 'prefix: "user:1", delimiter: "1:"')).toMatchObject({
      prefixes: {},
      keys: ['user:1', 'user:1:a', 'user:1:b'],
    });
    expect(await level(api, 'prefix: "757365723a", delimiter: "3a", encoding: HEX')).toMatchObject({
      prefixes: { 'user:1:': 2, 'user:2:': 1, 'user::': 1 },
    });
  });

  it.each(['[a]', '^', '-', '?', '\\\\', '*'])('takes the prefix %s as it is', async (prefix) => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const bytes = prefix.replace('\\\\', '\\');
    await server.command('MSET', `${bytes}x:1`, '', 'ax:2', '', 'xx:3', '');
    expect(await level(api, `prefix: "${prefix}"`)).toMatchObject({ prefixes: { [`${bytes}x:`]: 1 }, keys: [] });
  });

  it('counts each of 20,000 keys of a cluster over all pages, within `first` and `maxScanned`', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    const commands = await api.connections.commands('orders');
    const names = Array.from({ length: 20_000 }, (_, at) => `t:${at % 40}:${at}`);
    await Promise.all(names.map((key) => commands.send({ args: ['SET', key, ''], key: Buffer.from(key) })));
    const expected = Object.fromEntries(
      Array.from({ length: 40 }, (_, at): [string, number] => [`t:${at}:`, 500]).toSorted(),
    );
    const all = await level(api, 'prefix: "t:", maxScanned: 1000000');
    expect(all).toEqual({ prefixes: expected, keys: [], pages: 1 });
    const scanned = await level(api, 'prefix: "t:", maxScanned: 3000');
    expect(scanned.prefixes).toEqual(expected);
    expect(scanned.pages).toBeGreaterThan(5);
    const uneven = await level(api, 'prefix: "t:", maxScanned: 1234');
    expect(uneven.prefixes).toEqual(expected);
    const few = await level(api, 'prefix: "t:", first: 7, maxScanned: 1000000');
    expect(few.prefixes).toEqual(expected);
    expect(few.pages).toBeGreaterThan(100);
    // A page ends at the eighth prefix. If names were in no order, that would be after a few names.
    expect(few.pages).toBeLessThan(600);
  }, 60_000);

  it('reports how many keys it has scanned, as listings and the biggest keys do', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    const commands = await api.connections.commands('orders');
    const names = Array.from({ length: 1234 }, (_, at) => `${at % 7 === 0 ? 'rare' : 'often'}:${at}`);
    await Promise.all(names.map((key) => commands.send({ args: ['SET', key, ''], key: Buffer.from(key) })));
    const found = await api.cluster(`
      all: keyTree { scanned isComplete }
      rare: keyTree(prefix: "rare:", first: 1000) { scanned isComplete }
      none: keyTree(prefix: "none:") { scanned isComplete }
      bigKeys { scanned isComplete }
    `);
    const whole = { scanned: 1234, isComplete: true };
    expect(found).toEqual({ all: whole, rare: whole, none: whole, bigKeys: whole });
    const listed = await api.cluster(`
      all: keys(first: 1000) { scanned }
      rare: keys(first: 1000, match: "rare:*") { scanned }
      pattern: keys(first: 1000, match: "r*:?") { scanned }
      hashes: keys(first: 1000, type: HASH) { scanned }
    `);
    expect(listed).toMatchObject({ rare: { scanned: 1234 }, pattern: { scanned: 1234 }, hashes: { scanned: 1234 } });
    expect(listed.all.scanned).toBeGreaterThanOrEqual(950);
    expect(listed.all.scanned).toBeLessThan(1100);
  });

  it('reports about as many scanned keys over all pages as there are', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await server.command('EVAL', 'for at = 1, 5000 do redis.call("SET", "k:" .. at, "") end', '0');
    const total = async (field: string, args: string) => {
      let sum = 0;
      let after: string | null = null;
      do {
        const cursor: string = after === null ? '' : `, after: "${after}"`;
        const selection = field === 'keys' ? 'pageInfo { endCursor hasNextPage }' : 'endCursor';
        const page = (await api.cluster(`${field}(${args}${cursor}) { scanned ${selection} }`))[field];
        sum += page.scanned as number;
        after = field === 'keys' ? (page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null) : page.endCursor;
      } while (after !== null);
      return sum;
    };
    // A page may begin with the reply in the middle of which the one before ended.
    for (const [field, args] of [
      ['keyTree', 'prefix: "none:", maxScanned: 700'],
      ['keyTree', 'maxScanned: 700'],
      ['keys', 'match: "none:*", maxScanned: 700'],
      ['keys', 'match: "k:*", first: 300'],
      ['keys', 'first: 300'],
    ] as const) {
      const sum = await total(field, args);
      expect(sum, args).toBeGreaterThanOrEqual(4900);
      expect(sum, args).toBeLessThanOrEqual(5500);
    }
  });

  it('counts only keys that the caller may read', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server), { principal: sessionsOnly });
    await server.command('MSET', 'session:1', '', 'session:2', '', 'session:a:b', '', 'private:1', '');
    const { keyTree } = await api.cluster('keyTree { prefixes { prefix keyCount } scanned }');
    expect(keyTree).toEqual({ prefixes: [{ prefix: 'session:', keyCount: 3 }], scanned: 3 });
    const { bigKeys } = await api.cluster('bigKeys { keys { key { name } } scanned isComplete }');
    expect(bigKeys.keys).toHaveLength(3);
    expect(bigKeys).toMatchObject({ scanned: 3, isComplete: true });
  });

  it.each([
    ['delimiter: ""', 'delimiter'],
    ['first: 0', 'first'],
    ['maxScanned: 0', 'maxScanned'],
    ['maxScanned: 1000001', 'maxScanned'],
    ['after: "x"', 'after'],
  ])('refuses %s', async (args, path) => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const { errors } = await api.run(`{ cluster(name: "orders") { keyTree(${args}) { scanned } } }`);
    expect(errors?.[0]?.originalError).toMatchObject({ code: 'INVALID_INPUT', inputPath: [path] });
  });
});

describe('bigKeys', () => {
  it('has the biggest keys of all shards, with memory and length', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    const commands = await api.connections.commands('orders');
    const send = (...args: [string, string, ...string[]]) => commands.send({ args, key: Buffer.from(args[1]) });
    await Promise.all(Array.from({ length: 2000 }, (_, at) => send('SET', `small:${at}`, 'x')));
    await send('SET', 'big', 'x'.repeat(100_000));
    await send('RPUSH', 'list', ...Array.from({ length: 500 }, () => 'y'.repeat(100)));
    await send('HSET', 'hash', 'f', 'z'.repeat(20_000));
    const { bigKeys } = await api.cluster(
      'bigKeys(first: 3) { keys { key { name type memoryUsageBytes } memoryBytes length } scanned isComplete }',
    );
    expect(bigKeys.keys.map(({ key, length }: any) => [key.name, key.type, length])).toEqual([
      ['big', 'STRING', 100_000],
      ['list', 'LIST', 500],
      ['hash', 'HASH', 1],
    ]);
    for (const { key, memoryBytes } of bigKeys.keys) expect(memoryBytes).toBe(key.memoryUsageBytes);
    expect(bigKeys.isComplete).toBe(true);
    const sampled = await api.cluster('bigKeys(first: 3, maxScanned: 600) { scanned isComplete }');
    expect(sampled.bigKeys.isComplete).toBe(false);
    expect(sampled.bigKeys.scanned).toBeLessThanOrEqual(1000);
  });

  it('orders by length if Valkey refuses MEMORY USAGE', async () => {
    await using server = await startValkey({ users: { limited: 'on nopass ~* &* +@all -memory' } });
    await using api = openDataApi(describeServer(server));
    await api.connections.connect('orders', { username: 'limited', password: 'canary-any' });
    await server.command('MSET', 'short', 'x', 'long', 'x'.repeat(1000), 'medium', 'x'.repeat(50));
    const { bigKeys } = await api.cluster('bigKeys(first: 2) { keys { key { name } memoryBytes length } }');
    expect(bigKeys.keys).toEqual([
      { key: { name: 'long' }, memoryBytes: null, length: 1000 },
      { key: { name: 'medium' }, memoryBytes: null, length: 50 },
    ]);
  });
});
