import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import type { Permission } from '../domain/access/permissions.js';
import type { Context } from '../resolvers/shared/context.js';
import { cacheScopesBy } from '../interop/scope-auth-cache.js';
import { guardedByResolver, requireEach } from './shared/scopes.js';
import { checkNodeType, decodeGlobalID } from './shared/global-id.js';
import { immediate } from './shared/immediate-fields.js';
import { keyOfGlobalId } from './key/key-of-global-id.js';

interface Types {
  Context: Context;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
    SafeInt: { Input: number; Output: number };
    StreamId: { Input: string; Output: string };
    Score: { Input: number; Output: number };
    Decimal: { Input: string; Output: string };
  };
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  AuthScopes: {
    /** The caller needs each of these permissions for at least one resource; the resolver checks the resource itself. */
    may: Permission | readonly Permission[];
  };
}

// Scopes follow from the caller's access alone.
cacheScopesBy({
  keyOf: ({ principal }: Context) => principal.access,
  contextOf: (access) => ({ principal: { access } }),
});

/** The files of the schema add their types and fields here. It holds no data: resolvers reach data through the context. */
export const builder = new SchemaBuilder<Types>({
  // The first plugin wraps the others, so that permissions are checked first.
  plugins: [ScopeAuthPlugin, RelayPlugin],
  scopeAuth: {
    authScopes: ({ principal: { access } }) => ({ may: (required) => requireEach(access, required) }),
    // By default scopes are checked at the first event, after the subscription has opened its source.
    authorizeOnSubscribe: true,
  },
  relay: {
    cursorType: 'String',
    decodeGlobalID: (globalId) => decodeGlobalID(globalId),
    idFieldOptions: { description: 'Global ID. `node` and `nodes` find the object by it.' },
    edgesFieldOptions: {
      nullable: { list: false, items: false },
      description: 'The items of the page, each with its cursor.',
      extensions: immediate,
    },
    cursorFieldOptions: {
      description: 'The position of the node. Pass it as `after` to continue after this node.',
      extensions: immediate,
    },
    nodeFieldOptions: { nullable: false, description: 'The item itself.', extensions: immediate },
    nodesOnConnection: { description: 'The items of the page without their cursors.', extensions: immediate },
    pageInfoFieldOptions: { description: 'Whether there are pages before and after this one, and their cursors.' },
    nodeTypeOptions: { description: 'An object that has a global ID.' },
    nodeQueryOptions: {
      description:
        'The object with this global ID; null if it no longer exists or the caller may not see it. Fails with INVALID_INPUT if the ID is not ' +
        'one that this API returned.',
      extensions: guardedByResolver,
      args: { id: { description: 'The `id` of an object, as this API returned it.' } },
      resolve: (_root, { id }, context, info, load) => {
        checkNodeType(info.schema, id, ['id']);
        return keyOfGlobalId(context, id, info) ?? load(id);
      },
    },
    // nodes.ts has its own field, which reports failures per ID.
    nodesQueryOptions: false,
    pageInfoTypeOptions: { description: 'The position of a page in its connection.' },
    hasNextPageFieldOptions: { description: 'Whether there are items after this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether `after` was given, so that this is not the first page.' },
    startCursorFieldOptions: { description: 'The cursor of the first edge; null if the page is empty.' },
    endCursorFieldOptions: {
      description: 'The cursor to pass as `after` for the next page; null if the page is empty and the last.',
    },
  },
});

builder.queryType({ description: 'Reads clusters, users and user groups of ElastiCache, and the data in clusters.' });
builder.mutationType({
  description:
    'Writes. An expected failure changes nothing and is reported in `userErrors`. This API never retries a mutation: after an error ' +
    'with the code UNKNOWN_OUTCOME it may or may not have been applied.',
});
builder.subscriptionType({
  description:
    'Live channel messages, presence, stream entries, consumer groups, changes of keys, jobs, cluster changes, events of ElastiCache and ' +
    'the load of clusters.',
});
