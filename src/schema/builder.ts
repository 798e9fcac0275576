import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import type { Permission } from '../domain/access/permissions.js';
import type { Context } from '../resolvers/shared/context.js';
import { cacheScopesBy } from '../interop/scope-auth-cache.js';
import { guardedByResolver, requireEach } from './shared/scopes.js';
import { checkNodeType, decodeGlobalID } from './shared/global-id.js';
import { keyOfGlobalId } from './key/key-of-global-id.js';

interface Types {
  Context: Context;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
    SafeInt: { Input: number; Output: number };
    StreamId: { Input: string; Output: string };
  };
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  AuthScopes: {
    /** For each of these the caller has a grant; on what, the resolver asks. */
    may: Permission | readonly Permission[];
  };
}

// Scopes follow from the caller's access alone.
cacheScopesBy({
  keyOf: ({ principal }: Context) => principal.access,
  contextOf: (access) => ({ principal: { access } }),
});

/** Where the schema's files add their types and fields. It holds no data: resolvers reach data through the context. */
export const builder = new SchemaBuilder<Types>({
  // The first one stands around the others.
  plugins: [ScopeAuthPlugin, RelayPlugin],
  scopeAuth: {
    authScopes: ({ principal: { access } }) => ({ may: (required) => requireEach(access, required) }),
    // Else a subscription would be refused with its first event only.
    authorizeOnSubscribe: true,
  },
  relay: {
    cursorType: 'String',
    decodeGlobalID: (globalId) => decodeGlobalID(globalId),
    idFieldOptions: { description: 'Global ID: `node` finds the object again by it.' },
    edgesFieldOptions: {
      nullable: { list: false, items: false },
      description: 'What is on the page, each with its cursor.',
    },
    cursorFieldOptions: { description: 'Where the node stands: pass it as `after` to go on from here.' },
    nodeFieldOptions: { nullable: false, description: 'The object itself.' },
    nodesOnConnection: { description: 'The nodes of the edges.' },
    pageInfoFieldOptions: { description: 'Whether there is more before and after the page.' },
    nodeTypeOptions: { description: 'An object that `node` finds again by its ID.' },
    nodeQueryOptions: {
      description: 'The object with this global ID, or null where it is gone.',
      extensions: guardedByResolver,
      args: { id: { description: 'The `id` of an object, as it was answered.' } },
      resolve: (_root, { id }, context, info, load) => {
        checkNodeType(info.schema, id, ['id']);
        return keyOfGlobalId(context, id, info) ?? load(id);
      },
    },
    // See nodes.ts.
    nodesQueryOptions: false,
    pageInfoTypeOptions: { description: 'Where a page stands in its connection.' },
    hasNextPageFieldOptions: { description: 'Whether there is more after the page.' },
    hasPreviousPageFieldOptions: { description: 'Whether there is something before the page.' },
    startCursorFieldOptions: { description: 'Cursor of the first edge; null on an empty page.' },
    endCursorFieldOptions: { description: 'Cursor of the last edge, to go on from; null on an empty page.' },
  },
});

builder.queryType({ description: 'Reads: clusters, users and user groups of ElastiCache, and the data in clusters.' });
builder.mutationType({
  description:
    'Writes. An expected failure is told in `userErrors` and has changed nothing; mutations are never retried.',
});
builder.subscriptionType({ description: 'Live messages, stream entries and cluster changes.' });
