import { initGraphQLTada } from 'gql.tada';
import type { introspection } from './graphql-env.js';

/**
 * Writes an operation whose variables and result are typed by `schema.graphql`: a field that is not there, or a variable of
 * the wrong type, is a compile error. `npm run generate` renews the types.
 */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { DateTime: string; JSON: unknown; SafeInt: number; StreamId: string };
}>();

export { readFragment, type FragmentOf, type ResultOf } from 'gql.tada';
