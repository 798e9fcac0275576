import { Kind, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql';

/**
 * The maximum number of times that one response name is selected at the same path of the result. To decide whether such fields can be
 * merged, validation compares each with each, again at every level, so that a short text could take minutes to validate. The time is
 * proportional to the selection with all fragments expanded. No fragment may spread itself.
 */
export function fieldRepetition(
  operation: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): number {
  let max = 0;
  const pending: (readonly SelectionSetNode[])[] = [[operation]];
  for (let merged = pending.pop(); merged; merged = pending.pop()) {
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
    for (const set of merged) collect(set);
    for (const { count, below } of counts.values()) {
      max = Math.max(max, count);
      if (below.length > 0) pending.push(below);
    }
  }
  return max;
}
