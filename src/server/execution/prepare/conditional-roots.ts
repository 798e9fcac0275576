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
 * Returns an error for each `@skip` or `@include` on a subscription's root field or on a fragment around it. The root field must
 * always be selected (GraphQL specification, section "Single Root Field"). graphql 16 does not check this, and fails when such a
 * subscription starts. This is not a validation rule, because graphql's own rule for root fields throws if a condition depends on
 * a variable.
 */
export function conditionalRoots({ definitions }: DocumentNode): GraphQLError[] {
  const fragments = new Map(
    definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [])),
  );
  return definitions.flatMap((each) =>
    each.kind === Kind.OPERATION_DEFINITION && each.operation === OperationTypeNode.SUBSCRIPTION
      ? rootSelections(each.selectionSet, fragments).flatMap(errorOf)
      : [],
  );
}

function errorOf({ directives }: SelectionNode): GraphQLError[] {
  const condition = directives?.find(({ name }) => conditions.has(name.value));
  if (!condition) return [];
  const message =
    'The root field of a subscription must not depend on a condition: ' +
    `remove "@${condition.name.value}" from it and from the fragments around it.`;
  return [new GraphQLError(message, { nodes: condition })];
}

/** The operation's root fields and the fragments around them. Each fragment is followed once, because fragments may form a cycle. */
function rootSelections(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): SelectionNode[] {
  const found: SelectionNode[] = [];
  const spread = new Set<string>();
  const pending = [set];
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const node of next.selections) {
      found.push(node);
      if (node.kind === Kind.INLINE_FRAGMENT) pending.push(node.selectionSet);
      if (node.kind !== Kind.FRAGMENT_SPREAD || spread.has(node.name.value)) continue;
      spread.add(node.name.value);
      const fragment = fragments.get(node.name.value);
      if (fragment) pending.push(fragment.selectionSet);
    }
  }
  return found;
}
