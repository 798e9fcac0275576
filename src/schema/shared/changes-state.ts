import type { GraphQLField } from 'graphql';

const mark = 'changesState';

/**
 * The `extensions` of a Query or Subscription field that changes state when it runs. Such an operation is refused over GET, which a
 * link, an image or a prefetching browser can send. Mutation fields need no mark.
 */
export const changesState = { [mark]: true } as const;

/** The same for a field that changes state only if this argument is given. */
export function changesStateIfGiven(argument: string): { readonly [mark]: string } {
  return { [mark]: argument };
}

/** Whether running the field with these arguments changes state. */
export function doesChangeState(
  field: GraphQLField<unknown, unknown> | undefined,
  given: ReadonlyMap<string, unknown>,
): boolean {
  const declared = field?.extensions[mark];
  return typeof declared === 'string' ? given.get(declared) != null : declared === true;
}
