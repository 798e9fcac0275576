import type { GraphQLField } from 'graphql';
import { isExposedUnchanged } from '../../interop/pothos-fields.js';

const mark = 'immediate';

/**
 * The `extensions` of a field whose resolver uses the parent and the arguments only, and returns no promise; if its type is abstract,
 * the concrete type is also found at once. Lists of objects of which only such fields are selected are executed faster. Fields that are
 * exposed unchanged (`t.expose…`) need no mark. If a resolver breaks this promise, the operation is slow but its result is correct.
 */
export const immediate = { [mark]: true } as const;

/** Whether the value of a field follows at once from its parent and its arguments. */
export function isImmediate(field: GraphQLField<unknown, unknown>): boolean {
  return field.extensions[mark] === true || isExposedUnchanged(field);
}
