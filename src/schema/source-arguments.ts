import type { GraphQLField } from 'graphql';

const mark = 'eventAlone';

/**
 * As the `extensions` of a subscription field: its arguments choose what it listens to, and an event's result follows from the
 * event, not from them. Subscribers who are handed the same event then share its execution, whatever cursors or names they
 * gave as variables.
 */
export const eventAlone = { [mark]: true } as const;

/** Whether the field is declared so. */
export function isOfEventAlone(field: GraphQLField<unknown, unknown> | null | undefined): boolean {
  return field?.extensions[mark] === true;
}
