import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

const conditions: ReadonlySet<string> = new Set(['skip', 'include']);

/**
 * A subscription's root field is always selected: neither it nor a fragment around it has `@skip` or `@include` (GraphQL
 * specification, section "Single Root Field"). graphql 16 does not check this and fails when such a subscription starts. It is
 * no validation rule, because graphql's own rule for root fields throws if such a condition depends on a variable.
 */
export function conditionalRoots({ definitions }: DocumentNode): GraphQLError[] {
  const fragments = new Map(
    definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [])),
  );
  return definitions.flatMap((each) =>
    each.kind === Kind.OPERATION_DEFINITION && each.operation === OperationTypeNode.SUBSCRIPTION
      ? rootSelections(each.selectionSet, fragments).flatMap(faultOf)
      : [],
  );
}

function faultOf({ directives }: SelectionNode): GraphQLError[] {
  const condition = directives?.find(({ name }) => conditions.has(name.value));
  if (!condition) return [];
  const message =
    'The root field of a subscription must not depend on a condition: ' +
    `remove "@${condition.name.value}" from it and from the fragments around it.`;
  return [new GraphQLError(message, { nodes: condition })];
}

/** The operation's own fields, with the fragments around them; each fragment once, as they may form a circle. */
function rootSelections(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): SelectionNode[] {
  const found: SelectionNode[] = [];
  const spread = new Set<string>();
  const waiting = [set];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const node of next.selections) {
      found.push(node);
      if (node.kind === Kind.INLINE_FRAGMENT) waiting.push(node.selectionSet);
      if (node.kind !== Kind.FRAGMENT_SPREAD || spread.has(node.name.value)) continue;
      spread.add(node.name.value);
      const fragment = fragments.get(node.name.value);
      if (fragment) waiting.push(fragment.selectionSet);
    }
  }
  return found;
}
