import { Kind, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';

/** Whether a field's selection, fragments included, has no other subfields than these. */
export function selectsOnly(
  { fieldNodes, fragments }: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>,
  names: ReadonlySet<string>,
): boolean {
  const isWithin = (set: SelectionSetNode | undefined): boolean =>
    (set?.selections ?? []).every((selection) => {
      switch (selection.kind) {
        case Kind.FIELD:
          return names.has(selection.name.value);
        case Kind.INLINE_FRAGMENT:
          return isWithin(selection.selectionSet);
        case Kind.FRAGMENT_SPREAD:
          return isWithin(fragments[selection.name.value]?.selectionSet);
      }
    });
  return fieldNodes.every(({ selectionSet }) => isWithin(selectionSet));
}

/** Whether a subfield is selected, even if a directive may exclude it. */
export function selects({ fieldNodes, fragments }: GraphQLResolveInfo, name: string): boolean {
  const isIn = (selections: SelectionSetNode | undefined): boolean =>
    (selections?.selections ?? []).some((node) => {
      if (node.kind === Kind.FIELD) return node.name.value === name;
      return isIn(node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : fragments[node.name.value]?.selectionSet);
    });
  return fieldNodes.some(({ selectionSet }) => isIn(selectionSet));
}
