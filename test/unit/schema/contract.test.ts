import { readFile } from 'node:fs/promises';
import {
  buildSchema,
  DangerousChangeType,
  findBreakingChanges,
  findDangerousChanges,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  type GraphQLArgument,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { printSchema } from '../../../src/schema/print.js';

const file = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');
const contract = buildSchema(await file('test/contract.graphql'));
const ours = buildSchema(printSchema());

test('schema.graphql is the SDL that the code prints; `npm run schema` updates it', async () => {
  expect(await file('schema.graphql')).toBe(printSchema());
});

test('the schema has everything that clients rely on', () => {
  expect(findBreakingChanges(contract, ours).map(({ description }) => description)).toEqual([]);
});

test('defaults are those that clients rely on', () => {
  const changed = findDangerousChanges(contract, ours).filter(
    ({ type }) => type === DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE,
  );
  expect(changed.map(({ description }) => description)).toEqual([]);
});

describe('nullability is that which clients rely on', () => {
  const types = Object.values(contract.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  test.each(
    types.flatMap((type) => (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? [type] : [])),
  )('of $name', (type) => {
    const mine = ours.getType(type.name);
    if (!isObjectType(mine) && !isInterfaceType(mine) && !isInputObjectType(mine)) throw new Error('missing');
    // Only what the contract names: fields and arguments may be added.
    const shape = (of: typeof type) =>
      Object.values(type.getFields()).map((expected) => {
        const field = of.getFields()[expected.name];
        const args =
          'args' in expected
            ? expected.args.map(({ name }: GraphQLArgument) => `${name}: ${argumentType(field, name)}`)
            : [];
        return `${expected.name}(${args.join(', ')}): ${String(field?.type)}`;
      });
    expect(shape(mine).filter((line) => !shape(type).includes(line))).toEqual([]);
  });
});

function argumentType(field: object | undefined, name: string): string {
  const args = field && 'args' in field ? (field.args as readonly GraphQLArgument[]) : [];
  return String(args.find((arg) => arg.name === name)?.type);
}

test('every type, field, argument and enum value has a description', () => {
  const undescribed: string[] = [];
  const see = (name: string, thing: { description?: string | null | undefined }) => {
    if (!thing.description?.trim()) undescribed.push(name);
  };
  for (const type of Object.values(ours.getTypeMap())) {
    if (type.name.startsWith('__') || ['String', 'Int', 'Float', 'Boolean', 'ID'].includes(type.name)) continue;
    see(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) see(`${type.name}.${value.name}`, value);
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      see(`${type.name}.${field.name}`, field);
      if ('args' in field) for (const arg of field.args) see(`${type.name}.${field.name}(${arg.name})`, arg);
    }
  }
  expect(undescribed).toEqual([]);
});
