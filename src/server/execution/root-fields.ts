import {
  Kind,
  valueFromASTUntyped,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type SelectionNode,
} from 'graphql';
import { doesChangeState } from '../../schema/shared/changes-state.js';
import { isIncluded, selectedFields } from '../../schema/shared/selection.js';
import type { OperationPlan } from './prepare/operation-plan.js';
import type { PreparedOperation, RefusedOperation } from './prepared-operation.js';

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
  const walk = {
    fragment: (name: string) =>
      document.definitions.find(
        (each): each is FragmentDefinitionNode => each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === name,
      ),
    isIncluded: (node: SelectionNode) => isIncluded(node, values),
  };
  for (const { node } of selectedFields(operation.selectionSet, undefined, walk)) {
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

/** Whether executing an operation changes state: it is a mutation, or it selects a root field that the schema declares so. */
export function changesState(schema: GraphQLSchema, operation: RefusedOperation): boolean {
  const { kind } = operation.plan;
  if (kind === 'mutation') return true;
  const root = kind === 'subscription' ? schema.getSubscriptionType() : schema.getQueryType();
  const fields = root?.getFields() ?? {};
  return rootFields(operation).some(({ name, arguments: given }) => doesChangeState(fields[name], given));
}
