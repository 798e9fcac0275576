import { Kind, type FieldNode, type GraphQLField, type OperationDefinitionNode, type ValueNode } from 'graphql';
import { VariableCost, type CostExpression } from './cost-expression.js';

/**
 * What an argument says of a number: itself, or how many a list holds. Variables are not coerced yet: those of a wrong type count
 * nothing, as they are refused before anything runs.
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
  // One item may be given where a list is expected.
  return value === undefined || value === null ? 0 : 1;
}
