import type { GraphQLField, GraphQLObjectType } from 'graphql';

const mark = 'sameForEveryone';

/**
 * As the `extensions` of a field: its result, and the type of it where that is abstract, follows from the parent and the
 * arguments alone, whoever asks. As those of an object type: so does each of its fields. Subscriptions that select such
 * fields only are executed once for all subscribers; a field without the mark is taken to depend on who asks. Fields that
 * are exposed as they are (`t.expose…`) need none, unless a plugin stands between.
 */
export const sameForEveryone = { [mark]: true } as const;

/** Whether a field of the type has no way to answer one caller otherwise than another. */
export function isSameForEveryone(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): boolean {
  return type.extensions[mark] === true || field.extensions[mark] === true || isExposed(field);
}

/** Pothos keeps both on each field that it builds. */
function isExposed({ extensions }: GraphQLField<unknown, unknown>): boolean {
  return typeof extensions['pothosExposedField'] === 'string' && extensions['pothosResolveWrapped'] === false;
}
