import SchemaBuilder from '@pothos/core';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { execute, parse } from 'graphql';
import { expect, test } from 'vitest';
import { cacheScopesBy } from '../../../src/interop/scope-auth-cache.js';

interface Access {
  readonly may: readonly string[];
}
interface Context {
  readonly access: Access;
}

const checks: Access[] = [];
cacheScopesBy({ keyOf: ({ access }: Context) => access, contextOf: (access) => ({ access }) });

const builder = new SchemaBuilder<{ Context: Context; AuthScopes: { may: string } }>({
  plugins: [ScopeAuthPlugin],
  scopeAuth: {
    authScopes: ({ access }) => {
      checks.push(access);
      return { may: (permission) => access.may.includes(permission) };
    },
  },
});
builder.queryType({
  fields: (t) => ({
    a: t.string({ authScopes: { may: 'a:read' }, resolve: () => 'a' }),
    b: t.string({ authScopes: { may: 'b:read' }, resolve: () => 'b' }),
  }),
});
const schema = builder.toSchema();
const ask = async (access: Access) => execute({ schema, document: parse('{ a b }'), contextValue: { access } });

test('scope-auth computes the scopes once for all requests with the same key, and apart for each key', async () => {
  const [reader, other]: Access[] = [{ may: ['a:read'] }, { may: ['b:read'] }];
  for (let request = 0; request < 3; request += 1) {
    expect((await ask(reader!)).data).toEqual({ a: 'a', b: null });
    expect((await ask(other!)).data).toEqual({ a: null, b: 'b' });
  }
  expect(checks, 'scope-auth no longer reads its cache through RequestCache.fromContext').toEqual([reader, other]);
});
