import type { FragmentDefinitionNode, SelectionSetNode } from 'graphql';
import { selectedFields } from '../../../schema/shared/selection.js';

/**
 * The most often that one response name is selected at the same place of the result. Validation compares each pair of such fields,
 * again at every level, so that a short document could take minutes. Takes time in proportion to the selection with all fragments
 * expanded. No fragment may spread itself.
 */
export function fieldRepetition(
  operation: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): number {
  const walk = { fragment: (name: string) => fragments.get(name) };
  let most = 0;
  const places: (readonly SelectionSetNode[])[] = [[operation]];
  for (let place = places.pop(); place; place = places.pop()) {
    const byName = new Map<string, { count: number; readonly below: SelectionSetNode[] }>();
    for (const { node } of place.flatMap((set) => selectedFields(set, undefined, walk))) {
      const name = (node.alias ?? node.name).value;
      const entry = byName.get(name) ?? { count: 0, below: [] };
      entry.count += 1;
      if (node.selectionSet) entry.below.push(node.selectionSet);
      byName.set(name, entry);
    }
    for (const { count, below } of byName.values()) {
      most = Math.max(most, count);
      if (below.length > 0) places.push(below);
    }
  }
  return most;
}
