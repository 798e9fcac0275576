import { RequestCache } from '@pothos/plugin-scope-auth';
import type { Access } from '../domain/access/access.js';
import type { Context } from '../resolvers/shared/context.js';

type Builder = ConstructorParameters<typeof RequestCache>[0];

/**
 * Has scope-auth keep which scopes a caller has by the caller's access, from which they follow, rather than by request: a weak
 * map with an entry for each request made the collection of garbage the dearest part of a query. Scopes of types and grants
 * by fields would be kept across requests too: this schema has none.
 */
export function keepScopesByAccess(): void {
  const known = new WeakMap<Access, InstanceType<typeof RequestCache>>();
  const fromContext = ({ principal: { access } }: Context, builder: Builder) => {
    const existing = known.get(access);
    if (existing) return existing;
    // All that scopes are made of: the request itself would be held as long.
    const scopes = new RequestCache(builder, { principal: { access } });
    known.set(access, scopes);
    return scopes;
  };
  Object.defineProperty(RequestCache, 'fromContext', { value: fromContext });
}
