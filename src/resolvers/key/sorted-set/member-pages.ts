import { readByLex, readByRank, readByScore } from '../../../datasources/valkey/values/sorted-set/members.js';
import { readMembersAfter } from '../../../datasources/valkey/values/sorted-set/members-after.js';
import type { KeySnapshot } from '../../../datasources/valkey/values/keys/key-snapshot.js';
import { sortedSetCollection, type CollectionType } from '../../../datasources/valkey/values/scans/collections.js';
import { lexRangeAfter, type ScoreRange } from '../../../domain/key/member-ranges.js';
import { checkFirst } from '../../shared/checks.js';
import type { Context } from '../../shared/context.js';
import { pageOf, pageOfScan, type Page, type PageRequest } from '../../shared/page.js';
import { cursorScope } from '../cursor-scope.js';
import { pageOfElements, type ElementsArgs } from '../element-page.js';
import { length } from '../key.js';
import { sortedSetMemberCursors } from '../scan-cursor.js';
import { lexCursor, lexValueOf, rankCursor, rankOf, scoreCursor, scoredMemberOf } from './member-cursors.js';
import { decodeLexRange, type LexRangeInput } from './range-input.js';
import { RankedMember, type SelectedRanks } from './ranked-member.js';

type MemberPage = Promise<Page<RankedMember>>;

interface OrderedPageRequest extends PageRequest, SelectedRanks {
  /** Whether the highest scores come first. */
  readonly reverse: boolean;
}

/** A page by rank. A cursor is a rank, so that members that are added or removed before it shift the next page. */
export async function membersByRank(
  reading: KeySnapshot,
  { first, after, start, reverse, ranks }: OrderedPageRequest & { readonly start: number },
): MemberPage {
  checkFirst(first);
  const scope = cursorScope(reading);
  const from = after == null ? await absoluteRank(reading, start) : rankOf(after, scope, reverse) + 1;
  const found = await readByRank(reading, from, { count: first + 1, reverse });
  const members = found.map((member, index) => ({
    rank: from + index,
    node: new RankedMember(reading, member, [{ rank: from + index, reverse }]),
  }));
  const { edges, pageInfo } = pageOf(members, { first, after }, ({ rank }) => rankCursor(scope, rank, reverse));
  const page = { edges: edges.map(({ cursor, node: { node } }) => ({ cursor, node })), pageInfo };
  return await pageWithRanks(page, { ranks });
}

/** Negative ranks count from the end. */
async function absoluteRank(reading: KeySnapshot, rank: number): Promise<number> {
  return rank >= 0 ? rank : Math.max(0, (await length(reading)) + rank);
}

/** A page by score. A cursor is a member with its score, so that no changes of other members shift the next page. */
export async function membersByScore(
  reading: KeySnapshot,
  { range, first, after, reverse, ranks }: OrderedPageRequest & { readonly range: ScoreRange },
): MemberPage {
  checkFirst(first);
  const order = { count: first + 1, reverse };
  const scope = cursorScope(reading);
  const found =
    after == null
      ? await readByScore(reading, range, order)
      : await readMembersAfter(reading, scoredMemberOf(after, scope), range, order);
  const members = found.slice(0, first);
  const ranked = members.map((member) => new RankedMember(reading, member));
  const next = found.length > first ? found[first - 1] : undefined;
  const page = pageOfScan(
    ranked,
    members.map((member) => positionAt(member)),
    { next, after },
    (member) => scoreCursor(scope, member),
  );
  return await pageWithRanks(page, { ranks });
}

/** A page in the order of the members' bytes. A cursor is a member. */
export async function membersByLex(
  reading: KeySnapshot,
  { range: input, first, after, reverse, ranks }: OrderedPageRequest & { readonly range: LexRangeInput },
): MemberPage {
  checkFirst(first);
  const range = decodeLexRange(input, ['range']);
  const scope = cursorScope(reading);
  const rest = after == null ? range : lexRangeAfter(range, lexValueOf(after, scope), reverse);
  const { members, hasMore, last } = await readByLex(reading, rest, { count: first, reverse });
  const page = pageOfScan(
    members.map((member) => new RankedMember(reading, member)),
    members.map(({ value }) => positionAt(value)),
    { next: hasMore ? last : undefined, after },
    (value) => lexCursor(scope, value),
  );
  return await pageWithRanks(page, { ranks });
}

/** A position that has one form only. */
function positionAt<Position>(position: Position) {
  const itself = (): Position => position;
  return { position: itself, lastPosition: itself };
}

/** A page of a scan, in no order. */
export async function sortedSetMembers(
  reading: KeySnapshot,
  args: ElementsArgs & SelectedRanks,
  context: Pick<Context, 'patterns'>,
): MemberPage {
  const ranked: CollectionType<RankedMember> = {
    command: sortedSetCollection.command,
    nameOf: sortedSetCollection.nameOf,
    elementsOf: (items) => sortedSetCollection.elementsOf(items).map((member) => new RankedMember(reading, member)),
  };
  return await pageWithRanks(await pageOfElements(reading, ranked, sortedSetMemberCursors, args, context), args);
}

/** Reads the selected ranks, so that they are part of the read of their key. Each of them fails alone. */
async function pageWithRanks(page: Page<RankedMember>, { ranks }: SelectedRanks): MemberPage {
  if (ranks.length === 0) return page;
  const reads = page.edges.flatMap(({ node }) => ranks.map(async (reverse) => await node.rank(reverse)));
  await Promise.allSettled(reads);
  return page;
}
