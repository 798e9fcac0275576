import { Kind, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql';

/**
 * How often one response name is selected at the same place of the answer, at most. Whether such fields can be merged is found
 * by comparing each with each, at every level anew: what is short as a text could take minutes to validate. Takes as long as
 * the selection is large with all fragments written out; no fragment may spread itself.
 */
export function fieldRepetition(
  operation: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): number {
  let most = 0;
  const places: (readonly SelectionSetNode[])[] = [[operation]];
  for (let place = places.pop(); place; place = places.pop()) {
    const counts = new Map<string, { count: number; readonly below: SelectionSetNode[] }>();
    const collect = ({ selections }: SelectionSetNode): void => {
      for (const node of selections) {
        if (node.kind === Kind.FIELD) {
          const name = (node.alias ?? node.name).value;
          const found = counts.get(name) ?? { count: 0, below: [] };
          found.count += 1;
          if (node.selectionSet) found.below.push(node.selectionSet);
          counts.set(name, found);
          continue;
        }
        const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value);
        if (fragment) collect(fragment.selectionSet);
      }
    };
    for (const set of place) collect(set);
    for (const { count, below } of counts.values()) {
      most = Math.max(most, count);
      if (below.length > 0) places.push(below);
    }
  }
  return most;
}
