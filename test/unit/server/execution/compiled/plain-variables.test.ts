import * as fc from 'fast-check';
import { buildSchema, getOperationAST, getVariableValues, parse } from 'graphql';
import { expect, test } from 'vitest';
import { plainVariables } from '../../../../../src/server/execution/compiled/plain-variables.js';

const schema = buildSchema(`
  enum Color { RED GREEN }
  input Size { width: Int }
  type Query {
    find(a: String, b: [String!]!, c: Boolean!, d: Color, e: [ID], f: Int, g: Size, h: [[Color!]]): Boolean
  }
`);
const types = ['String', 'String!', '[String!]!', 'Boolean!', 'Color', 'Color!', '[ID]', '[[Color!]]', 'Int', 'Size'];
const texts = ['RED', 'x', '', 'constructor'].map((text) => fc.constant<unknown>(text));
const values = fc.oneof(...texts, fc.constantFrom<unknown>(null, undefined, true, 1, 1.5, {}, { width: 1 }));
const variables = fc.oneof(values, fc.array(values), fc.array(fc.array(values)));

function recognise(type: string, value: unknown, name = 'v') {
  const operation = getOperationAST(parse(`query ($${name}: ${type}) { __typename }`));
  const given = value === undefined ? {} : { [name]: value };
  const { errors } = getVariableValues(schema, operation?.variableDefinitions ?? [], given);
  return { isPlain: plainVariables(schema, operation)(given), isAccepted: !errors };
}

test('graphql-js accepts all variables that are recognised as plain', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      variables,
      fc.constantFrom('v', 'constructor', 'toString'),
      (type, value, name) => {
        const { isPlain, isAccepted } = recognise(type, value, name);
        expect(isPlain && !isAccepted).toBe(false);
      },
    ),
    { numRuns: 3000, interruptAfterTimeLimit: 20_000 },
  );
});

test.each([
  ['String!', 'x'],
  ['String', null],
  ['[String!]!', ['x', 'y']],
  ['Boolean!', false],
  ['Color', 'RED'],
  ['[[Color!]]', [['RED'], null]],
])('a value of %s is recognised as plain', (type, value) => {
  expect(recognise(type, value).isPlain).toBe(true);
});
