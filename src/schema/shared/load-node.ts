import { brandWithType } from '@pothos/core';
import type { Context } from '../../resolvers/shared/context.js';

/**
 * A `loadOne` that returns a failure as a value, which graphql-js reports at the node's own path. If it threw, `nodes`, which
 * awaits all of its nodes together, would fail as a whole.
 *
 * It also sets the type of the object: the plugin does so too late for a second field that selects the same node.
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
