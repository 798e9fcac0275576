import { isInputObjectType, isNonNullType, isListType, type GraphQLInputType } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../../../src/schema/schema.js';
import { namingFields } from '../../../../src/server/observation/audit-entries.js';

/** Texts and lists of texts that name nothing, or hold what must not be written down. */
const notNames = new Set([
  ...['description', 'engineVersion', 'nodeType', 'parameterGroup', 'finalSnapshot', 'accessString'],
  ...[
    'appendAccessString',
    'authToken',
    'password',
    'value',
    'payload',
    'fields',
    'startAt',
    'securityGroupIds',
    'subnetGroup',
  ],
]);

function isText(type: GraphQLInputType): boolean {
  if (isNonNullType(type) || isListType(type)) return isText(type.ofType);
  return ['String', 'ID', 'StreamId'].includes(String(type));
}

test('of each text in the input of a mutation it is decided whether the audit log has it', () => {
  const undecided = Object.values(schema.getMutationType()!.getFields()).flatMap((mutation) =>
    mutation.args.flatMap(({ type }) => {
      const input = isNonNullType(type) ? type.ofType : type;
      if (!isInputObjectType(input)) return [`${mutation.name} has an argument that is no input object`];
      return Object.values(input.getFields())
        .filter((field) => isText(field.type) && !namingFields.has(field.name) && !notNames.has(field.name))
        .map(({ name }) => `${mutation.name}: ${name}`);
    }),
  );
  expect(undecided).toEqual([]);
});

test('what holds secrets or values is no name', () => {
  for (const name of ['password', 'passwords', 'authToken', 'value', 'payload', 'fields', 'accessString']) {
    expect(namingFields.has(name), name).toBe(false);
  }
});
