import SchemaBuilder from '@pothos/core';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import type { GraphQLObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { isExposedUnchanged, scopesOfField } from '../../../src/interop/pothos-fields.js';

const builder = new SchemaBuilder<{ AuthScopes: { may: string | readonly string[] } }>({
  plugins: [ScopeAuthPlugin],
  scopeAuth: { authScopes: () => ({ may: () => true }) },
});

interface Thing {
  readonly name: string;
}

const thing = builder.objectRef<Thing>('Thing').implement({
  fields: (t) => ({
    exposed: t.exposeString('name'),
    scoped: t.exposeString('name', { authScopes: { may: ['things:read', 'names:read'] } }),
    resolved: t.string({ resolve: ({ name }) => name }),
  }),
});

builder.queryType({
  fields: (t) => ({
    thing: t.field({ type: thing, authScopes: { may: 'things:read' }, resolve: () => ({ name: 'a' }) }),
  }),
});

const schema = builder.toSchema();
const field = (type: string, name: string) => (schema.getType(type) as GraphQLObjectType).getFields()[name]!;

test('Pothos keeps the scopes that a field was declared with', () => {
  expect(scopesOfField(field('Query', 'thing'))).toEqual({ may: 'things:read' });
  expect(scopesOfField(field('Thing', 'scoped'))).toEqual({ may: ['things:read', 'names:read'] });
  expect(scopesOfField(field('Thing', 'resolved'))).toBeUndefined();
});

test('Pothos marks the fields that return a property of their parent', () => {
  expect(isExposedUnchanged(field('Thing', 'exposed'))).toBe(true);
  expect(isExposedUnchanged(field('Thing', 'resolved'))).toBe(false);
});

test('Pothos marks a field whose resolver a plugin has wrapped', () => {
  expect(isExposedUnchanged(field('Thing', 'scoped'))).toBe(false);
});
