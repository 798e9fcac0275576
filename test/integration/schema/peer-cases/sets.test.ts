import { expect } from 'vitest';
import {
  anyOrder,
  describePeerCases,
  fails,
  reads,
  refuses,
  valkey,
  writes,
  type PeerCase,
} from '../../../helpers/apis/peer-cases.js';

const key = 'a';
const sadd = (...members: string[]) => valkey(['SADD', key, ...members]);
const nodesOf = (members: readonly string[]) => anyOrder(members.map((value) => ({ value })));
const holds = (...members: string[]) =>
  reads('set(name: "a") { length members(first: 1000) { nodes { value } } }', {
    length: members.length,
    members: { nodes: nodesOf(members) },
  });
const matches = (pattern: string, ...members: string[]) =>
  reads(`set(name: "a") { members(first: 1000, match: ${JSON.stringify(pattern)}) { nodes { value } } }`, {
    members: { nodes: nodesOf(members) },
  });
/** Pops, and checks that the members are gone. */
const pops = (count: number, of: readonly string[], left: number) =>
  writes(
    'popSetMembers',
    { key, count },
    {
      members: expect.toSatisfy(
        (members: string[]) => members.length === count && members.every((member) => of.includes(member)),
        `${count} members`,
      ),
      key: left === 0 ? null : { length: left },
    },
    '{ members key { length } }',
  );
const many = Array.from({ length: 2000 }, (_, index) => `member_${index + 1}`);

const cases: readonly PeerCase[] = [
  {
    title: 'members are added once each',
    from: 'redis-py test_sadd',
    steps: [
      writes('addSetMembers', { key, members: ['1', '2', '3'] }, { added: 3 }),
      writes('addSetMembers', { key, members: ['3', '3', '4'] }, { added: 1 }),
      holds('1', '2', '3', '4'),
    ],
  },
  {
    title: 'the length is the number of members',
    from: 'redis-py test_scard',
    steps: [sadd('1', '2', '3'), reads('set(name: "a") { length }', { length: 3 })],
  },
  {
    title: 'a set that does not exist is null, not an empty set',
    from: 'redis-py test_smembers',
    differs: 'A key or element that does not exist',
    steps: [sadd('1', '2', '3'), holds('1', '2', '3'), reads('set(name: "none") { length }', null)],
  },
  {
    title: 'several members are looked up at once, in their order',
    from: 'redis-py test_smismember',
    steps: [
      sadd('1', '2', '3'),
      reads('set(name: "a") { contains(members: ["1", "4", "2", "3"]) }', { contains: [true, false, true, true] }),
      fails('set(name: "a") { contains(members: []) }', 'INVALID_INPUT'),
    ],
  },
  {
    title: 'a member moves to another set, and one that does not exist is not moved',
    from: 'redis-py test_smove',
    steps: [
      sadd('a1', 'a2'),
      valkey(['SADD', 'b', 'b1', 'b2']),
      writes(
        'moveSetMember',
        { source: 'a', destination: 'b', member: 'a1' },
        { moved: true, source: { length: 1 }, destination: { length: 3 } },
      ),
      valkey(['SMISMEMBER', 'b', 'a1', 'b1', 'b2'], [1, 1, 1]),
      writes('moveSetMember', { source: 'a', destination: 'b', member: 'none' }, { moved: false }),
    ],
  },
  {
    title: 'members are popped at random, each once, until the set is gone',
    from: 'redis-py test_spop_multi_value',
    steps: [sadd('1', '2', '3'), pops(2, ['1', '2', '3'], 1), pops(1, ['1', '2', '3'], 0), valkey(['EXISTS', key], 0)],
  },
  {
    title: 'random members are distinct; a negative count, which would repeat them, is refused',
    from: 'redis-py test_srandmember_multi_value',
    differs: 'The sign of a count (LREM, SRANDMEMBER)',
    steps: [
      sadd('1', '2', '3'),
      reads('set(name: "a") { randomMembers(count: 2) { value } }', {
        randomMembers: expect.toSatisfy(
          (members: { value: string }[]) => new Set(members.map(({ value }) => value)).size === 2,
          'two distinct members',
        ),
      }),
      reads('set(name: "a") { randomMembers(count: 9) { value } }', { randomMembers: nodesOf(['1', '2', '3']) }),
      fails('set(name: "a") { randomMembers(count: -5) { value } }', 'INVALID_INPUT'),
      fails('set(name: "a") { randomMembers(count: 0) { value } }', 'INVALID_INPUT'),
    ],
  },
  {
    title: 'members are removed, and those that do not exist are not counted',
    from: 'redis-py test_srem',
    steps: [
      sadd('1', '2', '3', '4'),
      writes('removeSetMembers', { key, members: ['5'] }, { removed: 0 }),
      writes('removeSetMembers', { key, members: ['2', '4'] }, { removed: 2 }),
      holds('1', '3'),
    ],
  },
  {
    title: 'members are filtered by a pattern',
    from: 'redis-py test_sscan',
    steps: [sadd('1', '2', '3'), matches('*', '1', '2', '3'), matches('1', '1')],
  },
  {
    title: 'a pattern matches at the beginning, in the middle, at the end and exactly',
    from: 'RedisInsight set/POST-databases-id-set-get_members',
    steps: [
      valkey(['SADD', key, ...many]),
      matches('*_1999', 'member_1999'),
      matches('member_199*', 'member_199', ...many.slice(1989, 1999)),
      matches('mem*_2000', 'member_2000'),
      matches('member_777', 'member_777'),
      matches('nothing'),
    ],
  },
  {
    title: 'the pages of a set have each member',
    from: 'RedisInsight set/POST-databases-id-set-get_members (entire set)',
    steps: [
      valkey(['SADD', key, ...many]),
      async ({ api }) => {
        const seen = new Set<string>();
        let after: string | null = null;
        do {
          const argument: string = after === null ? '' : `, after: "${after}"`;
          const selection = `set(name: "a") { members(first: 300${argument}) { nodes { value } pageInfo { hasNextPage endCursor } } }`;
          const { nodes, pageInfo } = (await api.cluster(selection)).set.members;
          for (const { value } of nodes) seen.add(value);
          after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
        } while (after !== null);
        expect([...seen].toSorted()).toEqual(many.toSorted());
      },
    ],
  },
  {
    title: 'members are bytes that are not text, written in one encoding and read in another',
    from: 'RedisInsight set/POST-databases-id-set (buffers)',
    steps: [
      writes('addSetMembers', { key, members: ['/wA='], valueEncoding: 'BASE64' }, { added: 1 }),
      reads('set(name: "a") { members { nodes { value hex: value(valueEncoding: HEX) } } }', {
        members: { nodes: [{ value: null, hex: 'ff00' }] },
      }),
      reads('set(name: "a") { contains(members: ["ff00", "ff"], valueEncoding: HEX) }', { contains: [true, false] }),
      refuses('addSetMembers', { key, members: ['xyz'], valueEncoding: 'HEX' }, 'INVALID_INPUT', 'input.members.0'),
    ],
  },
  {
    title: 'a set is created with an empty member; adding again changes it instead of a conflict',
    from: 'RedisInsight set/POST-databases-id-set',
    differs: 'Creating a key that exists',
    steps: [
      writes('addSetMembers', { key, members: [''] }, { added: 1, key: { length: 1 } }),
      writes('addSetMembers', { key, members: [''] }, { added: 0, key: { length: 1 } }),
      writes('addSetMembers', { key, members: ['x'] }, { added: 1, key: { length: 2 } }),
    ],
  },
  {
    title: 'removing from a key that does not exist removes nothing, which is no error',
    from: 'RedisInsight set/DELETE-databases-id-set-members',
    differs: 'Deleting from a key that does not exist',
    steps: [
      writes('removeSetMembers', { key, members: ['x'] }, { removed: 0, key: null }, '{ removed key { length } }'),
      sadd('x'),
      writes('removeSetMembers', { key, members: ['x'] }, { removed: 1, key: null }, '{ removed key { length } }'),
      valkey(['EXISTS', key], 0),
    ],
  },
  {
    title: 'a set is not read or written as another type',
    from: 'RedisInsight set/PUT-databases-id-set',
    steps: [
      valkey(['SET', key, 'text']),
      fails('set(name: "a") { length }', 'WRONG_TYPE'),
      refuses('addSetMembers', { key, members: ['x'] }, 'WRONG_TYPE', 'input.key'),
      refuses('removeSetMembers', { key, members: ['x'] }, 'WRONG_TYPE', 'input.key'),
      refuses('popSetMembers', { key }, 'WRONG_TYPE', 'input.key'),
    ],
  },
  {
    title: 'a set of several members is added with one mutation',
    from: 'valkey-admin keys-browser addKey (set)',
    steps: [
      writes('addSetMembers', { key, members: ['value1', 'value2'] }, { added: 2, key: { type: 'SET', length: 2 } }),
      holds('value1', 'value2'),
    ],
  },
];

describePeerCases('sets', cases);
