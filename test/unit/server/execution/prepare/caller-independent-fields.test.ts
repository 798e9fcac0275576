import { buildSchema, getOperationAST, parse, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { callerIndependent } from '../../../../../src/schema/shared/caller-independent-fields.js';
import { schema } from '../../../../../src/schema/schema.js';
import { dependsOnCaller } from '../../../../../src/server/execution/prepare/caller-independent-fields.js';

const depends = (query: string, on: GraphQLSchema = schema, operationName?: string): boolean => {
  const document = parse(query);
  return dependsOnCaller(on, document, getOperationAST(document, operationName)!);
};

describe('Results do not depend on the caller for', () => {
  test.each([
    'channelMessages(cluster: "c", channels: ["a"]) { __typename messages { channel pattern payload json receivedAt } gap { reason missed } }',
    'streamEntries(cluster: "c", stream: "s") { entries { entryId fields { name value } json } gap { reason } }',
    'groupEntries(cluster: "c", stream: "s", group: "g", consumer: "x") { entries { entry { entryId } deliveryCount claimed } }',
    'clusterMetrics(cluster: "c") { at hitRate connectedClients networkInBytesPerSecond nodes { address role cpuRatio usedMemoryBytes } }',
    'clusterChanges { reason cluster { id name status engine createdAt securityGroupIds primaryEndpoint { host port } shards { id name slots } } }',
  ])('%s', (selection) => {
    expect(depends(`subscription { ${selection} }`)).toBe(false);
  });
});

test.each([
  'clusterChanges { cluster { name nodes { name } } }',
  'clusterChanges { cluster { shards { primary { name } } } }',
  'clusterChanges { cluster { tags { key } } }',
  'clusterMetrics(cluster: "c") { nodes { node { name } } }',
])('the result of %s depends on the caller', (selection) => {
  expect(depends(`subscription { ${selection} }`)).toBe(true);
});

describe('The analysis of a schema', () => {
  const own = buildSchema(`
    interface Named { name: String }
    type Plain implements Named { name: String size: Int }
    type Mixed implements Named { name: String size: Int }
    union Either = Plain | Mixed
    type Query { plain: Plain mixed: Mixed named: Named either: Either }
  `);
  const fieldsOf = (type: string) => (own.getType(type) as GraphQLObjectType).getFields();
  own.getType('Plain')!.extensions = callerIndependent;
  for (const field of Object.values(fieldsOf('Query'))) field.extensions = callerIndependent;
  fieldsOf('Mixed')['size']!.extensions = callerIndependent;

  test.each([
    ['a marked type, which includes all its fields', '{ plain { name size } }', false],
    ['a marked field', '{ mixed { size } }', false],
    ['a field without a mark', '{ mixed { size name } }', true],
    ['the name of a type', '{ named { __typename } either { __typename } }', false],
    ['an interface with one type without a mark', '{ named { name } }', true],
    [
      'the fields selected on each type of a union',
      '{ either { ... on Plain { name } ... on Mixed { size } } }',
      false,
    ],
    [
      'a field without a mark on one type of a union',
      '{ either { ... on Plain { name } ... on Mixed { name } } }',
      true,
    ],
    [
      'a field in nested fragments',
      '{ mixed { ...a } } fragment a on Mixed { ...b } fragment b on Mixed { name }',
      true,
    ],
    ['a field that a variable may skip', 'query ($no: Boolean!) { mixed { name @skip(if: $no) } }', true],
    ['an alias', '{ mixed { size: name } }', true],
  ])('recognises %s', (_, query, expected) => {
    expect(depends(query, own)).toBe(expected);
  });

  test('considers only the requested operation of a document', () => {
    const both = 'query A { mixed { ...name } } query B { plain { name } } fragment name on Mixed { name }';
    expect(depends(both, own, 'A')).toBe(true);
    expect(depends(both, own, 'B')).toBe(false);
  });
});
