import { RequestCache } from '@pothos/plugin-scope-auth';

type Builder = ConstructorParameters<typeof RequestCache>[0];

interface ScopesBy<Context, Key> {
  keyOf(this: void, context: Context): Key;
  contextOf(this: void, key: Key): object;
}

/**
 * Makes scope-auth cache its results by `keyOf` a request's context instead of by the context: a weak map with an entry for each
 * request made garbage collection the most expensive part of a query. Scopes must follow from the key alone, of which
 * `contextOf` makes the context that they are computed with: the cache keeps that as long as the key.
 *
 * Relies on `RequestCache.fromContext` of @pothos/plugin-scope-auth 4.2, which is undocumented. Scopes of types and grants by fields would be cached across
 * requests, too: a schema that has them must not use this.
 */
export function cacheScopesBy<Context, Key extends object>({ keyOf, contextOf }: ScopesBy<Context, Key>): void {
  const caches = new WeakMap<Key, InstanceType<typeof RequestCache>>();
  const fromContext = (context: Context, builder: Builder) => {
    const key = keyOf(context);
    const existing = caches.get(key);
    if (existing) return existing;
    const created = new RequestCache(builder, contextOf(key));
    caches.set(key, created);
    return created;
  };
  Object.defineProperty(RequestCache, 'fromContext', { value: fromContext });
}
