import type { Context } from '../resolvers/context.js';

/**
 * A `loadOne` whose failure is one of its node alone: `nodes` waits for all of its nodes together, and would fail with the
 * first of them. So a failure is handed on as a value, which GraphQL raises in the place where it stands.
 */
export function loadAlone<Node>(
  load: (context: Context, id: string) => Promise<Node | null>,
): (id: string, context: Context) => Promise<Node | null> {
  return async (id, context) => {
    try {
      return await load(context, id);
    } catch (error) {
      if (error instanceof Error) return error as never;
      throw error;
    }
  };
}
