import * as fc from 'fast-check';
import {
  getIntrospectionQuery,
  getNamedType,
  isCompositeType,
  isObjectType,
  Kind,
  parse,
  validate,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { sizeOf } from '../../../../src/schema/shared/list-size.js';
import { schema } from '../../../../src/schema/schema.js';
import { evaluateCost } from '../../../../src/server/limits/cost/cost-expression.js';
import { createCostOf } from '../../../../src/server/limits/cost/operation-cost.js';
import { defaultLimits } from '../../../../src/config/limits/server-limits.js';

const costOf = createCostOf(schema);

function cost(query: string, variables?: Record<string, unknown>): number {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  return evaluateCost(costOf(document, operationOf(document)), variables ?? {});
}

function operationOf({ definitions }: DocumentNode): OperationDefinitionNode {
  const operation = definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
  if (!operation) throw new Error('Expected an operation.');
  return operation;
}

const keys = (args: string, selection = 'name') => `cluster(name: "a") { keys${args} { nodes { ${selection} } } }`;

describe('The cost of an operation is the maximum number of fields of its result, for', () => {
  test.each([
    ['single fields', '{ cluster(name: "a") { name status primaryEndpoint { host port } } }', {}, 6],
    ['a page with its default size, and the keys that are scanned for it', `{ ${keys('')} }`, {}, 1 + 1 + 100 + 1 + 50],
    ['a page with a size by an argument', `{ ${keys('(first: 7, maxScanned: 100)')} }`, {}, 1 + 1 + 1 + 1 + 7],
    [
      'a page with a size by a variable',
      `query ($n: Int!) { ${keys('(first: $n, maxScanned: 100)')} }`,
      { n: 9 },
      4 + 9,
    ],
    [
      'a page with a size by the default of a variable',
      `query ($n: Int! = 3) { ${keys('(first: $n, maxScanned: 100)')} }`,
      {},
      4 + 3,
    ],
    [
      'a list with a size by an argument',
      'query ($n: [String!]!) { cluster(name: "a") { keysByName(names: $n) { name slot } } }',
      { n: ['a', 'b', 'c'] },
      2 + 3 * 2,
    ],
    [
      'a single item instead of a list',
      'query ($n: [String!]!) { cluster(name: "a") { keysByName(names: $n) { name } } }',
      { n: 'a' },
      2 + 1,
    ],
    ['a list with an assumed size', '{ cluster(name: "a") { tags { key value } } }', {}, 2 + 10 * 2],
    ['nested lists', '{ cluster(name: "a") { shards { replicas { name } } } }', {}, 2 + 10 * (1 + 5)],
    [
      'fragments that are spread several times',
      '{ ...F a: cluster(name: "a") { name } ...F } fragment F on Query { b: cluster(name: "b") { name } }',
      {},
      6,
    ],
    [
      'the most expensive of several possible types',
      '{ cluster(name: "a") { key(name: "k") { ... on StringKey { value } ... on HashKey { allFields { name } } } } }',
      {},
      2 + 1 + 100,
    ],
    [
      'fields that take long on a server, whatever they return',
      '{ cluster(name: "a") { string(name: "k") { bitCount cardinality } } }',
      {},
      2 + 1_001 + 11,
    ],
    [
      'a list that takes long on a server',
      '{ cluster(name: "a") { sortedSet(name: "k") { near(center: { member: "m" }, radius: 1, unit: KILOMETERS, first: 3) { distance } } } }',
      {},
      2 + 1_001 + 3,
    ],
    [
      'a scan without a pattern',
      'query ($m: String) { cluster(name: "a") { set(name: "k") { members(first: 3, match: $m) { nodes { value } } } } }',
      {},
      2 + 1 + 1 + 3,
    ],
    [
      'a scan with a pattern, which may find nothing for long',
      'query ($m: String) { cluster(name: "a") { set(name: "k") { members(first: 3, match: $m) { nodes { value } } } } }',
      { m: 'x*' },
      2 + 101 + 1 + 3,
    ],
    [
      'a pattern of null',
      '{ cluster(name: "a") { set(name: "k") { members(first: 3, match: null) { nodes { value } } } } }',
      {},
      2 + 1 + 1 + 3,
    ],
  ])('%s', (_, query, variables, expected) => {
    expect(cost(query, variables)).toBe(expected);
  });

  test('two hundred counts of bits of whole values, which no operation may have', () => {
    const many = Array.from({ length: 200 }, (_, at) => `b${at}: bitCount`).join(' ');
    const query = `{ cluster(name: "a") { string(name: "k") { ${many} } } }`;
    expect(cost(query)).toBeGreaterThan(defaultLimits.maxCost);
  });

  test('requests with different variables', () => {
    const document = parse(`query ($n: Int!) { ${keys('(first: $n, maxScanned: 100)')} }`);
    const expression = costOf(document, operationOf(document));
    const of = (n: number) => evaluateCost(expression, { n });
    expect([of(1), of(1000), of(5_000_000), of(1)]).toEqual([5, 1004, 5_000_004, 5]);
  });

  test('introspection: the whole schema is allowed, and repeating it for each type is not', () => {
    const whole = cost(
      getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, schemaDescription: true }),
    );
    expect(whole).toBeGreaterThan(5_000);
    expect(whole).toBeLessThan(defaultLimits.maxCost / 2);
    const names = Array.from({ length: 150 }, (_, at) => `a${at}: name`).join(' ');
    expect(cost(`{ __schema { types { fields { type { fields { ${names} } } } } } }`)).toBeGreaterThan(
      defaultLimits.maxCost,
    );
  });
});

/** Counts the fields with every list and fragment expanded, on the most expensive types. */
function naively(set: SelectionSetNode, type: GraphQLObjectType, document: DocumentNode, page = 1): number {
  return set.selections.reduce((all, node) => {
    if (node.kind !== Kind.FIELD) {
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragmentOf(document, node.name.value);
      const on = fragment.typeCondition?.name.value;
      const isOf = on === undefined || on === type.name || type.getInterfaces().some(({ name }) => name === on);
      return all + (isOf ? naively(fragment.selectionSet, type, document, page) : 0);
    }
    const field = type.getFields()[node.name.value];
    if (!field || !node.selectionSet) return all + 1;
    const below = getNamedType(field.type);
    if (!isCompositeType(below)) return all + 1;
    const possible = isObjectType(below) ? [below] : schema.getPossibleTypes(below);
    const first = node.arguments?.find(({ name }) => name.value === 'first')?.value;
    const size = first?.kind === Kind.INT ? Number(first.value) : 50;
    const { list } = sizeOf(field);
    const times = !list ? 1 : 'page' in list ? page : 'assumed' in list ? list.assumed : size;
    let whole = all + 1;
    for (let at = 0; at < times; at += 1) {
      whole += Math.max(...possible.map((each) => naively(node.selectionSet!, each, document, size)));
    }
    return whole;
  }, 0);
}

function fragmentOf({ definitions }: DocumentNode, name: string): FragmentDefinitionNode {
  const found = definitions.find((each) => each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === name);
  if (found?.kind !== Kind.FRAGMENT_DEFINITION) throw new Error(`Expected a fragment ${name}.`);
  return found;
}

test('the cost of a random operation equals the number of fields with every list and fragment expanded', () => {
  fc.assert(
    fc.property(fc.gen(), (g) => {
      const one = <Value>(...values: readonly Value[]): Value => values[g(fc.nat, values.length - 1)]!;
      const fragments: string[] = [];
      const selections = (type: string, depth: number): string => {
        const choices: Record<string, readonly (readonly [string, string] | string)[]> = {
          Query: [
            ['clusters', 'ClusterConnection'],
            ['clusters(first: 3)', 'ClusterConnection'],
            ['users(first: 2)', 'UserConnection'],
          ],
          ClusterConnection: [
            ['nodes', 'Cluster'],
            ['edges', 'ClusterEdge'],
            ['pageInfo', 'PageInfo'],
          ],
          ClusterEdge: ['cursor', ['node', 'Cluster']],
          UserConnection: [['nodes', 'User']],
          User: ['userId', ['userGroups', 'UserGroup'], 'id'],
          UserGroup: ['userGroupId', ['users', 'User']],
          Cluster: ['name', '__typename', ['tags', 'Tag'], ['shards', 'Shard'], ['primaryEndpoint', 'Endpoint'], 'id'],
          Tag: ['key', 'value'],
          Shard: ['name', ['replicas', 'ClusterNode']],
          ClusterNode: ['name'],
          Endpoint: ['host', 'port'],
          PageInfo: ['hasNextPage'],
        };
        const write = (): string => {
          const leaves = choices[type]!.filter((each) => typeof each === 'string');
          const kind = one('field', 'field', 'inline', 'named');
          if (depth > 0 && kind === 'inline') return `... on ${type} ${selections(type, depth - 1)}`;
          if (depth > 0 && kind === 'named') {
            const body = selections(type, depth - 1);
            const name = `F${fragments.length}`;
            fragments.push(`fragment ${name} on ${type} ${body}`);
            return `...${name} `.repeat(one(1, 2));
          }
          const chosen = depth > 0 || leaves.length === 0 ? one(...choices[type]!) : one(...leaves);
          if (typeof chosen === 'string') return chosen;
          return `${chosen[0]} ${selections(chosen[1], depth - 1)}`;
        };
        return `{ ${Array.from({ length: one(1, 2, 3) }, write).join(' ')} }`;
      };
      const document = parse(`${selections('Query', 4)} ${fragments.join(' ')}`);
      const operation = operationOf(document);
      const expected = naively(operation.selectionSet, schema.getQueryType()!, document);
      expect(evaluateCost(costOf(document, operation), {})).toBe(expected);
    }),
    { numRuns: 60 },
  );
});
