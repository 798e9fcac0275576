import { brandWithType } from '@pothos/core';
import type { Context } from '../../resolvers/shared/context.js';

/**
 * A `loadOne` for the type of a node whose failure is one of its node alone: `nodes` waits for all of its nodes together, and
 * would fail with the first of them. So a failure is handed on as a value, which GraphQL raises in the place where it is.
 *
 * The type is put on the object here. The plugin does so too, but too late for a second field that asks for the same node.
 */
export function loadAlone<Node>(
  typename: string,
  load: (context: Context, id: string) => Promise<Node | null>,
): (id: string, context: Context) => Promise<Node | null> {
  return async (id, context) => {
    try {
      const node = await load(context, id);
      brandWithType(node, typename as never);
      return node;
    } catch (error) {
      if (error instanceof Error) return error as never;
      throw error;
    }
  };
}
