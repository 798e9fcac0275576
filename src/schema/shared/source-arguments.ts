import type { GraphQLField } from 'graphql';

const mark = 'sourceArguments';

/**
 * The `extensions` of a subscription field whose arguments only select its source: results depend on the event, not on the
 * arguments. Subscribers that receive the same event share one execution, even if their cursors or names differ.
 */
export const sourceArguments = { [mark]: true } as const;

/** Whether the field's arguments only select its source. */
export function hasSourceArguments(field: GraphQLField<unknown, unknown> | null | undefined): boolean {
  return field?.extensions[mark] === true;
}
