import type { GraphQLField, GraphQLObjectType } from 'graphql';
import { isExposedUnchanged } from '../../interop/pothos-fields.js';

const mark = 'callerIndependent';

/**
 * The `extensions` of a field whose result, and whose concrete type if it is abstract, follows from the parent and the arguments
 * alone, whoever the caller is. On an object type it says so of each of its fields. A subscription that selects only such fields
 * is executed once for all subscribers. A field without the mark counts as dependent on the caller. Fields that are exposed
 * unchanged (`t.expose…`) need no mark, unless a plugin wraps their resolver.
 */
export const callerIndependent = { [mark]: true } as const;

/** Whether a field of the type answers every caller alike. */
export function isCallerIndependent(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): boolean {
  return type.extensions[mark] === true || field.extensions[mark] === true || isExposedUnchanged(field);
}
