import fc from 'fast-check';
import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import type { ValkeyConnections } from '../../../../src/datasources/valkey/interfaces.js';
import {
  setCollection,
  sortedSetCollection,
  type CollectionType,
  type SetMember,
} from '../../../../src/datasources/valkey/values/scans/collections.js';
import type { ScoredMember } from '../../../../src/domain/key/sorted-set.js';
import { listElements, type ElementPage } from '../../../../src/datasources/valkey/values/scans/element-listing.js';
import { scanStart, type ScanPosition } from '../../../../src/datasources/valkey/values/scans/scan-position.js';
import { connectionsTo } from '../../../helpers/valkey/connections.js';
import { describeServer } from '../../../helpers/valkey/described-cluster.js';
import { monitor } from '../../../helpers/valkey/monitor.js';
import { startValkey, type TestValkey } from '../../../helpers/valkey/valkey.js';

interface Listing<Element> {
  readonly type: CollectionType<Element>;
  readonly first: number;
  readonly match?: Buffer;
  /** Whether every second page begins after the cursor of an edge, which is shorter than that of `pageInfo`. */
  readonly usesEdges?: boolean;
  /** Runs after each page. */
  readonly between?: (page: number) => Promise<unknown>;
}

describe('listing the members of sets and sorted sets', () => {
  let server: TestValkey;
  let connections: ValkeyConnections;
  beforeAll(async () => {
    server = await startValkey();
    connections = connectionsTo(describeServer(server));
  });
  afterAll(async () => {
    await connections.close();
    await server[Symbol.asyncDispose]();
  });

  async function pagesOf<Element>(
    key: string,
    { type, first, match, usesEdges, between }: Listing<Element>,
    { commandsOf = connections }: { readonly commandsOf?: ValkeyConnections } = {},
  ): Promise<Element[][]> {
    const pages: Element[][] = [];
    let position: ScanPosition | undefined = scanStart;
    do {
      const collection = { commands: await commandsOf.commands('orders'), name: Buffer.from(key) };
      const page: ElementPage<Element> = await listElements(collection, type, position, { first, match });
      pages.push(page.elements.map(({ element }) => element));
      const edge = usesEdges && pages.length % 2 ? page.elements.at(-1)?.position() : undefined;
      position = page.next && (edge ?? page.next);
      await between?.(pages.length);
    } while (position);
    return pages;
  }

  const texts = (members: readonly SetMember[]) => members.map(({ value }) => value.toString('latin1'));

  const member = fc.oneof(
    fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    fc.integer({ min: -20, max: 20 }).map((number) => Buffer.from(String(number))),
    fc.constantFrom('', '\r\n', '*', 'a*b', '__proto__', 'x'.repeat(100)).map((text) => Buffer.from(text)),
  );
  const members = fc.uniqueArray(member, {
    minLength: 1,
    maxLength: 300,
    size: 'max',
    selector: (bytes) => bytes.toString('hex'),
  });
  const score = fc.oneof(
    fc.double({ noNaN: true }),
    fc.constantFrom(Infinity, -Infinity, 0, 5e-324, Number.MAX_VALUE, -0.1, 2 ** 53),
  );

  test('returns each member once with its score, whatever the bytes and the size of a page', async () => {
    await fc.assert(
      fc.asyncProperty(members, fc.array(score, { minLength: 1 }), fc.integer({ min: 1, max: 400 }), async (...of) => {
        const [names, scores, first] = of;
        const scored = names.map((value, at) => ({ value, score: scores[at % scores.length]! }));
        await server.command('DEL', 'set', 'scored');
        const commands = await connections.commands('orders');
        await commands.send({ args: ['SADD', 'set', ...names] });
        const written = ({ value, score }: ScoredMember) => [
          Number.isFinite(score) ? String(score) : score > 0 ? '+inf' : '-inf',
          value,
        ];
        await commands.send({ args: ['ZADD', 'scored', ...scored.flatMap(written)] });

        const ofSet = await pagesOf('set', { type: setCollection, first, usesEdges: true });
        const ofSortedSet = await pagesOf('scored', { type: sortedSetCollection, first, usesEdges: true });
        for (const page of [...ofSet, ...ofSortedSet]) expect(page.length).toBeLessThanOrEqual(first);
        const expected = names.map((name) => name.toString('latin1')).sort();
        expect(texts(ofSet.flat()).sort()).toEqual(expected);
        expect(texts(ofSortedSet.flat()).sort()).toEqual(expected);
        const scoreOf = new Map(scored.map(({ value, score }) => [value.toString('latin1'), score]));
        // 0 and -0 are the same score, which toBe distinguishes.
        for (const { value, score } of ofSortedSet.flat()) {
          expect(score === scoreOf.get(value.toString('latin1')), `${score} of ${value.toString('hex')}`).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  const large = Array.from({ length: 3_000 }, (_, index) => `member:${index}`);
  const seedLarge = async (on: TestValkey, suffix = '') => {
    await on.command('SADD', `large-set${suffix}`, ...large);
    await on.command('ZADD', `large-scored${suffix}`, ...large.flatMap((name, index) => [String(index), name]));
  };
  const kinds = [
    ['set', setCollection, ['SADD'], 'SREM'],
    ['scored', sortedSetCollection as CollectionType<SetMember>, ['ZADD', '1'], 'ZREM'],
  ] as const;

  test.each(kinds)(
    'loses no member of a large %s that changes meanwhile, and repeats none on a page',
    async (...kind) => {
      const [name, type, [add, ...scoreOfNew], remove] = kind;
      await seedLarge(server, '-changing');
      const key = `large-${name}-changing`;
      const removed = new Set<string>();
      const pages = await pagesOf(key, {
        type,
        first: 250,
        async between(page) {
          for (let at = 0; at < 100; at += 1) await server.command(add, key, ...scoreOfNew, `new:${page}:${at}`);
          for (const each of large.slice(page * 10, page * 10 + 10)) {
            removed.add(each);
            await server.command(remove, key, each);
          }
          if (page > 60) throw new Error('Expected an end of the listing.');
        },
      });
      for (const page of pages) expect(new Set(texts(page)).size).toBe(page.length);
      expect(texts(pages.flat())).toEqual(expect.arrayContaining(large.filter((each) => !removed.has(each))));
    },
  );

  test('sends only the part of a pattern before its first star to the node', async () => {
    await seedLarge(server);
    await using sent = await monitor(server);
    const match = Buffer.from('member:*77*');
    const expected = large.filter((name) => name.includes('77')).sort();
    for (const [name, type] of kinds) {
      const pages = await pagesOf(`large-${name}`, { type, first: 20, match });
      expect(texts(pages.flat()).sort()).toEqual(expected);
    }
    const scans = sent.commands.filter((command) => /^"[SZ]SCAN"/.test(command));
    expect(scans.length).toBeGreaterThan(2);
    for (const scan of scans) expect(scan).toContain('"MATCH" "member:*" "COUNT" "500"');
  });

  test.each(kinds)('begins again if another process serves the %s', async (name, type) => {
    await using other = await startValkey({ args: ['--appendonly', 'yes'] });
    const ownConnections = connectionsTo(describeServer(other));
    try {
      await seedLarge(other);
      const pages = await pagesOf(
        `large-${name}`,
        {
          type,
          first: 500,
          async between(page) {
            if (page !== 2) return;
            await other.restart();
            await ownConnections.connect('orders', {});
          },
        },
        { commandsOf: ownConnections },
      );
      expect([...new Set(texts(pages.flat()))].sort()).toEqual(large.toSorted());
      expect(pages.flat().length).toBeGreaterThan(large.length);
    } finally {
      await ownConnections.close();
    }
  });
});
