import { describe, expect, it } from 'vitest';
import { commandsDuring, openDataApi, type DataApi } from '../../helpers/apis/data-api.js';
import { describeCluster, describeServer } from '../../helpers/valkey/described-cluster.js';
import { startValkey, startValkeyCluster, type TestValkey } from '../../helpers/valkey/valkey.js';

const errors = 'userErrors { code path cause message }';
const page = 'nodes { value score } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';

/** The selection on the sorted set `z`. */
async function read(api: DataApi, selection: string): Promise<any> {
  return (await api.cluster(`sortedSet(name: "z") { ${selection} }`)).sortedSet;
}

async function add(server: TestValkey, scores: Readonly<Record<string, number | string>>): Promise<void> {
  await server.command('ZADD', 'z', ...Object.entries(scores).flatMap(([value, score]) => [String(score), value]));
}

const values = ({ nodes }: { nodes: { value: string }[] }): string[] => nodes.map(({ value }) => value);

describe('reading sorted sets', () => {
  it('reads members by rank in both directions, from any rank on, with their ranks', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await add(server, { a: 1, b: 2, c: 2, d: 3.5, e: 10 });
    const ranked = 'nodes { value rank } edges { cursor } pageInfo { hasNextPage endCursor }';
    const set = await read(
      api,
      `type length
       up: membersByRank(first: 2) { ${ranked} }
       down: membersByRank(first: 2, reverse: true) { nodes { value rank top: rank(reverse: true) } pageInfo { endCursor } }
       last: membersByRank(start: -2) { ${ranked} }
       lowest: membersByRank(start: -2, reverse: true) { nodes { value } }
       before: membersByRank(start: -100, first: 1) { nodes { value rank } }
       behind: membersByRank(start: 5) { ${ranked} }`,
    );
    expect(set).toMatchObject({
      type: 'SORTED_SET',
      length: 5,
      up: {
        nodes: [
          { value: 'a', rank: 0 },
          { value: 'b', rank: 1 },
        ],
        pageInfo: { hasNextPage: true },
      },
      down: {
        nodes: [
          { value: 'e', rank: 4, top: 0 },
          { value: 'd', rank: 3, top: 1 },
        ],
      },
      last: {
        nodes: [
          { value: 'd', rank: 3 },
          { value: 'e', rank: 4 },
        ],
        pageInfo: { hasNextPage: false },
      },
      lowest: { nodes: [{ value: 'b' }, { value: 'a' }] },
      before: { nodes: [{ value: 'a', rank: 0 }] },
      behind: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } },
    });
    expect(set.up.edges[1].cursor).toBe(set.up.pageInfo.endCursor);
    const next = await read(
      api,
      `up: membersByRank(first: 2, after: "${set.up.pageInfo.endCursor}") { ${page} }
       down: membersByRank(first: 5, reverse: true, after: "${set.down.pageInfo.endCursor}") { ${page} }`,
    );
    expect(next).toMatchObject({
      up: {
        nodes: [{ value: 'c' }, { value: 'd', score: 3.5 }],
        pageInfo: { hasNextPage: true, hasPreviousPage: true },
      },
      down: { nodes: [{ value: 'c' }, { value: 'b' }, { value: 'a' }], pageInfo: { hasNextPage: false } },
    });
  });

  it('reads and counts members by score, with open and infinite bounds; a range whose min is greater than max is empty', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await add(server, { low: '-inf', a: 1, b: 2, c: 2, d: 3, high: 'inf' });
    const ranges: readonly (readonly [range: string, expected: string])[] = [
      ['{}', 'low a b c d high'],
      ['{ min: 1, max: 3 }', 'a b c d'],
      ['{ min: 1, max: 3, excludeMin: true }', 'b c d'],
      ['{ min: 1, max: 3, excludeMax: true }', 'a b c'],
      ['{ min: "-inf", excludeMin: true, max: "inf", excludeMax: true }', 'a b c d'],
      ['{ min: "inf" }', 'high'],
      ['{ max: "-inf" }', 'low'],
      ['{ min: "2", max: 2.0 }', 'b c'],
      ['{ min: 3, max: 1 }', ''],
      ['{ min: "inf", max: "-inf" }', ''],
      ['{ min: 2, max: 2, excludeMin: true }', ''],
      ['{ min: 1e308 }', 'high'],
    ];
    const selection = ranges.map(
      ([range], at) =>
        `c${at}: count(range: ${range}) up${at}: membersByScore(range: ${range}) { nodes { value } }
         down${at}: membersByScore(range: ${range}, reverse: true) { nodes { value } }`,
    );
    const set = await read(api, selection.join('\n'));
    for (const [at, [range, expected]] of ranges.entries()) {
      const members = expected === '' ? [] : expected.split(' ');
      expect(values(set[`up${at}`]), range).toEqual(members);
      expect(values(set[`down${at}`]), range).toEqual(members.toReversed());
      expect(set[`c${at}`], range).toBe(members.length);
    }
  });

  it('reads members by their bytes, with open bounds and bytes that are not UTF-8', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const members = ['', '00', '0d0a', '61', '6162', '62', 'c3a9', 'ff', 'ff00'];
    await api.mutate('addSortedSetMembers', `{ added ${errors} }`, {
      key: 'z',
      members: members.map((value) => ({ value, score: 0 })),
      valueEncoding: 'HEX',
    });
    const ranges: readonly (readonly [range: string, expected: readonly string[]])[] = [
      ['{}', members],
      ['{ min: "" }', members],
      ['{ min: "", excludeMin: true }', members.slice(1)],
      ['{ max: "" }', ['']],
      ['{ min: "a", max: "b" }', ['61', '6162', '62']],
      ['{ min: "a", max: "b", excludeMin: true, excludeMax: true }', ['6162']],
      ['{ min: "ff", valueEncoding: HEX }', ['ff', 'ff00']],
      ['{ min: "ff", excludeMin: true, valueEncoding: HEX }', ['ff00']],
      ['{ max: "AA==", valueEncoding: BASE64 }', ['', '00']],
      ['{ min: "b", max: "a" }', []],
      ['{ excludeMin: true, excludeMax: true }', members],
    ];
    const nodes = 'nodes { value(valueEncoding: HEX) score }';
    const selection = ranges.map(
      ([range], at) =>
        `up${at}: membersByLex(range: ${range}) { ${nodes} } down${at}: membersByLex(range: ${range}, reverse: true) { ${nodes} }`,
    );
    const set = await read(api, selection.join('\n'));
    for (const [at, [range, expected]] of ranges.entries()) {
      expect(values(set[`up${at}`]), range).toEqual(expected);
      expect(values(set[`down${at}`]), range).toEqual(expected.toReversed());
    }
    expect(await read(api, 'all: membersByRank { nodes { value score } }')).toMatchObject({
      all: {
        nodes: expect.arrayContaining([
          { value: null, score: 0 },
          { value: 'é', score: 0 },
        ]) as unknown,
      },
    });
  });

  it('reads one member with its score and, if selected, its rank from either end', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await add(server, { a: 1, b: 2, c: 3 });
    const set = await read(
      api,
      `member(value: "b") { value score rank top: rank(reverse: true) }
       bytes: member(value: "62", valueEncoding: HEX) { value(valueEncoding: BASE64) }
       none: member(value: "x") { score rank }`,
    );
    expect(set).toEqual({ member: { value: 'b', score: 2, rank: 1, top: 1 }, bytes: { value: 'Yg==' }, none: null });
  });

  it('scans members with a pattern', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    for (let from = 0; from < 600; from += 200) {
      await add(server, Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`m${from + at}`, from + at])));
    }
    const found = new Map<string, number>();
    let after: string | null = null;
    do {
      const { members } = await read(
        api,
        `members(first: 70, match: "m*5", after: ${JSON.stringify(after)}) { nodes { value score rank } pageInfo { hasNextPage endCursor } }`,
      );
      for (const { value, score, rank } of members.nodes) {
        expect(rank).toBe(score);
        found.set(value, score);
      }
      after = members.pageInfo.hasNextPage ? members.pageInfo.endCursor : null;
    } while (after !== null);
    const expected = Array.from({ length: 60 }, (_, at): [string, number] => [`m${at * 10 + 5}`, at * 10 + 5]);
    expect(found).toEqual(new Map(expected));
  });

  it('reads the ranks of a page in one pipeline, only if they are selected and unknown', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await add(server, { a: 1, b: 2, c: 3 });
    const counts = (selection: string) => commandsDuring([server], () => read(api, selection));
    expect(await counts('membersByScore(range: {}) { nodes { value score } }')).toEqual({ zcard: 1, zrange: 1 });
    expect(await counts('membersByRank { nodes { rank } }')).toEqual({ zcard: 1, zrange: 1 });
    const both = 'membersByScore(range: {}) { nodes { rank } edges { node { rank } } }';
    expect(await counts(both)).toEqual({ zcard: 1, zrange: 1, zrank: 3 });
    expect(await counts('membersByRank(reverse: true) { nodes { rank } }')).toEqual({ zcard: 1, zrange: 1, zrank: 3 });
    expect(await counts('count(range: { min: 1, max: "inf" }) other: count(range: { max: "inf", min: 1 })')).toEqual({
      zcard: 1,
      zcount: 1,
    });
  });

  it('is null if the key does not exist, and WRONG_TYPE if it has another type', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const all = `length membersByRank { ${page} } byScore: membersByScore(range: {}) { ${page} }
      membersByLex(range: {}) { ${page} } members { ${page} } member(value: "a") { score rank } count(range: {})`;
    expect(await read(api, all)).toBeNull();
    expect(await api.cluster(`key(name: "z") { ... on SortedSetKey { ${all} } }`)).toEqual({ key: null });
    await server.command('SET', 'z', 'v');
    const { data, errors: failures } = await api.run(`{ cluster(name: "orders") { sortedSet(name: "z") { ${all} } } }`);
    expect(data).toEqual({ cluster: { sortedSet: null } });
    expect(failures?.map(({ originalError }) => (originalError as { code?: string }).code)).toEqual(['WRONG_TYPE']);
  });

  it('refuses cursors of other connections, `first` out of range and values that are not valid in their encoding', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await add(server, { a: 1, b: 2, c: 3 });
    const info = 'pageInfo { endCursor }';
    const set = await read(
      api,
      `rank: membersByRank(first: 1) { ${info} } down: membersByRank(first: 1, reverse: true) { ${info} }
       score: membersByScore(range: {}, first: 1) { ${info} } lex: membersByLex(range: {}, first: 1) { ${info} } scan: members(first: 1) { ${info} }`,
    );
    const cursor = (name: string) => set[name].pageInfo.endCursor as string;
    const forged = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');
    const refused: readonly (readonly [selection: string, path: readonly string[]])[] = [
      [`membersByRank(after: "${cursor('score')}") { ${info} }`, ['after']],
      [`membersByRank(after: "${cursor('down')}") { ${info} }`, ['after']],
      [`membersByRank(reverse: true, after: "${cursor('rank')}") { ${info} }`, ['after']],
      [`membersByScore(range: {}, after: "${cursor('lex')}") { ${info} }`, ['after']],
      [`membersByLex(range: {}, after: "${cursor('score')}") { ${info} }`, ['after']],
      [`members(after: "${cursor('rank')}") { ${info} }`, ['after']],
      [`membersByRank(after: "") { ${info} }`, ['after']],
      [`membersByRank(after: "${forged({ v: 'rank1', d: 'up', r: -1 })}") { ${info} }`, ['after']],
      [`membersByRank(after: "${forged({ v: 'rank1', d: 'up', r: 1e300 })}") { ${info} }`, ['after']],
      [`membersByScore(range: {}, after: "${forged({ v: 'score1', s: 'nan', m: '' })}") { ${info} }`, ['after']],
      [`membersByScore(range: {}, after: "${forged({ v: 'score1', s: '1', m: '*' })}") { ${info} }`, ['after']],
      [`membersByRank(first: 0) { ${info} }`, ['first']],
      [`membersByScore(range: {}, first: 1001) { ${info} }`, ['first']],
      [`membersByLex(range: {}, first: -1) { ${info} }`, ['first']],
      [`members(first: 0) { ${info} }`, ['first']],
      ['member(value: "0", valueEncoding: HEX) { score }', ['value']],
      [`membersByLex(range: { min: "a", valueEncoding: BASE64 }) { ${info} }`, ['range', 'min']],
      [`membersByLex(range: { max: "f", valueEncoding: HEX }) { ${info} }`, ['range', 'max']],
    ];
    for (const [selection, inputPath] of refused) {
      const answer = await api.run(`{ cluster(name: "orders") { sortedSet(name: "z") { ${selection} } } }`);
      expect(answer.errors?.[0]?.originalError, selection).toMatchObject({ code: 'INVALID_INPUT', inputPath });
      expect(Object.values(answer.data.cluster.sortedSet)).toEqual([null]);
    }
    for (const invalid of ['"nan"', 'true', '"1x"', '1e999']) {
      const { errors: failures } = await api.run(
        `{ cluster(name: "orders") { sortedSet(name: "z") { count(range: { min: ${invalid} }) } } }`,
      );
      expect(failures, invalid).toHaveLength(1);
    }
  });

  it('works for a Valkey user with commands of sorted sets only, and reports each command that the ACL denies', async () => {
    const users = { default: 'on nopass ~* -@all +@sortedset -zrank -zmscore' };
    await using server = await startValkey({ users });
    await using api = openDataApi(describeServer(server));
    await add(server, { a: 1 });
    const answer = await api.run(`{ cluster(name: "orders") { sortedSet(name: "z") {
      length membersByRank { nodes { value rank } } membersByScore(range: {}) { nodes { value rank } }
      membersByLex(range: {}) { nodes { value } } members { nodes { value } } positions(members: ["a"]) { latitude }
    } } }`);
    expect(answer.data.cluster.sortedSet).toEqual({
      length: 1,
      membersByRank: { nodes: [{ value: 'a', rank: 0 }] },
      membersByScore: { nodes: [{ value: 'a', rank: null }] },
      membersByLex: null,
      members: { nodes: [{ value: 'a' }] },
      positions: null,
    });
    const denied = answer.errors?.map(({ path, originalError }) => [
      path?.slice(2).join('.'),
      (originalError as { code?: string }).code,
    ]);
    expect(denied).toEqual(
      expect.arrayContaining([
        ['membersByScore.nodes.0.rank', 'PERMISSION_DENIED'],
        ['membersByLex', 'PERMISSION_DENIED'],
        ['positions', 'PERMISSION_DENIED'],
      ]),
    );
    expect(denied).toHaveLength(3);
  });

  it('reads and writes sorted sets of all shards', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = openDataApi(describeCluster(cluster));
    for (const key of ['a', 'b', 'c', 'd']) {
      const input = { key, members: [{ value: key, score: 1 }] };
      expect(await api.mutate('addSortedSetMembers', `{ added changed key { length } ${errors} }`, input)).toEqual({
        added: 1,
        changed: 0,
        key: { length: 1 },
        userErrors: [],
      });
    }
    const names = '["a", "b", "c", "d"]';
    const { keysByName } = await api.cluster(
      `keysByName(names: ${names}) { ... on SortedSetKey { membersByScore(range: {}) { nodes { value rank } } } }`,
    );
    expect(keysByName).toEqual(
      ['a', 'b', 'c', 'd'].map((value) => ({ membersByScore: { nodes: [{ value, rank: 0 }] } })),
    );
  });
});
