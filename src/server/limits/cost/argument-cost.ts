import { Kind, type FieldNode, type GraphQLField, type OperationDefinitionNode, type ValueNode } from 'graphql';
import { VariableCost, type CostExpression } from './cost-expression.js';

/**
 * The number that an argument contributes to the cost: its value, or the length of a list. Variables are not coerced yet. The value of
 * one with a wrong type does not matter, because the operation is refused before it runs.
 */
export function argumentCost(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  name: string,
  operation: OperationDefinitionNode,
): CostExpression {
  const byDefault = countOf(field.args.find((each) => each.name === name)?.defaultValue);
  const value = node.arguments?.find((each) => each.name.value === name)?.value;
  if (!value) return byDefault;
  if (value.kind !== Kind.VARIABLE) return literal(value);
  const variable = value.name.value;
  const definition = operation.variableDefinitions?.find((each) => each.variable.name.value === variable);
  const unset = definition?.defaultValue ? literal(definition.defaultValue) : byDefault;
  return new VariableCost((variables) => (variables[variable] === undefined ? unset : countOf(variables[variable])));
}

function literal(value: ValueNode): number {
  if (value.kind === Kind.INT) return countOf(Number(value.value));
  if (value.kind === Kind.LIST) return value.values.length;
  return value.kind === Kind.NULL ? 0 : 1;
}

function countOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'number') return Math.max(0, value);
  // GraphQL accepts a single item instead of a list.
  return value === undefined || value === null ? 0 : 1;
}
