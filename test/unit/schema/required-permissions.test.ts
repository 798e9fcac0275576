import {
  buildSchema,
  getDirectiveValues,
  introspectionFromSchema,
  type GraphQLField,
  type GraphQLObjectType,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Access } from '../../../src/domain/access/access.js';
import { Outage } from '../../../src/domain/errors.js';
import { permissions, type Permission } from '../../../src/domain/access/permissions.js';
import { guardFields } from '../../../src/resolvers/shared/access.js';
import { printSchema } from '../../../src/schema/print.js';
import { schema } from '../../../src/schema/schema.js';
import { objectTypes } from '../../helpers/schema/schema-access.js';

const sdl = buildSchema(printSchema());
const directive = sdl.getDirective('requiresPermission')!;

function declaredIn(typeName: string, fieldName: string): readonly Permission[] {
  const type = sdl.getType(typeName) as GraphQLObjectType;
  const node = type.getFields()[fieldName]!.astNode!;
  return (getDirectiveValues(directive, node)?.['permissions'] ?? []) as readonly Permission[];
}

/** Grants these permissions for every resource, in every cluster. */
function granting(granted: readonly Permission[]): Access {
  return { grants: [], may: (permission) => granted.includes(permission), sees: () => true };
}

/**
 * Objects of the types that require a permission themselves. Their open facts are those that the resolvers read; their ID is
 * made of the names.
 */
const guarded: Readonly<Record<string, { readonly facts: object; readonly open: readonly string[] }>> = {
  Cluster: { facts: { name: 'orders', shards: null }, open: ['name', 'source', 'status'] },
  DataAccess: { facts: { clusterName: 'orders' }, open: ['clusterName', 'state', 'tls', 'since'] },
};

/** The permission whose absence makes the field fail; undefined if it passes, or fails later because it has no data. */
async function refusalOf(type: GraphQLObjectType, field: GraphQLField<unknown, any>, access: Access) {
  const context = { principal: { access } };
  const own = guarded[type.name];
  const facts = own && Object.fromEntries(Object.keys(type.getFields()).map((name) => [name, null]));
  const parent = own
    ? guardFields(context as never, { ...facts, ...own.facts }, 'orders', new Set(own.open))
    : new Proxy({}, { get: () => undefined });
  const run = field.subscribe ?? field.resolve ?? ((object: any) => object[field.name]);
  try {
    await run(parent, {}, context, { schema, path: { key: field.name }, fieldName: field.name } as never);
  } catch (error) {
    if (error instanceof Outage && error.code === 'FORBIDDEN') return /: (\w+:\w+) is required/.exec(error.message)![1];
  }
  return undefined;
}

/** Fields that require one of several permissions, which the directive cannot say. */
const alternatives: Readonly<Record<string, readonly Permission[]>> = {
  'Query.events': ['clusters:read', 'users:read'],
  'Subscription.events': ['clusters:read', 'users:read'],
};

describe('@requiresPermission names the permissions that are enforced for', () => {
  const fields = objectTypes(schema).flatMap((type) =>
    Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, type, field] as const),
  );

  test.each(fields)('%s', async (name, type, field) => {
    const declared = declaredIn(type.name, field.name);
    for (const permission of permissions) {
      const allButOne = granting(permissions.filter((other) => other !== permission));
      expect(await refusalOf(type, field, allButOne), `without ${permission}`).toBe(
        declared.includes(permission) ? permission : undefined,
      );
    }
    const oneOf = alternatives[name];
    for (const each of oneOf ?? [undefined]) {
      expect(await refusalOf(type, field, granting(each ? [each] : declared))).toBeUndefined();
    }
    if (oneOf) expect(await refusalOf(type, field, granting([]))).toBe(oneOf[0]);
  });
});

test('each description ends with the permissions of its directive', () => {
  const wrong = objectTypes(schema).flatMap((type) =>
    Object.values(type.getFields()).filter(({ name, description }) => {
      const declared = declaredIn(type.name, name).map((permission) => `\`${permission}\``);
      const said = /(?<= Requires )`.*`(?=\.$)/.exec(description ?? '')?.[0];
      return said !== (declared.length > 0 ? declared.join(' and ') : undefined);
    }),
  );
  expect(wrong.map(({ name }) => name)).toEqual([]);
});

test('introspection does not have the directive, as it cannot show where it is applied', () => {
  const { __schema } = introspectionFromSchema(schema);
  expect(__schema.directives.map(({ name }) => name)).not.toContain('requiresPermission');
});
