import { expect, test } from 'vitest';
import { pageByName } from '../../../src/resolvers/shared/page.js';

const named = (...names: string[]) => names.map((name) => ({ name }));
const page = (items: { name: string }[], first: number, after?: string) =>
  pageByName(items, ({ name }) => name, { first, after });
const names = ({ edges }: ReturnType<typeof page>) => edges.map(({ node }) => node.name);

test('pages are ordered by name', () => {
  const items = named('c', 'a', 'b');
  const first = page(items, 2);
  expect(names(first)).toEqual(['a', 'b']);
  expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  const second = page(items, 2, first.pageInfo.endCursor!);
  expect(names(second)).toEqual(['c']);
  expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
});

test('a page continues at the same place if the item of its cursor no longer exists', () => {
  const cursor = page(named('a', 'b', 'c'), 2).pageInfo.endCursor!;
  expect(names(page(named('a', 'aa', 'c'), 2, cursor))).toEqual(['c']);
});

test('an empty page has no cursors', () => {
  expect(page([], 10).pageInfo).toEqual({
    hasNextPage: false,
    hasPreviousPage: false,
    startCursor: null,
    endCursor: null,
  });
});

test.each([0, -1, 1001])('a page of %i is refused', (first) => {
  expect(() => page(named('a'), first)).toThrow(`Expected 1 to 1000, got ${first}.`);
});

test('a cursor that this API did not make is refused', () => {
  expect(() => page(named('a'), 1, 'whatever')).toThrow('Expected a cursor of an earlier page.');
});
