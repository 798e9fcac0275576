import type { GraphQLField } from 'graphql';

const mark = 'sourceArguments';

/**
 * The `extensions` of a subscription field whose arguments only choose its source: an event's result follows from the event, not
 * from them. Subscribers that receive the same event share its execution, whatever cursors or names they passed as variables.
 */
export const sourceArguments = { [mark]: true } as const;

/** Whether the field's arguments only choose its source. */
export function hasSourceArguments(field: GraphQLField<unknown, unknown> | null | undefined): boolean {
  return field?.extensions[mark] === true;
}
