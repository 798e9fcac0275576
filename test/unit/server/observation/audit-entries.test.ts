import { isInputObjectType, isNonNullType, isListType, type GraphQLInputType } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../../../src/schema/schema.js';
import { namingFields } from '../../../../src/server/observation/audit-entries.js';

/** Strings and lists of strings that name nothing, or that may contain secrets. */
const notNames = new Set([
  ...['description', 'engineVersion', 'nodeType', 'finalSnapshot', 'accessString'],
  ...['appendAccessString', 'authToken', 'password', 'value', 'payload', 'fields', 'startAt', 'securityGroupIds'],
  ...['maintenanceWindow', 'snapshotWindow', 'notificationTopicArn', 'family', 'subnetIds', 'names', 'token'],
  ...['members', 'member', 'elements', 'pivot', 'expected', 'ifEquals'],
]);

function isString(type: GraphQLInputType): boolean {
  if (isNonNullType(type) || isListType(type)) return isString(type.ofType);
  return ['String', 'ID', 'StreamId'].includes(String(type));
}

test('for each string in the input of a mutation it is decided whether the audit log contains it', () => {
  const undecided = Object.values(schema.getMutationType()!.getFields()).flatMap((mutation) =>
    mutation.args.flatMap(({ type }) => {
      const input = isNonNullType(type) ? type.ofType : type;
      if (!isInputObjectType(input)) return [`${mutation.name} has an argument that is not an input object`];
      return Object.values(input.getFields())
        .filter((field) => isString(field.type) && !namingFields.has(field.name) && !notNames.has(field.name))
        .map(({ name }) => `${mutation.name}: ${name}`);
    }),
  );
  expect(undecided).toEqual([]);
});

test('fields with secrets or values do not count as names', () => {
  for (const name of ['password', 'passwords', 'authToken', 'value', 'payload', 'fields', 'accessString']) {
    expect(namingFields.has(name), name).toBe(false);
  }
});
