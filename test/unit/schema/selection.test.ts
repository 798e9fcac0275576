import { parse, Kind, type FragmentDefinitionNode } from 'graphql';
import { expect, test } from 'vitest';
import { isIncluded, selectedFields } from '../../../src/schema/shared/selection.js';

function read(text: string) {
  const { definitions } = parse(text);
  const fragments = new Map(
    definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [])),
  );
  const { selectionSet } = definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION)!;
  return { selectionSet, fragment: (name: string): FragmentDefinitionNode | undefined => fragments.get(name) };
}

test('fields are found in order through fragments of all kinds, as often as a fragment is spread', () => {
  const { selectionSet, fragment } = read(
    '{ a ...F b { c } ... on T { d ...F } ...Missing } fragment F on T { e ... { f } }',
  );
  const found = selectedFields(selectionSet, undefined, { fragment });
  expect(found.map(({ node }) => node.name.value)).toEqual(['a', 'e', 'f', 'b', 'd', 'e', 'f']);
});

test('the place of a field comes from the innermost fragment that has one, and fragments that cannot apply are left out', () => {
  const { selectionSet, fragment } = read(
    '{ a ... on X { b ... { c } ... on Y { d } } ... on Z { e } ...F } fragment F on Y { f }',
  );
  const found = selectedFields(selectionSet, 'root', {
    fragment,
    enter: (place, condition) => (condition === 'Z' ? null : (condition ?? place)),
  });
  expect(found.map(({ node, place }) => `${place}.${node.name.value}`)).toEqual(['root.a', 'X.b', 'X.c', 'Y.d', 'Y.f']);
});

test('@skip and @include decide on fields and on fragments, by literals and by variables', () => {
  const { selectionSet, fragment } = read(
    '{ a @skip(if: true) b @skip(if: $yes) c @include(if: $yes) ... @include(if: $no) { d } ...F @skip(if: $no) g @skip(if: false) @include(if: false) } ' +
      'fragment F on T { e @include(if: true) f @skip(if: true) }',
  );
  const variables = { yes: true, no: false };
  const found = selectedFields(selectionSet, undefined, {
    fragment,
    isIncluded: (node) => isIncluded(node, variables),
  });
  expect(found.map(({ node }) => node.name.value)).toEqual(['c', 'e']);
});

test('a directive without its variable, or with one of another type, includes the field', () => {
  const { selectionSet, fragment } = read('{ a @skip(if: $unknown) b @include(if: $unknown) c @skip(if: $text) }');
  const found = selectedFields(selectionSet, undefined, {
    fragment,
    isIncluded: (node) => isIncluded(node, { text: 'yes' }),
  });
  expect(found.map(({ node }) => node.name.value)).toEqual(['a', 'b', 'c']);
});
