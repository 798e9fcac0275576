import {
  buildSchema,
  getVariableValues,
  isInputObjectType,
  isInputType,
  parse,
  validate,
  type OperationDefinitionNode,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema as productSchema } from '../../../src/schema/schema.js';
import { redactMessage, withoutSuggestion } from '../../../src/interop/graphql-messages.js';

const schema = buildSchema(`
  enum Kind { PASSWORD IAM }
  input Authentication { kind: Kind passwords: [String!] }
  input In { name: String! authentication: Authentication count: Int flag: Boolean id: ID }
  type Query { user(input: In!): Int }
`);
const secret = 'hunter2; at "x"; really';

describe('The message of a variable that cannot be coerced', () => {
  test.each<[string, unknown, string]>([
    [
      'an object instead of a string',
      { name: 'a', authentication: { passwords: { secret } } },
      'Variable "$input" got invalid value at "input.authentication.passwords"; String cannot represent a non string value.',
    ],
    [
      'a list instead of an object',
      { name: 'a', authentication: [secret] },
      'Variable "$input" got invalid value at "input.authentication"; Expected type "Authentication" to be an object.',
    ],
    [
      'an unknown field beside it',
      { name: 'a', authentication: { passwords: [secret], kin: 1 } },
      'Variable "$input" got invalid value at "input.authentication"; Field "kin" is not defined by type "Authentication". Did you mean "kind"?',
    ],
    [
      'a missing field beside it',
      { authentication: { passwords: [secret] } },
      'Variable "$input" got invalid value; Field "name" of required type "String!" was not provided.',
    ],
    [
      'a string instead of the input',
      secret,
      'Variable "$input" got invalid value; Expected type "In" to be an object.',
    ],
    [
      'a string instead of a number',
      { name: 'a', count: 'hunter2' },
      'Variable "$input" got invalid value at "input.count"; Int cannot represent non-integer value.',
    ],
  ])('names the place of %s', (_, input, expected) => {
    const [operation] = parse('query ($input: In!) { user(input: $input) }').definitions;
    const { variableDefinitions = [] } = operation as OperationDefinitionNode;
    const { errors = [] } = getVariableValues(schema, variableDefinitions, { input });
    expect(errors.map(({ message }) => redactMessage(message))).toEqual([expected]);
  });
});

describe('The message of a variable of any type', () => {
  const word = 'canary-hunter2';
  const given: readonly unknown[] = [
    ...[word, `${word}; ${word}`, `${word}" at "x`, `${word} cannot represent x value: y`],
    ...[`Value "${word}" does not exist in`, [word], { a: word }, { name: word, kind: word, type: word }],
    ...[{ [`${word} `]: 1 }, { seconds: word }],
  ];

  test.each(Object.keys(productSchema.getTypeMap()).filter((name) => isInputType(productSchema.getType(name))))(
    'repeats no value: %s',
    (name) => {
      const type = productSchema.getType(name);
      const members = isInputObjectType(type) ? Object.keys(type.getFields()) : [];
      const values = given.flatMap((each) => [each, ...members.map((member) => ({ [member]: each }))]);
      const [operation] = parse(`query ($one: ${name}, $many: [${name}!]!) { __typename }`).definitions;
      const { variableDefinitions = [] } = operation as OperationDefinitionNode;
      let faults = 0;
      for (const one of values) {
        const { errors = [] } = getVariableValues(productSchema, variableDefinitions, { one, many: [one] });
        faults += errors.length;
        for (const { message, originalError } of errors) {
          const said = redactMessage(message, originalError?.message);
          expect(said).toMatch(/^Variable "\$(?:one|many)" got invalid value/);
          expect(said).not.toContain('hunter2');
        }
      }
      expect(faults > 0 || name === 'JSON').toBe(true);
    },
  );

  test('names the enum and a similar value', () => {
    const [operation] = parse('query ($k: Kind) { __typename }').definitions;
    const { variableDefinitions = [] } = operation as OperationDefinitionNode;
    const { errors = [] } = getVariableValues(schema, variableDefinitions, { k: 'PASSWRD' });
    expect(errors.map(({ message, originalError }) => redactMessage(message, originalError?.message))).toEqual([
      'Variable "$k" got invalid value; The value does not exist in the enum "Kind". Did you mean the enum value "PASSWORD"?',
    ]);
  });
});

describe('The message of a document', () => {
  test.each([
    ['{ user(input: { name: "a", authentication: "hunter2" }) }', 'Expected value of type "Authentication".'],
    ['{ user(input: { name: { password: "hunter2" } }) }', 'String cannot represent a non string value.'],
    [
      '{ user(input: { name: "a", authentication: { kind: "hunter2" } }) }',
      'Enum "Kind" cannot represent non-enum value.',
    ],
    ['{ user(input: { name: "a" flag: "hunter2" }) }', 'Boolean cannot represent a non boolean value.'],
    ['{ user(input: { name: "a", nme: "hunter2" }) }', 'Field "nme" is not defined by type "In". Did you mean "name"?'],
  ])('that is invalid repeats no value: %s', (query, expected) => {
    expect(validate(schema, parse(query)).map(({ message }) => redactMessage(message))).toEqual([expected]);
  });

  test.each([
    ['{ user(input: { name "hunter2" }) }', 'Syntax Error: Expected ":", found String.'],
    ['{ user "hunter2" }', 'Syntax Error: Expected Name, found String.'],
    ['"hunter2" "hunter2"', 'Syntax Error: Unexpected String.'],
    ['{ a', 'Syntax Error: Expected Name, found <EOF>.'],
    ['{ user(input: hunter2 hunter2 }', 'Syntax Error: Expected ":", found "}".'],
    ['{ user(input hunter2) }', 'Syntax Error: Expected ":", found Name.'],
    ['{ user(1234567) }', 'Syntax Error: Expected Name, found Int.'],
    ['{ user(input: $a 12.34567) }', 'Syntax Error: Expected Name, found Float.'],
    ['{ user """hunter2""" }', 'Syntax Error: Expected Name, found BlockString.'],
    ['hunter2', 'Syntax Error: Unexpected Name.'],
    ['{ user(input: "\\u{hunter2}") }', 'Syntax Error: Invalid Unicode escape sequence.'],
  ])('with a syntax error repeats no value: %s', (query, expected) => {
    const message = (): string => {
      try {
        parse(query);
        return 'nothing';
      } catch (error) {
        return redactMessage((error as Error).message);
      }
    };
    expect(message()).toBe(expected);
  });
});

test('other messages stay unchanged', () => {
  for (const message of [
    'Cannot query field "a" on type "B".',
    'Unknown argument "password" on field "Query.a".',
    '',
  ]) {
    expect(redactMessage(message)).toBe(message);
  }
});

test.each([
  ['{ user(inpt: { name: "a" }) }', 'Unknown argument "inpt" on field "Query.user".'],
  ['{ usr(input: { name: "a" }) }', 'Cannot query field "usr" on type "Query".'],
  ['{ user(input: { nme: "a", name: "b" }) }', 'Field "nme" is not defined by type "In".'],
  ['query ($a: Kin) { user(input: { name: "a" }) }', 'Unknown type "Kin".'],
])('graphql-js suggests names after the rest of a message: %s', (query, expected) => {
  const messages = validate(schema, parse(query)).map(({ message }) => message);
  expect(messages[0]).toContain(' Did you mean ');
  expect(withoutSuggestion(messages[0]!)).toBe(expected);
});
