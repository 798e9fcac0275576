import type { GraphQLField } from 'graphql';

const mark = 'changesState';

/**
 * As the `extensions` of a field of Query or Subscription: to run it changes something, so that it is refused by GET, which a
 * link, an image or a prefetching browser can send. Fields of Mutation need no mark.
 */
export const changesState = { [mark]: true } as const;

/** The same of a field that changes something only if this argument is given. */
export function changesStateIfGiven(argument: string): { readonly [mark]: string } {
  return { [mark]: argument };
}

/** Whether to run the field with these arguments changes something. */
export function doesChangeState(
  field: GraphQLField<unknown, unknown> | undefined,
  given: ReadonlyMap<string, unknown>,
): boolean {
  const declared = field?.extensions[mark];
  return typeof declared === 'string' ? given.get(declared) != null : declared === true;
}
