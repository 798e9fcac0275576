import type { GraphQLField, GraphQLObjectType } from 'graphql';
import { isExposedUnchanged } from '../../interop/pothos-fields.js';

const mark = 'callerIndependent';

/**
 * The `extensions` of a field whose result (and concrete type, if it is abstract) depends on the parent and the arguments only, not
 * on the caller; on an object type, of all its fields. A subscription that selects only such fields is executed once for all
 * subscribers. A field without the mark counts as dependent on the caller. Fields that are exposed unchanged (`t.expose…`) need no
 * mark, unless a plugin wraps their resolver.
 */
export const callerIndependent = { [mark]: true } as const;

/** Whether a field of the type has the same result for every caller. */
export function isCallerIndependent(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): boolean {
  return type.extensions[mark] === true || field.extensions[mark] === true || isExposedUnchanged(field);
}
