import { Kind, type FragmentDefinitionNode, type SelectionNode, type SelectionSetNode } from 'graphql';

/** The size of a selection. A fragment counts each time that it is spread. */
export interface SelectionMetrics {
  /** The depth of nested fields. `__schema` and `__type` count as one level each. */
  readonly depth: number;
  /** The depth of nested fields below and including `__schema` and `__type`. */
  readonly introspectionDepth: number;
  /** Fields of the selection itself. */
  readonly width: number;
  /** The maximum width of the nested selections. Its own width is not included, because it may be part of another selection. */
  readonly breadth: number;
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
  /** The maximum number on one node. */
  readonly directivesPerNode: number;
}

/** Measures a document's selections, each fragment once. */
export interface SelectionMeter {
  of(selectionSet: SelectionSetNode): SelectionMetrics;
  ofFragment(fragment: FragmentDefinitionNode): SelectionMetrics;
  /** Whether the fragment was measured, because a measured selection spreads it. */
  spreads(fragment: FragmentDefinitionNode): boolean;
  /** Whether one of the measured fragments spreads itself. */
  hasCycle(): boolean;
}

/** More levels than any limit allows, and few enough for the call stack. */
const maxLevels = 1_000;

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
/** An unknown or unfinished fragment counts as one field. Otherwise fragments that double exponentially towards it would count nothing. */
const unknownFragment: SelectionMetrics = { ...emptySelection, width: 1, fields: 1 };

export function createSelectionMeter(fragments: ReadonlyMap<string, FragmentDefinitionNode>): SelectionMeter {
  const measured = new Map<FragmentDefinitionNode, SelectionMetrics>();
  const entered = new Set<FragmentDefinitionNode>();
  let level = 0;
  let hasCycle = false;

  const ofFragment = (fragment: FragmentDefinitionNode): SelectionMetrics => {
    const existing = measured.get(fragment);
    if (existing) return existing;
    if (entered.has(fragment)) {
      hasCycle = true;
      return unknownFragment;
    }
    entered.add(fragment);
    const metrics = withDirectives(of(fragment.selectionSet), fragment.directives?.length ?? 0);
    measured.set(fragment, metrics);
    return metrics;
  };
  const of = (selectionSet: SelectionSetNode): SelectionMetrics => {
    if (level > maxLevels) return tooDeep;
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
      return fragment ? ofFragment(fragment) : unknownFragment;
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
    spreads: (fragment) => measured.has(fragment),
    hasCycle: () => hasCycle,
  };
}

/** Combines two parts of one selection. */
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
