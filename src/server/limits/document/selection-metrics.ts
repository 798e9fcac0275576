import { Kind, type FragmentDefinitionNode, type SelectionNode, type SelectionSetNode } from 'graphql';

/** How large a selection is, with every fragment counted as often as it is spread. */
export interface SelectionMetrics {
  /** Fields one in another, `__schema` and `__type` counted as one each. */
  readonly depth: number;
  /** The same for `__schema` and `__type` alone, whatever is above them. */
  readonly introspectionDepth: number;
  /** Fields of the selection itself. */
  readonly width: number;
  /** The greatest width of a selection in it; its own is not looked at, as it may be a part of another. */
  readonly breadth: number;
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
  /** The most that one node has. */
  readonly directivesPerNode: number;
}

/** Measures a document's selections, each fragment once. */
export interface SelectionMeter {
  of(selectionSet: SelectionSetNode): SelectionMetrics;
  ofFragment(fragment: FragmentDefinitionNode): SelectionMetrics;
  /** Whether what was measured so far spreads it. */
  spreads(fragment: FragmentDefinitionNode): boolean;
  /** Whether a fragment was met that spreads itself. */
  readonly hasCycle: boolean;
}

/** More levels than any limit allows; as many calls stand on the stack. */
const deepest = 1_000;

/** Of nothing. */
export const emptySelection: SelectionMetrics = {
  depth: 0,
  introspectionDepth: 0,
  width: 0,
  breadth: 0,
  fields: 0,
  aliases: 0,
  directives: 0,
  directivesPerNode: 0,
};
const tooDeep: SelectionMetrics = { ...emptySelection, depth: Infinity };
/** What is no fragment, or not yet, stands for one field: what leads to it many times over would else count nothing. */
const unknown: SelectionMetrics = { ...emptySelection, width: 1, fields: 1 };

export function createSelectionMeter(fragments: ReadonlyMap<string, FragmentDefinitionNode>): SelectionMeter {
  const known = new Map<FragmentDefinitionNode, SelectionMetrics>();
  const entered = new Set<FragmentDefinitionNode>();
  let level = 0;
  let hasCycle = false;

  const ofFragment = (fragment: FragmentDefinitionNode): SelectionMetrics => {
    const existing = known.get(fragment);
    if (existing) return existing;
    if (entered.has(fragment)) {
      hasCycle = true;
      return unknown;
    }
    entered.add(fragment);
    const metrics = withDirectives(of(fragment.selectionSet), fragment.directives?.length ?? 0);
    known.set(fragment, metrics);
    return metrics;
  };
  const of = (selectionSet: SelectionSetNode): SelectionMetrics => {
    if (level > deepest) return tooDeep;
    level += 1;
    const metrics = selectionSet.selections.map(ofSelection).reduce(beside, emptySelection);
    level -= 1;
    return metrics;
  };
  const ofSelection = (node: SelectionNode): SelectionMetrics =>
    withDirectives(metricsBelow(node), node.directives?.length ?? 0);
  const metricsBelow = (node: SelectionNode): SelectionMetrics => {
    if (node.kind === Kind.INLINE_FRAGMENT) return of(node.selectionSet);
    if (node.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = fragments.get(node.name.value);
      return fragment ? ofFragment(fragment) : unknown;
    }
    const below = node.selectionSet ? of(node.selectionSet) : emptySelection;
    const isIntrospection = node.name.value === '__schema' || node.name.value === '__type';
    return {
      ...below,
      depth: isIntrospection ? 1 : below.depth + 1,
      introspectionDepth: isIntrospection ? below.depth + 1 : below.introspectionDepth,
      width: 1,
      breadth: Math.max(below.breadth, below.width),
      fields: below.fields + 1,
      aliases: below.aliases + (node.alias ? 1 : 0),
    };
  };
  return {
    of,
    ofFragment,
    spreads: (fragment) => known.has(fragment),
    get hasCycle() {
      return hasCycle;
    },
  };
}

/** Two parts of one selection. */
export function beside(a: SelectionMetrics, b: SelectionMetrics): SelectionMetrics {
  return {
    depth: Math.max(a.depth, b.depth),
    introspectionDepth: Math.max(a.introspectionDepth, b.introspectionDepth),
    width: a.width + b.width,
    breadth: Math.max(a.breadth, b.breadth),
    fields: a.fields + b.fields,
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
    directivesPerNode: Math.max(a.directivesPerNode, b.directivesPerNode),
  };
}

export function withDirectives(metrics: SelectionMetrics, count: number): SelectionMetrics {
  if (count === 0) return metrics;
  return {
    ...metrics,
    directives: metrics.directives + count,
    directivesPerNode: Math.max(metrics.directivesPerNode, count),
  };
}
