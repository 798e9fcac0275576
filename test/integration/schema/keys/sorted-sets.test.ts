import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anonymous } from '../../../../src/domain/access/principal.js';
import { removeSortedSetMembers } from '../../../../src/resolvers/key/sorted-set/member-removal.js';
import type { Context } from '../../../../src/resolvers/shared/context.js';
import { countWrites } from '../../../helpers/clients/socket-writes.js';
import { commandsDuring, openDataApi, type DataApi } from '../../../helpers/apis/data-api.js';
import { serve } from '../../../helpers/apis/served-api.js';
import { data } from '../../../helpers/clients/graphql-client.js';
import { describeCluster, describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startValkey, startValkeyCluster, type TestValkey } from '../../../helpers/valkey/valkey.js';

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
    expect(await counts('membersByLex(range: {}) { nodes { score } }')).toEqual({ zcard: 1, zrange: 3, zmscore: 1 });
    await add(server, { a: 3, b: 3 });
    expect(await counts('membersByLex(range: {}) { nodes { score } }')).toEqual({ zcard: 1, zrange: 3 });
    expect(await counts('count(range: { min: 1, max: "inf" }) other: count(range: { max: "inf", min: 1 })')).toEqual({
      zcard: 1,
      zcount: 1,
    });
  });

  it('sends everything that is selected of sorted sets in one write, and the ranks of pages in another', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    for (const key of ['x', 'y']) await server.command('ZADD', key, '1', 'a', '1', 'b');
    await api.cluster('key(name: "other") { type }');
    using writes = countWrites(server.port, 'remotePort');
    const selection = `... on SortedSetKey {
      length count(range: {}) member(value: "b") { score rank top: rank(reverse: true) }
      membersByRank { nodes { rank } } membersByScore(range: {}) { nodes { value } } membersByLex(range: {}) { nodes { score } }
      positions(members: ["a"]) { latitude }
    }`;
    const { keysByName } = await api.cluster(`keysByName(names: ["x", "absent", "y"]) { ${selection} }`);
    expect(keysByName).toMatchObject([{ member: { score: 1, rank: 1, top: 0 } }, null, { length: 2 }]);
    expect(writes.taken()).toEqual([1]);
    const ranked =
      '... on SortedSetKey { membersByScore(range: {}) { nodes { rank } edges { node { top: rank(reverse: true) } } } }';
    const { keysByName: pages } = await api.cluster(`keysByName(names: ["x", "y"]) { ${ranked} }`);
    const page = { nodes: [{ rank: 0 }, { rank: 1 }], edges: [{ node: { top: 1 } }, { node: { top: 0 } }] };
    expect(pages).toEqual([{ membersByScore: page }, { membersByScore: page }]);
    expect(writes.taken()).toEqual([2]);
    const near = '... on SortedSetKey { near(center: { member: "a" }, radius: 1) { value } }';
    await api.cluster(`keysByName(names: ["x", "y"]) { ${near} }`);
    // One after another, so that other callers do not wait for all of them.
    expect(writes.taken()).toEqual([2]);
  });

  it('sends no command twice when the operation is compiled', async () => {
    await using server = await startValkey();
    await using api = await serve({ orders: server });
    await add(server, { a: 1, b: 2 });
    const operation = `query ($top: Boolean!, $range: ScoreRangeInput!, $min: Score!) { cluster(name: "orders") { sortedSet(name: "z") {
      member(value: "a") { rank(reverse: $top) } count(range: { max: "inf", min: $min })
      membersByScore(range: $range) { nodes { rank } edges { node { rank(reverse: false) } } }
    } } }`;
    const range = { excludeMax: false, max: 'inf', min: '-inf', excludeMin: false };
    const run = () => data(api.url, operation, { top: true, range, min: '-inf' });
    const { cluster } = await run();
    const ranks = { nodes: [{ rank: 0 }, { rank: 1 }], edges: [{ node: { rank: 0 } }, { node: { rank: 1 } }] };
    expect(cluster.sortedSet).toEqual({ member: { rank: 1 }, count: 2, membersByScore: ranks });
    // An operation is compiled after its twentieth run.
    for (let count = 0; count < 30; count += 1) expect((await run()).cluster).toEqual(cluster);
    const counts = { zcard: 1, zscore: 1, zrevrank: 1, zcount: 1, zrange: 1, zrank: 2 };
    expect(await commandsDuring([server], run)).toEqual(counts);
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
    const { k } = JSON.parse(Buffer.from(cursor('rank'), 'base64url').toString()) as { k: string };
    const forged = (content: object) => Buffer.from(JSON.stringify({ ...content, k })).toString('base64url');
    const refused: readonly (readonly [selection: string, path: readonly string[]])[] = [
      [`membersByRank(after: "${cursor('score')}") { ${info} }`, ['after']],
      [`membersByRank(after: "${cursor('down')}") { ${info} }`, ['after']],
      [`membersByRank(reverse: true, after: "${cursor('rank')}") { ${info} }`, ['after']],
      [`membersByScore(range: {}, after: "${cursor('lex')}") { ${info} }`, ['after']],
      [`membersByLex(range: {}, after: "${cursor('score')}") { ${info} }`, ['after']],
      [`members(after: "${cursor('rank')}") { ${info} }`, ['after']],
      [`membersByRank(after: "") { ${info} }`, ['after']],
      [`membersByRank(after: "${forged({ v: 'rank2', d: 'up', r: -1 })}") { ${info} }`, ['after']],
      [`membersByRank(after: "${forged({ v: 'rank2', d: 'up', r: 1e300 })}") { ${info} }`, ['after']],
      [`membersByScore(range: {}, after: "${forged({ v: 'score2', s: 'nan', m: '' })}") { ${info} }`, ['after']],
      [`membersByScore(range: {}, after: "${forged({ v: 'score2', s: '1', m: '*' })}") { ${info} }`, ['after']],
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
    const users = { default: 'on nopass ~* -@all +@sortedset -zrank -zcount' };
    await using server = await startValkey({ users });
    await using api = openDataApi(describeServer(server));
    await add(server, { a: 1 });
    const answer = await api.run(`{ cluster(name: "orders") { sortedSet(name: "z") {
      length membersByRank { nodes { value rank } } membersByScore(range: {}) { nodes { value rank } }
      membersByLex(range: {}) { nodes { value score } } members { nodes { value } } count(range: {}) positions(members: ["a"]) { latitude }
    } } }`);
    expect(answer.data.cluster.sortedSet).toEqual({
      length: 1,
      membersByRank: { nodes: [{ value: 'a', rank: 0 }] },
      membersByScore: { nodes: [{ value: 'a', rank: null }] },
      membersByLex: { nodes: [{ value: 'a', score: 1 }] },
      members: { nodes: [{ value: 'a' }] },
      count: null,
      positions: null,
    });
    const denied = answer.errors?.map(({ path, originalError }) => [
      path?.slice(2).join('.'),
      (originalError as { code?: string }).code,
    ]);
    expect(denied).toEqual(
      expect.arrayContaining([
        ['membersByScore.nodes.0.rank', 'PERMISSION_DENIED'],
        ['count', 'PERMISSION_DENIED'],
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

describe('writing sorted sets', () => {
  it('adds and updates members under each condition, and counts exactly those that are new or have another score', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const before = { same: 1, less: 5, more: 1 };
    const given = { same: 1, less: 2, more: 3, new: 4 };
    const cases = {
      none: { added: 1, changed: 2, scores: { same: 1, less: 2, more: 3, new: 4 } },
      IF_ABSENT: { added: 1, changed: 0, scores: { ...before, new: 4 } },
      IF_PRESENT: { added: 0, changed: 2, scores: { same: 1, less: 2, more: 3 } },
      IF_GREATER: { added: 1, changed: 1, scores: { ...before, more: 3, new: 4 } },
      IF_LESS: { added: 1, changed: 1, scores: { ...before, less: 2, new: 4 } },
    };
    for (const [condition, { scores, ...counts }] of Object.entries(cases)) {
      await server.command('DEL', 'z');
      await add(server, before);
      const payload = await api.mutate(
        'addSortedSetMembers',
        `{ added changed key { length membersByRank { nodes { value score } } } ${errors} }`,
        {
          key: 'z',
          members: Object.entries(given).map(([value, score]) => ({ value, score })),
          condition: condition === 'none' ? undefined : condition,
        },
      );
      expect(payload, condition).toMatchObject({ ...counts, userErrors: [] });
      const read = payload.key.membersByRank.nodes.map(({ value, score }: any) => [value, score]);
      expect(Object.fromEntries(read), condition).toEqual(scores);
    }
  });

  it('counts a member that is given several times once, and leaves the score that ZADD would leave', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const options = { none: [], IF_ABSENT: ['NX'], IF_PRESENT: ['XX'], IF_GREATER: ['GT'], IF_LESS: ['LT'] };
    const value = fc.constantFrom('a', 'b', 'c');
    const score = fc.integer({ min: -2, max: 2 });
    const scored = fc.record({ value, score });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(scored, { selector: ({ value }) => value }),
        fc.array(scored, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(...(Object.keys(options) as (keyof typeof options)[])),
        async (existing, members, condition) => {
          await server.command('DEL', 'z', 'expected');
          const flat = (list: typeof members) => list.flatMap(({ value, score }) => [String(score), value]);
          if (existing.length > 0) {
            await server.command('ZADD', 'z', ...flat(existing));
            await server.command('ZADD', 'expected', ...flat(existing));
          }
          const { added, changed, userErrors } = await api.mutate(
            'addSortedSetMembers',
            `{ added changed ${errors} }`,
            { key: 'z', members, condition: condition === 'none' ? undefined : condition },
          );
          expect(userErrors).toEqual([]);
          await server.command('ZADD', 'expected', ...options[condition], ...flat(members));
          const after = await server.command('ZRANGE', 'z', '0', '-1', 'WITHSCORES');
          expect(after).toEqual(await server.command('ZRANGE', 'expected', '0', '-1', 'WITHSCORES'));
          const earlier = new Map<string, number>(existing.map(({ value, score }) => [value, score]));
          const scores = await Promise.all(['a', 'b', 'c'].map((each) => server.command('ZSCORE', 'z', each)));
          const isNew = ['a', 'b', 'c'].map((each, at) => scores[at] != null && !earlier.has(each));
          const isOther = ['a', 'b', 'c'].map(
            (each, at) => earlier.has(each) && Number(scores[at]) !== earlier.get(each),
          );
          expect([added, changed]).toEqual([isNew.filter(Boolean).length, isOther.filter(Boolean).length]);
        },
      ),
      { numRuns: 150, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('keeps scores exactly, from variables and literals, also infinities and 17 digits', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const scores = [
      0,
      -0,
      5e-324,
      -5e-324,
      1e308,
      -1.7976931348623157e308,
      0.1,
      0.30000000000000004,
      2 ** 53,
      2 ** 53 + 2,
    ];
    const literals = [
      '"inf"',
      '"-inf"',
      '"+inf"',
      '1',
      '-0',
      '0.1',
      '1e308',
      '5e-324',
      '"1.2345678901234567"',
      '12345678901234567',
    ];
    const numbers = [Infinity, -Infinity, Infinity, 1, -0, 0.1, 1e308, 5e-324, 1.2345678901234567, 12345678901234567];
    // As a set of few members and as one of many, which Valkey stores differently.
    for (const padding of [0, 300]) {
      await server.command('DEL', 'z');
      for (let index = 0; index < padding; index += 100) {
        await add(server, Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`padding${index + at}`, at])));
      }
      for (const [at, score] of scores.entries()) {
        const members = [{ value: `v${at}`, score }];
        await api.mutate('addSortedSetMembers', `{ ${errors} }`, { key: 'z', members });
      }
      for (const [at, literal] of literals.entries()) {
        await api.data(`mutation { addSortedSetMembers(input: { cluster: "orders", key: "z",
          members: [{ value: "l${at}", score: ${literal} }] }) { userErrors { code } } }`);
      }
      await fc.assert(
        fc.asyncProperty(fc.double({ noNaN: true }), async (score) => {
          const written = Number.isFinite(score) ? score : score > 0 ? 'inf' : '-inf';
          const members = [{ value: 'any', score: written }];
          const { key } = await api.mutate('addSortedSetMembers', '{ key { member(value: "any") { score } } }', {
            key: 'z',
            members,
          });
          expect(key.member.score === written || (key.member.score === 0 && written === 0)).toBe(true);
        }),
        { numRuns: 60 },
      );
      const expected = [
        ...scores.map((score, at) => [`v${at}`, score]),
        ...numbers.map((score, at) => [`l${at}`, score]),
      ];
      for (const [value, score] of expected) {
        const set = await read(api, `member(value: "${value}") { score }`);
        const shown = Number.isFinite(score) ? score : Number(score) > 0 ? 'inf' : '-inf';
        expect(JSON.stringify(set.member.score), String(value)).toBe(JSON.stringify(shown));
      }
    }
  });

  it('increments scores, and refuses the sum of opposite infinities', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const increment = (by: number | string, member = 'a') =>
      api.mutate('incrementSortedSetScore', `{ score key { length member(value: "a") { score } } ${errors} }`, {
        key: 'z',
        member,
        by,
      });
    expect(await increment(1.5)).toEqual({ score: 1.5, key: { length: 1, member: { score: 1.5 } }, userErrors: [] });
    expect(await increment(-2)).toMatchObject({ score: -0.5 });
    expect(await increment('inf')).toMatchObject({ score: 'inf', key: { member: { score: 'inf' } } });
    expect(await increment('-inf')).toMatchObject({
      score: null,
      key: null,
      userErrors: [
        {
          code: 'INVALID_INPUT',
          path: ['input', 'by'],
          message: expect.stringContaining('opposite infinity') as string,
        },
      ],
    });
    expect(await increment(1e308, 'b')).toMatchObject({ score: 1e308 });
    expect(await increment(1e308, 'b')).toMatchObject({ score: 'inf' });
    expect(await server.command('ZSCORE', 'z', 'a')).toBe('inf');
  });

  it('removes members by value, score, bytes or rank; removing the last one deletes the key', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const all = { a: 1, b: 2, c: 3, d: 4, e: 5 };
    const remove = (which: object, more: object = {}) =>
      api.mutate('removeSortedSetMembers', `{ removed key { membersByRank { nodes { value } } } ${errors} }`, {
        key: 'z',
        which,
        ...more,
      });
    const cases: readonly (readonly [which: object, left: string])[] = [
      [{ members: ['a', 'a', 'x'] }, 'b c d e'],
      [{ score: { min: 2, max: 4 } }, 'a e'],
      [{ score: { min: 2, max: 4, excludeMin: true, excludeMax: true } }, 'a b d e'],
      [{ score: { min: 4 } }, 'a b c'],
      [{ score: { min: 4, max: 2 } }, 'a b c d e'],
      [{ rank: { start: 0, end: 1 } }, 'c d e'],
      [{ rank: { start: -2, end: -1 } }, 'a b c'],
      [{ rank: { start: 3, end: 1 } }, 'a b c d e'],
      [{ rank: { start: 4, end: 9_007_199_254_740_991 } }, 'a b c d'],
    ];
    for (const [which, left] of cases) {
      await server.command('DEL', 'z');
      await add(server, all);
      const members = left.split(' ');
      const { removed, key, userErrors } = await remove(which);
      expect(userErrors).toEqual([]);
      expect(values(key.membersByRank), JSON.stringify(which)).toEqual(members);
      expect(removed).toBe(5 - members.length);
    }
    await server.command('DEL', 'z');
    await add(server, { a: 0, b: 0, c: 0 });
    expect(await remove({ lex: { min: 'a', excludeMin: true, max: 'b' } })).toMatchObject({ removed: 1 });
    expect(await remove({ lex: { min: '63', valueEncoding: 'HEX' } })).toMatchObject({ removed: 1 });
    expect(await remove({ members: ['61'] }, { valueEncoding: 'HEX' })).toEqual({
      removed: 1,
      key: null,
      userErrors: [],
    });
    expect(await server.command('EXISTS', 'z')).toBe(0);
    expect(await remove({ score: {} })).toMatchObject({ removed: 0, key: null });
  });

  it('takes the lowest or the highest members', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await add(server, { a: '-inf', b: 2, c: 3, d: 'inf' });
    const pop = (input: object) =>
      api.mutate('popSortedSetMembers', `{ members { value score rank } key { length } ${errors} }`, {
        key: 'z',
        ...input,
      });
    expect(await pop({})).toEqual({
      members: [{ value: 'a', score: '-inf', rank: null }],
      key: { length: 3 },
      userErrors: [],
    });
    expect(await pop({ side: 'HIGHEST', count: 2 })).toMatchObject({
      members: [
        { value: 'd', score: 'inf' },
        { value: 'c', score: 3 },
      ],
    });
    expect(await pop({ count: 1000 })).toMatchObject({ members: [{ value: 'b' }], key: null });
    expect(await pop({})).toEqual({ members: [], key: null, userErrors: [] });
    for (const count of [0, -1, 1001]) {
      expect((await pop({ count })).userErrors).toMatchObject([{ code: 'INVALID_INPUT', path: ['input', 'count'] }]);
    }
  });

  it('writes bytes that are not UTF-8, and names like those of JavaScript', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    const hostile = ['ff00', Buffer.from('__proto__').toString('hex'), '0d0a', '', '2b696e66'];
    const input = { key: '00ff', encoding: 'HEX', valueEncoding: 'HEX' };
    const members = hostile.map((value, score) => ({ value, score }));
    const nodes = 'nodes { value(valueEncoding: HEX) score }';
    const written = await api.mutate('addSortedSetMembers', `{ added key { membersByRank { ${nodes} } } }`, {
      ...input,
      members,
    });
    expect(written).toEqual({ added: 5, key: { membersByRank: { nodes: members } } });
    expect(await api.mutate('incrementSortedSetScore', '{ score }', { ...input, member: 'ff00', by: 7 })).toEqual({
      score: 7,
    });
    expect(
      await api.mutate('removeSortedSetMembers', '{ removed }', { ...input, which: { members: hostile.slice(1) } }),
    ).toEqual({
      removed: 4,
    });
    const popped = await api.mutate('popSortedSetMembers', '{ members { value utf8: value(valueEncoding: HEX) } }', {
      key: '00ff',
      encoding: 'HEX',
    });
    expect(popped).toEqual({ members: [{ value: null, utf8: 'ff00' }] });
  });

  const writes: Readonly<Record<string, object>> = {
    addSortedSetMembers: { members: [{ value: 'a', score: 1 }] },
    incrementSortedSetScore: { member: 'a', by: 1 },
    removeSortedSetMembers: { which: { score: {} } },
    popSortedSetMembers: {},
    addGeoMembers: { members: [{ value: 'a', position: { longitude: 1, latitude: 2 } }] },
  };

  it('refuses invalid input before anything is sent', async () => {
    await using server = await startValkey();
    await using api = openDataApi(describeServer(server));
    await add(server, { a: 1 });
    const many = Array.from({ length: 1001 }, (_, at) => ({ value: `m${at}`, score: at }));
    const refused: readonly (readonly [mutation: string, input: object, path: readonly string[]])[] = [
      ['addSortedSetMembers', { members: [] }, ['members']],
      ['addSortedSetMembers', { members: many }, ['members']],
      ['addSortedSetMembers', { members: [{ value: '0', score: 1 }], valueEncoding: 'HEX' }, ['members', '0', 'value']],
      ['addSortedSetMembers', { key: '*', encoding: 'BASE64', members: many }, ['key']],
      ['incrementSortedSetScore', { member: '0', by: 1, valueEncoding: 'HEX' }, ['member']],
      ['removeSortedSetMembers', { which: { members: [] } }, ['which', 'members']],
      ['removeSortedSetMembers', { which: { members: ['*'] }, valueEncoding: 'BASE64' }, ['which', 'members', '0']],
      ['removeSortedSetMembers', { which: { lex: { min: '0', valueEncoding: 'HEX' } } }, ['which', 'lex', 'min']],
    ];
    const sent = await commandsDuring([server], async () => {
      for (const [mutation, input, path] of refused) {
        const { userErrors } = await api.mutate(mutation, `{ ${errors} }`, { key: 'z', ...input });
        expect(userErrors, mutation).toMatchObject([{ code: 'INVALID_INPUT', path: ['input', ...path] }]);
      }
    });
    expect(sent).toEqual({});
  });

  it('refuses a removal that names two ways or none, also if the executor does not', async () => {
    const context = { principal: anonymous, realtime: { isOwn: () => false } } as unknown as Context;
    const removal = (which: object) =>
      removeSortedSetMembers(context, { cluster: 'orders', key: 'z', encoding: 'UTF8', valueEncoding: 'UTF8', which });
    for (const which of [{}, { members: null }, { members: ['a'], rank: { start: 0, end: -1 } }]) {
      await expect(removal(which)).rejects.toMatchObject({ code: 'INVALID_INPUT', inputPath: ['input', 'which'] });
    }
  });

  it('does not change a key of another type, or one that the ACL or the memory limit denies', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~z ~full &* +@all' } });
    await using api = openDataApi(describeServer(server));
    await server.command('SET', 'z', 'v');
    await server.command('ZADD', 'denied', '1', 'a');
    for (const [mutation, input] of Object.entries(writes)) {
      const wrong = await api.mutate(mutation, `{ key { length } ${errors} }`, { key: 'z', ...input });
      expect(wrong, mutation).toMatchObject({
        key: null,
        userErrors: [{ code: 'WRONG_TYPE', path: ['input', 'key'] }],
      });
      const denied = await api.mutate(mutation, `{ ${errors} }`, { key: 'denied', ...input });
      expect(denied, mutation).toMatchObject({ userErrors: [{ code: 'PERMISSION_DENIED', cause: 'NOPERM' }] });
    }
    expect(await server.command('GET', 'z')).toBe('v');
    expect(await server.command('ZRANGE', 'denied', '0', '-1', 'WITHSCORES')).toEqual(['a', '1']);
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    for (const mutation of ['addSortedSetMembers', 'incrementSortedSetScore', 'addGeoMembers']) {
      const full = await api.mutate(mutation, `{ ${errors} }`, { key: 'full', ...writes[mutation] });
      expect(full, mutation).toMatchObject({ userErrors: [{ code: 'OUT_OF_MEMORY', path: ['input', 'key'] }] });
    }
    expect(await server.command('EXISTS', 'full')).toBe(0);
  });

  it('works for a Valkey user that may only write', async () => {
    await using server = await startValkey({
      users: { default: 'on nopass %W~* &* -@all +@write +@geo +multi +exec' },
    });
    await using api = openDataApi(describeServer(server));
    for (const mutation of ['addSortedSetMembers', 'addGeoMembers']) {
      await server.command('DEL', 'z');
      expect(await api.mutate(mutation, `{ added changed ${errors} }`, { key: 'z', ...writes[mutation] })).toEqual({
        added: 1,
        changed: 0,
        userErrors: [],
      });
    }
  });
});
