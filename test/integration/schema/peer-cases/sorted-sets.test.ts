import {
  anyOrder,
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
type Scores = Readonly<Record<string, number>>;
const membersOf = (scores: Scores) => Object.entries(scores).map(([value, score]) => ({ value, score }));
const zadd = (scores: Scores) =>
  valkey(['ZADD', key, ...membersOf(scores).flatMap(({ value, score }) => [String(score), value])]);
const adds = (scores: Scores, expected: object, condition?: string) =>
  writes('addSortedSetMembers', { key, members: membersOf(scores), ...(condition && { condition }) }, expected);
/** The members and scores, from the lowest to the highest. */
const holds = (scores: Scores) =>
  reads('sortedSet(name: "a") { membersByRank(first: 1000) { nodes { value score } } }', {
    membersByRank: { nodes: membersOf(scores) },
  });
const ranges = (field: string, ...values: string[]) =>
  reads(`sortedSet(name: "a") { range: ${field} { nodes { value } } }`, {
    range: { nodes: values.map((value) => ({ value })) },
  });
const removes = (which: object, removed: number) => writes('removeSortedSetMembers', { key, which }, { removed });
const five = zadd({ a1: 1, a2: 2, a3: 3, a4: 4, a5: 5 });
const letters = zadd({ a: 0, b: 0, c: 0, d: 0, e: 0, f: 0, g: 0 });
const hundred = Array.from({ length: 100 }, (_, index) => `member_${index + 1}`);
const addHundred = zadd(Object.fromEntries(hundred.map((name, index) => [name, index + 1])));

const cases: readonly PeerCase[] = [
  {
    title: 'members are added with their scores; a list without members is refused',
    from: 'redis-py test_zadd',
    steps: [
      adds({ a1: 1, a2: 2, a3: 3 }, { added: 3, changed: 0 }),
      holds({ a1: 1, a2: 2, a3: 3 }),
      refuses('addSortedSetMembers', { key, members: [] }, 'INVALID_INPUT', 'input.members'),
    ],
  },
  {
    title: 'with IF_ABSENT, only new members are added',
    from: 'redis-py test_zadd_nx',
    steps: [zadd({ a1: 1 }), adds({ a1: 99, a2: 2 }, { added: 1, changed: 0 }, 'IF_ABSENT'), holds({ a1: 1, a2: 2 })],
  },
  {
    title: 'with IF_PRESENT, only existing members are changed',
    from: 'redis-py test_zadd_xx',
    steps: [zadd({ a1: 1 }), adds({ a1: 99, a2: 2 }, { added: 0, changed: 1 }, 'IF_PRESENT'), holds({ a1: 99 })],
  },
  {
    title: 'new and changed members are counted apart',
    from: 'redis-py test_zadd_ch',
    differs: 'The number of changed members (ZADD CH, GEOADD CH)',
    steps: [zadd({ a1: 1 }), adds({ a1: 99, a2: 2 }, { added: 1, changed: 1 }), holds({ a2: 2, a1: 99 })],
  },
  {
    title: 'a score is incremented by a decimal',
    from: 'redis-py test_zadd_incr',
    steps: [zadd({ a1: 1 }), writes('incrementSortedSetScore', { key, member: 'a1', by: 4.5 }, { score: 5.5 })],
  },
  {
    title: 'an increment adds a member that does not exist: it has no condition',
    from: 'redis-py test_zadd_incr_with_xx',
    differs: 'Conditions of an increment (ZADD INCR with NX, XX, GT or LT)',
    steps: [
      rejects(
        'incrementSortedSetScore',
        { key, member: 'a1', by: 1, condition: 'IF_PRESENT' },
        /"condition" is not defined/,
      ),
      writes('incrementSortedSetScore', { key, member: 'a1', by: 1 }, { score: 1, key: { length: 1 } }),
    ],
  },
  {
    title: 'a score only rises with IF_GREATER and only falls with IF_LESS; there is one condition at most',
    from: 'redis-py test_zadd_gt_lt',
    steps: [
      zadd({ a: 2 }),
      adds({ a: 5 }, { added: 0, changed: 1 }, 'IF_GREATER'),
      adds({ a: 1 }, { added: 0, changed: 0 }, 'IF_GREATER'),
      adds({ a: 5 }, { added: 0, changed: 0 }, 'IF_LESS'),
      adds({ a: 1 }, { added: 0, changed: 1 }, 'IF_LESS'),
      holds({ a: 1 }),
      rejects(
        'addSortedSetMembers',
        { key, members: [{ value: 'a15', score: 15 }], condition: ['IF_ABSENT', 'IF_LESS'] },
        /SortedSetCondition/,
      ),
    ],
  },
  {
    title: 'members with scores in a range are counted',
    from: 'redis-py test_zcount',
    steps: [
      zadd({ a1: 1, a2: 2, a3: 3 }),
      ...(
        [
          ['{}', 3],
          ['{ min: "-inf", max: "inf" }', 3],
          ['{ min: 1, max: 2 }', 2],
          ['{ min: 1, excludeMin: true, max: 2 }', 1],
          ['{ min: 1, max: 2, excludeMax: true }', 1],
          ['{ min: 10, max: 20 }', 0],
        ] as const
      ).map(([range, count]) => reads(`sortedSet(name: "a") { count(range: ${range}) }`, { count })),
    ],
  },
  {
    title: 'a score is incremented and read again',
    from: 'redis-py test_zincrby',
    steps: [
      zadd({ a1: 1, a2: 2, a3: 3 }),
      writes('incrementSortedSetScore', { key, member: 'a2', by: 1 }, { score: 3 }),
      writes('incrementSortedSetScore', { key, member: 'a3', by: 5 }, { score: 8 }),
      holds({ a1: 1, a2: 3, a3: 8 }),
      writes('incrementSortedSetScore', { key, member: 'a3', by: 'inf' }, { score: 'inf' }),
      refuses('incrementSortedSetScore', { key, member: 'a3', by: '-inf' }, 'INVALID_INPUT', 'input.by'),
    ],
  },
  {
    title: 'the highest members are popped, the highest first',
    from: 'redis-py test_zpopmax',
    steps: [
      zadd({ a1: 1, a2: 2, a3: 3 }),
      writes('popSortedSetMembers', { key, side: 'HIGHEST' }, { members: [{ value: 'a3', score: 3 }] }),
      writes('popSortedSetMembers', { key, side: 'HIGHEST', count: 2 }, { members: membersOf({ a2: 2, a1: 1 }) }),
      valkey(['EXISTS', key], 0),
    ],
  },
  {
    title: 'the lowest members are popped, the lowest first, and none if there is no key',
    from: 'redis-py test_zpopmin',
    steps: [
      zadd({ a1: 1, a2: 2, a3: 3 }),
      writes('popSortedSetMembers', { key }, { members: [{ value: 'a1', score: 1 }] }),
      writes('popSortedSetMembers', { key, count: 2 }, { members: membersOf({ a2: 2, a3: 3 }) }),
      writes('popSortedSetMembers', { key }, { members: [] }, '{ members { value score } }'),
    ],
  },
  {
    title: 'members are read by rank in both directions',
    from: 'redis-py test_zrange, test_zrevrange',
    steps: [
      zadd({ a1: 1, a2: 2, a3: 3 }),
      ranges('membersByRank(first: 2)', 'a1', 'a2'),
      ranges('membersByRank(start: 1, first: 2)', 'a2', 'a3'),
      ranges('membersByRank', 'a1', 'a2', 'a3'),
      ranges('membersByRank(reverse: true)', 'a3', 'a2', 'a1'),
      ranges('membersByRank(reverse: true, start: 1, first: 2)', 'a2', 'a1'),
      holds({ a1: 1, a2: 2, a3: 3 }),
    ],
  },
  {
    title: 'members with scores in a range are read in both directions; the bounds stay min and max',
    from: 'redis-py test_zrangebyscore, test_zrevrangebyscore',
    differs: 'The order of the bounds with reverse (ZRANGE REV)',
    steps: [
      five,
      ranges('membersByScore(range: { min: 2, max: 4 })', 'a2', 'a3', 'a4'),
      ranges('membersByScore(range: { min: 2, max: 4 }, reverse: true)', 'a4', 'a3', 'a2'),
      ranges('membersByScore(range: { min: 4, max: 2 }, reverse: true)'),
      ranges('membersByScore(range: { min: 2, max: 4 }, first: 2)', 'a2', 'a3'),
    ],
  },
  {
    title: 'a page by score continues after a member, not at an offset',
    from: 'redis-py test_zrange_params (byscore)',
    differs: 'An offset in a range (ZRANGE LIMIT)',
    steps: [
      five,
      async (bench) => {
        const range = 'range: { min: 2, max: 4 }, first: 1';
        const selection = (after = '') =>
          `sortedSet(name: "a") { membersByScore(${range}${after}) { nodes { value } pageInfo { endCursor } } }`;
        const { pageInfo } = (await bench.api.cluster(selection())).sortedSet.membersByScore;
        await ranges(
          `membersByScore(range: { min: 2, max: 4 }, first: 2, after: "${pageInfo.endCursor}")`,
          'a3',
          'a4',
        )(bench);
      },
      rejects('removeSortedSetMembers', { key, which: { score: { min: 1, offset: 4 } } }, /"offset" is not defined/),
    ],
  },
  {
    title: 'members in a range of bytes are read in both directions',
    from: 'redis-py test_zrangebylex, test_zrevrangebylex',
    steps: [
      letters,
      ranges('membersByLex(range: { max: "c" })', 'a', 'b', 'c'),
      ranges('membersByLex(range: { max: "c", excludeMax: true })', 'a', 'b'),
      ranges('membersByLex(range: { min: "aaa", max: "g", excludeMax: true })', 'b', 'c', 'd', 'e', 'f'),
      ranges('membersByLex(range: { min: "f" })', 'f', 'g'),
      ranges('membersByLex(range: { max: "c" }, reverse: true)', 'c', 'b', 'a'),
      ranges('membersByLex(range: { min: "aaa", max: "g", excludeMax: true }, reverse: true)', 'f', 'e', 'd', 'c', 'b'),
      ranges('membersByLex(range: { min: "f" }, reverse: true)', 'g', 'f'),
      ranges('membersByLex(range: { min: "b", max: "f" })', 'b', 'c', 'd', 'e', 'f'),
    ],
  },
  {
    title: 'a rank counts from the lowest or the highest member, and a missing member has none',
    from: 'redis-py test_zrank_withscore, test_zrevrank',
    steps: [
      five,
      reads('sortedSet(name: "a") { member(value: "a3") { rank top: rank(reverse: true) score } }', {
        member: { rank: 2, top: 2, score: 3 },
      }),
      reads('sortedSet(name: "a") { member(value: "a1") { rank top: rank(reverse: true) score } }', {
        member: { rank: 0, top: 4, score: 1 },
      }),
      reads('sortedSet(name: "a") { member(value: "a6") { rank } }', { member: null }),
    ],
  },
  {
    title: 'several members are removed by value',
    from: 'redis-py test_zrem_multiple_keys',
    steps: [zadd({ a1: 1, a2: 2, a3: 3 }), removes({ members: ['a1', 'a2', 'none'] }, 2), holds({ a3: 3 })],
  },
  {
    title: 'members are removed by a range of bytes',
    from: 'redis-py test_zremrangebylex',
    steps: [
      letters,
      removes({ lex: { max: 'c' } }, 3),
      holds({ d: 0, e: 0, f: 0, g: 0 }),
      removes({ lex: { min: 'f' } }, 2),
      removes({ lex: { min: 'h' } }, 0),
      holds({ d: 0, e: 0 }),
    ],
  },
  {
    title: 'members are removed by a range of ranks',
    from: 'redis-py test_zremrangebyrank',
    steps: [five, removes({ rank: { start: 1, end: 3 } }, 3), holds({ a1: 1, a5: 5 })],
  },
  {
    title: 'members are removed by a range of scores',
    from: 'redis-py test_zremrangebyscore',
    steps: [
      five,
      removes({ score: { min: 2, max: 4 } }, 3),
      removes({ score: { min: 2, max: 4 } }, 0),
      holds({ a1: 1, a5: 5 }),
    ],
  },
  {
    title: 'the scores of several members are read at once, null for each that is missing',
    from: 'redis-py test_zscore, test_zmscore',
    steps: [
      zadd({ a1: 1, a2: 2, a3: 3.5 }),
      reads(
        'sortedSet(name: "a") { a1: member(value: "a1") { score } a3: member(value: "a3") { score } a4: member(value: "a4") { score } }',
        { a1: { score: 1 }, a3: { score: 3.5 }, a4: null },
      ),
    ],
  },
  {
    title: 'members are scanned with a pattern',
    from: 'redis-py test_zscan',
    steps: [
      zadd({ a: 1, b: 2, c: 3 }),
      reads('sortedSet(name: "a") { members { nodes { value score } } }', {
        members: { nodes: anyOrder(membersOf({ a: 1, b: 2, c: 3 })) },
      }),
      reads('sortedSet(name: "a") { members(match: "a") { nodes { value score } } }', {
        members: { nodes: membersOf({ a: 1 }) },
      }),
    ],
  },
  {
    title: 'large scores and those of many digits keep their value',
    from: 'redis-py test_zscan_score_cast_scientific_notation, test_floating_point_encoding',
    steps: [
      adds({ large: 1.7732526297292595e18, time: 1349673917.939762 }, { added: 2 }),
      reads('sortedSet(name: "a") { members { nodes { value score } } }', {
        members: { nodes: anyOrder(membersOf({ time: 1349673917.939762, large: 1.7732526297292595e18 })) },
      }),
    ],
  },
  {
    title: 'a pattern matches at the beginning, in the middle, at the end and exactly',
    from: 'RedisInsight z-set/POST-databases-id-zSet-search',
    steps: [
      addHundred,
      ...(
        [
          ['*_99', ['member_99']],
          ['member_9*', ['member_9', ...hundred.slice(89, 99)]],
          ['mem*_50', ['member_50']],
          ['member_7', ['member_7']],
          ['nothing', []],
        ] as const
      ).map(([match, values]) =>
        reads(`sortedSet(name: "a") { members(first: 1000, match: "${match}") { nodes { value } } }`, {
          members: { nodes: anyOrder(values.map((value) => ({ value }))) },
        }),
      ),
    ],
  },
  {
    title: 'pages of 45 members, lowest or highest first, continue after each other',
    from: 'RedisInsight z-set/POST-databases-id-zSet-get_members',
    steps: [
      addHundred,
      ranges('membersByRank(first: 45)', ...hundred.slice(0, 45)),
      ranges('membersByRank(first: 45, start: 45)', ...hundred.slice(45, 90)),
      ranges('membersByRank(first: 15, reverse: true)', ...hundred.toReversed().slice(0, 15)),
    ],
  },
  {
    title: 'a changed score changes the order; changing a member of a key that does not exist adds it',
    from: 'RedisInsight z-set/PATCH-databases-id-zSet',
    differs: 'Creating a key that exists',
    steps: [
      zadd({ first: 0, second: 0.1 }),
      adds({ first: 1 }, { added: 0, changed: 1, key: { length: 2 } }),
      holds({ second: 0.1, first: 1 }),
      writes(
        'addSortedSetMembers',
        { key: 'none', members: [{ value: 'x', score: 0 }], condition: 'IF_PRESENT' },
        { added: 0, changed: 0, key: null },
        '{ added changed key { length } }',
      ),
      valkey(['EXISTS', 'none'], 0),
    ],
  },
  {
    title: 'scores are infinite, and other words are no scores',
    from: 'RedisInsight z-set/PUT-databases-id-zSet',
    steps: [
      writes(
        'addSortedSetMembers',
        {
          key,
          members: [
            { value: '', score: 'inf' },
            { value: 'low', score: '-inf' },
          ],
        },
        { added: 2 },
      ),
      reads('sortedSet(name: "a") { membersByRank { nodes { value score } } }', {
        membersByRank: {
          nodes: [
            { value: 'low', score: '-inf' },
            { value: '', score: 'inf' },
          ],
        },
      }),
      rejects('addSortedSetMembers', { key, members: [{ value: 'x', score: 'nan' }] }, /score/i),
      rejects('addSortedSetMembers', { key, members: [{ value: 'x', score: 'high' }] }, /score/i),
    ],
  },
  {
    title: 'removing the last member deletes the key, and removing from no key removes nothing',
    from: 'RedisInsight z-set/DELETE-databases-id-zSet-members',
    differs: 'Deleting from a key that does not exist',
    steps: [
      zadd({ x: 1 }),
      removes({ members: ['x'] }, 1),
      valkey(['EXISTS', key], 0),
      removes({ members: ['x'] }, 0),
      refuses('removeSortedSetMembers', { key, which: { members: [] } }, 'INVALID_INPUT', 'input.which.members'),
    ],
  },
  {
    title: 'members are bytes that are not text, written in one encoding and read in another',
    from: 'RedisInsight z-set/POST-databases-id-zSet (buffers)',
    steps: [
      writes(
        'addSortedSetMembers',
        { key, members: [{ value: '/wA=', score: 1 }], valueEncoding: 'BASE64' },
        { added: 1, key: { length: 1 } },
      ),
      reads(
        'sortedSet(name: "a") { member(value: "ff00", valueEncoding: HEX) { value score hex: value(valueEncoding: HEX) } }',
        {
          member: { value: null, score: 1, hex: 'ff00' },
        },
      ),
    ],
  },
  {
    title: 'a sorted set is not read or written as another type',
    from: 'RedisInsight z-set/PATCH-databases-id-zSet (incorrect type)',
    steps: [
      valkey(['SET', key, 'text']),
      fails('sortedSet(name: "a") { length }', 'WRONG_TYPE'),
      refuses('addSortedSetMembers', { key, members: [{ value: 'x', score: 0 }] }, 'WRONG_TYPE', 'input.key'),
      refuses('incrementSortedSetScore', { key, member: 'x', by: 1 }, 'WRONG_TYPE', 'input.key'),
      refuses('popSortedSetMembers', { key }, 'WRONG_TYPE', 'input.key'),
    ],
  },
];

describePeerCases('sorted sets', cases);
