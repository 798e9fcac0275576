import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  Argument,
  Command,
  Reply,
  ValkeyCommands,
  ValkeyConnections,
} from '../../../../src/datasources/valkey/interfaces.js';
import { knownKey, type KeySnapshot } from '../../../../src/datasources/valkey/values/keys/key-snapshot.js';
import { scoredMembersOf } from '../../../../src/datasources/valkey/values/sorted-set/sorted-set.js';
import { scoreArgument } from '../../../../src/domain/key/score.js';
import type { ScoredMember } from '../../../../src/domain/key/sorted-set.js';
import { cursorScope } from '../../../../src/resolvers/key/cursor-scope.js';
import { membersByLex, membersByRank, membersByScore } from '../../../../src/resolvers/key/sorted-set/member-pages.js';
import type { Page } from '../../../../src/resolvers/shared/page.js';
import { connectionsTo } from '../../../helpers/valkey/connections.js';
import { describeServer } from '../../../helpers/valkey/described-cluster.js';
import { startValkey, type TestValkey } from '../../../helpers/valkey/valkey.js';

const name = Buffer.from('z');
const ranks: readonly boolean[] = [];

/** Few scores, so that many members share one. */
const score = fc.constantFrom(-Infinity, -1, -0, 0, 5e-324, 1, 1.5, 1e308, Infinity);
const value = fc.uint8Array({ maxLength: 2 }).map((bytes) => Buffer.from(bytes));
const members = fc.uniqueArray(fc.record({ value, score }), { selector: hex, maxLength: 80, size: 'max' });
const first = fc.integer({ min: 1, max: 9 });
const flags = { excludeMin: fc.boolean(), excludeMax: fc.boolean() };
const scoreRange = fc.record({
  min: fc.oneof(fc.constant(-Infinity), score),
  max: fc.oneof(fc.constant(Infinity), score),
  ...flags,
});
const lexRange = fc.record({
  min: fc.option(value.map(text)),
  max: fc.option(value.map(text)),
  valueEncoding: fc.constant('HEX' as const),
  ...flags,
});

/** A change of one member; without a score, it is removed. */
interface Write {
  /** Whether it changes the member after which the next page begins, or one of the volatile members. */
  readonly ofLast: boolean;
  readonly index: number;
  readonly score: number | undefined;
}
const writes = fc.array(
  fc.record({ ofLast: fc.boolean(), index: fc.nat(), score: fc.option(score, { nil: undefined }) }),
  { minLength: 1 },
);

type ReadPage = (reading: KeySnapshot, first: number, after: string | null) => Promise<Page<ScoredMember>>;

function hex({ value }: { readonly value: Buffer }): string {
  return text(value);
}
function text(bytes: Buffer): string {
  return bytes.toString('hex');
}

describe('pages of a sorted set', () => {
  let server: TestValkey;
  let connections: ValkeyConnections;
  let commands: ValkeyCommands;
  beforeAll(async () => {
    server = await startValkey();
    connections = connectionsTo(describeServer(server));
    commands = await connections.commands('orders');
  });
  afterAll(async () => {
    await connections.close();
    await server[Symbol.asyncDispose]();
  });

  const send = (...args: readonly [string, ...Argument[]]) => commands.send({ args, key: name });
  const fill = async (all: readonly ScoredMember[]): Promise<void> => {
    await send('DEL', name);
    const pairs = all.flatMap(({ value, score }) => [scoreArgument(score), value]);
    if (pairs.length > 0) await send('ZADD', name, ...pairs);
  };
  /** Reads all pages. `interfere` runs before each command, and receives the last member that was read. */
  const readAll = async (
    readPage: ReadPage,
    first: number,
    interfere: (last: ScoredMember | undefined) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<ScoredMember[]> => {
    const all: ScoredMember[] = [];
    const disturbed = async (command: Command): Promise<Reply> => {
      await interfere(all.at(-1));
      return await commands.send(command);
    };
    for (let after: string | null = null; ;) {
      const reading = knownKey({ cluster: 'orders', name, commands: { send: disturbed } }, 'SORTED_SET');
      const { edges, pageInfo } = await readPage(reading, first, after);
      expect(edges.length).toBeLessThanOrEqual(first);
      all.push(...edges.map(({ node }) => node));
      if (!pageInfo.hasNextPage) return all;
      expect(pageInfo.endCursor).not.toBeNull();
      if (edges.length > 0) expect(edges.at(-1)?.cursor).toBe(pageInfo.endCursor);
      after = pageInfo.endCursor;
    }
  };
  const plain = (all: readonly ScoredMember[]) => all.map(({ value, score }) => [text(value), score === 0 ? 0 : score]);
  const order = (reverse: boolean, min: Argument, max: Argument): Argument[] => (reverse ? [max, min] : [min, max]);

  it('by rank are together what one ZRANGE replies, whatever their size and direction', async () => {
    await fc.assert(
      fc.asyncProperty(members, first, fc.boolean(), fc.integer({ min: -90, max: 90 }), async (...of) => {
        const [all, first, reverse, start] = of;
        await fill(all);
        const read = await readAll(
          (z, first, after) => membersByRank(z, { first, after, start, reverse, ranks }),
          first,
        );
        const reply = await send('ZRANGE', name, String(start), '-1', ...(reverse ? ['REV'] : []), 'WITHSCORES');
        expect(plain(read)).toEqual(plain(scoredMembersOf(reply)));
      }),
      { numRuns: 80, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('by score are together what one ZRANGE BYSCORE replies, whatever their size, direction and ties', async () => {
    await fc.assert(
      fc.asyncProperty(members, scoreRange, first, fc.boolean(), async (all, range, first, reverse) => {
        await fill(all);
        const read = await readAll(
          (z, first, after) => membersByScore(z, { range, first, after, reverse, ranks }),
          first,
        );
        const min = `${range.excludeMin ? '(' : ''}${scoreArgument(range.min)}`;
        const max = `${range.excludeMax ? '(' : ''}${scoreArgument(range.max)}`;
        const options = ['BYSCORE', ...(reverse ? ['REV'] : []), 'WITHSCORES'];
        const reply = await send('ZRANGE', name, ...order(reverse, min, max), ...options);
        expect(plain(read)).toEqual(plain(scoredMembersOf(reply)));
      }),
      { numRuns: 80, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('by bytes are together what one ZRANGE BYLEX replies, whatever their size and direction', async () => {
    await fc.assert(
      fc.asyncProperty(members, score, lexRange, first, fc.boolean(), async (all, score, range, first, reverse) => {
        await fill(all.map(({ value }) => ({ value, score })));
        const read = await readAll(
          (z, first, after) => membersByLex(z, { range, first, after, reverse, ranks }),
          first,
        );
        const bound = (value: string | null, isExcluded: boolean, none: string): Argument =>
          value === null ? none : Buffer.concat([Buffer.from(isExcluded ? '(' : '['), Buffer.from(value, 'hex')]);
        const bounds = order(reverse, bound(range.min, range.excludeMin, '-'), bound(range.max, range.excludeMax, '+'));
        const reply = await send('ZRANGE', name, ...bounds, 'BYLEX', ...(reverse ? ['REV'] : []));
        expect(read.map(hex)).toEqual((reply as Buffer[]).map(text));
        expect(read.every((member) => member.score === score)).toBe(true);
      }),
      { numRuns: 80, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('by bytes have the scores of their members if these differ, without members that are removed meanwhile', async () => {
    const range = { min: null, max: null, valueEncoding: 'UTF8', excludeMin: false, excludeMax: false } as const;
    const scored = [1, 2, 3].map((score) => ({ value: Buffer.from(`m${score}`), score }));
    const page = async (beforeScores: () => Promise<unknown>) => {
      await fill(scored);
      const disturbed = async (command: Command): Promise<Reply> => {
        if (command.args[0] === 'ZMSCORE') await beforeScores();
        return await commands.send(command);
      };
      const reading = knownKey({ cluster: 'orders', name, commands: { send: disturbed } }, 'SORTED_SET');
      const read = membersByLex(reading, { range, first: 2, after: null, reverse: false, ranks });
      return { exists: await reading.ifStillExists([read]), ...(await read) };
    };
    const nodes = ({ edges }: Page<ScoredMember>) => edges.map(({ node: { value, score } }) => ({ value, score }));
    const whole = await page(() => Promise.resolve());
    expect(nodes(whole)).toEqual(scored.slice(0, 2));
    const rest = await page(() => send('ZREM', name, 'm2'));
    expect(nodes(rest)).toEqual(scored.slice(0, 1));
    expect(rest.pageInfo).toMatchObject({ hasNextPage: true, endCursor: whole.pageInfo.endCursor });
    expect([whole.exists, rest.exists]).not.toContain(null);
    expect((await page(() => send('DEL', name))).exists).toBeNull();
  });

  it('are null with their key if it is deleted before the ranks of their members are read', async () => {
    await fill([1, 2, 3].map((score) => ({ value: Buffer.from(`m${score}`), score })));
    const disturbed = async (command: Command): Promise<Reply> => {
      if (command.args[0] === 'ZRANK') await send('DEL', name);
      return await commands.send(command);
    };
    const reading = knownKey({ cluster: 'orders', name, commands: { send: disturbed } }, 'SORTED_SET');
    const range = { min: -Infinity, max: Infinity, excludeMin: false, excludeMax: false };
    const read = membersByScore(reading, { range, first: 2, after: null, reverse: false, ranks: [false] });
    expect(await reading.ifStillExists([read])).toBeNull();
    expect((await read).edges.map(({ node }) => node.score)).toEqual([1, 2]);
  });

  it('by score have each member that does not change exactly once, although others change before each command', async () => {
    await fc.assert(
      fc.asyncProperty(members, scoreRange, first, fc.boolean(), writes, async (all, range, first, reverse, writes) => {
        await fill(all);
        /** Every third member may change, and those after which a page begins. */
        const volatile = all.filter((_, index) => index % 3 === 0).map(({ value }) => value);
        const changed = new Set<string>();
        let next = 0;
        const interfere = async (last: ScoredMember | undefined): Promise<void> => {
          const { ofLast, index, score }: Write = writes[next++ % writes.length]!;
          const member = ofLast ? last?.value : volatile[index % volatile.length];
          // Members that move around the place without end would be read without end.
          if (!member || changed.size > 60 || next > 400) return;
          changed.add(text(member));
          if (score === undefined) await send('ZREM', name, member);
          else await send('ZADD', name, scoreArgument(score), member);
        };
        const read = await readAll(
          (z, f, after) => membersByScore(z, { range, first: f, after, reverse, ranks }),
          first,
          interfere,
        );
        const unchanged = ({ value }: ScoredMember): boolean => !changed.has(text(value));
        const isInRange = ({ score }: ScoredMember): boolean =>
          (range.excludeMin ? score > range.min : score >= range.min) &&
          (range.excludeMax ? score < range.max : score <= range.max);
        const expected = all
          .filter((member) => unchanged(member) && isInRange(member))
          .sort((a, b) => (a.score === b.score ? Buffer.compare(a.value, b.value) : a.score < b.score ? -1 : 1));
        if (reverse) expected.reverse();
        expect(plain(read.filter(unchanged))).toEqual(plain(expected));
      }),
      { numRuns: 300, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('by score continue in bounded work among 100,000 members of one score, also after one that was removed', async () => {
    const count = 100_000;
    const script = `for i = 0, ${count - 1} do redis.call('ZADD', KEYS[1], 7, string.format('m%06d', i)) end`;
    const value = (index: number) => Buffer.from(`m${String(index).padStart(6, '0')}`);
    await send('DEL', name);
    await server.command('EVAL', script, '1', 'z');
    const range = { min: -Infinity, max: Infinity, excludeMin: false, excludeMax: false };
    let sent = 0;
    const counted = { send: (command: Command) => ((sent += 1), commands.send(command)) };
    for (const reverse of [false, true]) {
      for (const at of [0, 1, 30, 5_000, 49_999, 99_990]) {
        for (const isRemoved of [false, true]) {
          const previous = reverse ? count - 1 - at : at;
          const reading = () => knownKey({ cluster: 'orders', name, commands: counted }, 'SORTED_SET');
          const to = await membersByRank(reading(), { first: 1, after: null, start: at, reverse, ranks });
          expect(to.edges.map(({ node }) => text(node.value))).toEqual([text(value(previous))]);
          if (isRemoved) await send('ZREM', name, value(previous));
          const scope = cursorScope({ cluster: 'orders', name });
          const content = { v: 'score2', k: scope, s: '7', m: value(previous).toString('base64') };
          const after = Buffer.from(JSON.stringify(content)).toString('base64url');
          sent = 0;
          const page = await membersByScore(reading(), { range, first: 20, after, reverse, ranks });
          const following = Array.from({ length: 20 }, (_, index) => previous + (index + 1) * (reverse ? -1 : 1));
          const left = following.filter((index) => index >= 0 && index < count).map((index) => value(index).toString());
          expect(page.edges.map(({ node }) => node.value.toString())).toEqual(left);
          expect(sent).toBeLessThanOrEqual(isRemoved ? 100 : 3);
          if (isRemoved) await send('ZADD', name, '7', value(previous));
        }
      }
    }
  });
});
