import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import type { Context } from '../resolvers/context.js';

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
}

/** Where the schema's files add their types and fields. It holds no data: resolvers reach data through the context. */
export const builder = new SchemaBuilder<Types>({
  plugins: [RelayPlugin],
  relay: {
    cursorType: 'String',
    edgesFieldOptions: { nullable: { list: false, items: false } },
    nodeFieldOptions: { nullable: false },
    nodesOnConnection: { description: 'The nodes of the edges.' },
    nodeTypeOptions: { description: 'An object that `node` finds again by its ID.' },
    nodeQueryOptions: { description: 'The object with this global ID, or null where it is gone.' },
    nodesQueryOptions: {
      nullable: { list: false, items: true },
      description: 'The objects with these global IDs in the order asked, null for each that is gone.',
    },
    pageInfoTypeOptions: { description: 'Where a page stands in its connection.' },
  },
});

builder.queryType({ description: 'Reads: clusters, users and user groups of ElastiCache, and the data in clusters.' });
builder.mutationType({
  description:
    'Writes. An expected failure is told in `userErrors` and has changed nothing; mutations are never retried.',
});
builder.subscriptionType({ description: 'Live messages, stream entries and cluster changes.' });
