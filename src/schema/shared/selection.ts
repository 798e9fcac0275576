import {
  getDirectiveValues,
  GraphQLError,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLDirective,
  type GraphQLResolveInfo,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** A field that is selected, directly or through fragments. */
export interface SelectedField<Place> {
  readonly node: FieldNode;
  /** The place that `enter` returned for the innermost fragment around the field, e.g. a type. */
  readonly place: Place;
}

interface Walk<Place> {
  fragment(name: string): FragmentDefinitionNode | undefined;
  /** The place inside a fragment with this type condition; null if the fragment cannot apply. By default, the place around it. */
  enter?(place: Place, typeCondition: string | undefined): Place | null;
  /** Whether a field or fragment counts. By default all do, as each directive may include them. */
  isIncluded?(node: SelectionNode): boolean;
}

/**
 * The fields of one object that a selection set selects, in order; a fragment's as often as it is spread. It does not enter the
 * fields' own selections: callers decide how they walk down. No fragment may spread itself, and the number of fields must be limited
 * before: see `checkDocument`.
 */
export function selectedFields<Place>(
  { selections }: SelectionSetNode,
  place: Place,
  walk: Walk<Place>,
): SelectedField<Place>[] {
  const found: SelectedField<Place>[] = [];
  collect(selections, place, walk, found);
  return found;
}

function collect<Place>(
  selections: readonly SelectionNode[],
  place: Place,
  walk: Walk<Place>,
  found: SelectedField<Place>[],
): void {
  for (const node of selections) {
    if (walk.isIncluded && !walk.isIncluded(node)) continue;
    if (node.kind === Kind.FIELD) {
      found.push({ node, place });
      continue;
    }
    const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : walk.fragment(node.name.value);
    if (!fragment) continue;
    const inside = walk.enter ? walk.enter(place, fragment.typeCondition?.name.value) : place;
    if (inside !== null) collect(fragment.selectionSet.selections, inside, walk, found);
  }
}

/** Whether `@skip` and `@include` keep a selection. Without the variables that they need, they do. */
export function isIncluded(node: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean {
  if (!node.directives?.length) return true;
  const skips = conditionOf(GraphQLSkipDirective, node, variables) === true;
  return !skips && conditionOf(GraphQLIncludeDirective, node, variables) !== false;
}

/** Undefined also if a variable is missing or has the wrong type: such an operation is refused, but still counted by its fields. */
function conditionOf(
  directive: GraphQLDirective,
  node: SelectionNode,
  variables: Readonly<Record<string, unknown>>,
): unknown {
  try {
    return getDirectiveValues(directive, node, variables)?.['if'];
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}

type Selection = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>;

/** Whether a field's selection, fragments included, has no other subfields than these. */
export function selectsOnly(info: Selection, names: ReadonlySet<string>): boolean {
  return subfields(info).every(({ name }) => names.has(name.value));
}

/** Whether a subfield is selected, even if a directive may exclude it. */
export function selects(info: Selection, subfield: string): boolean {
  return subfields(info).some(({ name }) => name.value === subfield);
}

/** The fields at the end of a path of subfields, even if a directive may exclude them. */
export function selectedAt(info: Selection, [name, ...rest]: readonly string[]): readonly FieldNode[] {
  const found = subfields(info).filter((node) => node.name.value === name);
  if (rest.length === 0) return found;
  return found.flatMap((node) => selectedAt({ fieldNodes: [node], fragments: info.fragments }, rest));
}

/** Of fields of documents in use, which are parsed once and run often. */
const knownSubfields = new WeakMap<FieldNode, readonly FieldNode[]>();

function subfields({ fieldNodes, fragments }: Selection): readonly FieldNode[] {
  const [first] = fieldNodes;
  return first && fieldNodes.length === 1
    ? subfieldsOf(first, fragments)
    : fieldNodes.flatMap((node) => subfieldsOf(node, fragments));
}

function subfieldsOf(field: FieldNode, fragments: Selection['fragments']): readonly FieldNode[] {
  const known = knownSubfields.get(field);
  if (known) return known;
  const walk = { fragment: (name: string) => fragments[name] };
  const found = field.selectionSet ? selectedFields(field.selectionSet, undefined, walk) : [];
  const nodes = found.map(({ node }) => node);
  knownSubfields.set(field, nodes);
  return nodes;
}
