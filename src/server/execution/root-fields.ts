import {
  getDirectiveValues,
  GraphQLError,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  valueFromASTUntyped,
  type DocumentNode,
  type FieldNode,
  type GraphQLDirective,
  type SelectionNode,
} from 'graphql';
import type { OperationPlan } from './operation-plan.js';
import type { PreparedOperation } from './prepared-operation.js';

/** An operation with the values of its variables. */
interface Operation {
  readonly plan: Pick<OperationPlan, 'document' | 'operation'>;
  readonly variables: PreparedOperation['variables'];
}

/** A root field of an operation, as requested. */
export interface RootField {
  /** Its name in the result. */
  readonly key: string;
  readonly name: string;
  /** The arguments before coercion. */
  readonly arguments: ReadonlyMap<string, unknown>;
}

/** The selected root fields of a valid operation, in order, each once. Skipped fields are left out. */
export function rootFields({ plan: { document, operation }, variables }: Operation): readonly RootField[] {
  const values: Record<string, unknown> = { ...variables };
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    if (defaultValue) values[variable.name.value] ??= valueFromASTUntyped(defaultValue);
  }
  const fields = new Map<string, RootField>();
  for (const node of selected(operation.selectionSet.selections, document, values)) {
    const key = (node.alias ?? node.name).value;
    const given = new Map(
      (node.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value, values)]),
    );
    if (!fields.has(key)) fields.set(key, { key, name: node.name.value, arguments: given });
  }
  return [...fields.values()];
}

/** The name of a subscription's only field. */
export function subscriptionField(operation: Operation): string {
  return rootFields(operation)[0]?.name ?? 'unknown';
}

function selected(
  selections: readonly SelectionNode[],
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): FieldNode[] {
  return selections.flatMap((node) => {
    if (conditionOf(GraphQLSkipDirective, node, variables) === true) return [];
    if (conditionOf(GraphQLIncludeDirective, node, variables) === false) return [];
    switch (node.kind) {
      case Kind.FIELD:
        return node;
      case Kind.INLINE_FRAGMENT:
        return selected(node.selectionSet.selections, document, variables);
      case Kind.FRAGMENT_SPREAD: {
        return document.definitions.flatMap((each) =>
          each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === node.name.value
            ? selected(each.selectionSet.selections, document, variables)
            : [],
        );
      }
    }
  });
}

/** Undefined if the directive is absent, or if a variable that it depends on is missing or wrong: such an operation is refused later. */
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
