import {
  separateOperations,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { hasSourceArguments } from '../../../schema/shared/source-arguments.js';

/**
 * The names of the variables that an event's result may depend on. These are all variables except those that only choose which
 * events a subscription receives.
 */
export function resultVariables(
  schema: GraphQLSchema,
  document: DocumentNode,
  { name: operationName }: OperationDefinitionNode,
): ReadonlySet<string> {
  const operation = separateOperations(document)[operationName?.value ?? ''];
  const types = new TypeInfo(schema);
  const names = new Set<string>();
  const sourceArguments = new Set<unknown>();
  const visitor = visitWithTypeInfo(types, {
    VariableDefinition: () => false,
    Field(field) {
      const isRoot = types.getParentType() === schema.getSubscriptionType();
      if (isRoot && hasSourceArguments(types.getFieldDef())) sourceArguments.add(field.arguments);
    },
    // A directive's arguments are a different list.
    Argument: (_argument, _key, list) => (sourceArguments.has(list) ? false : undefined),
    Variable: ({ name }) => void names.add(name.value),
  });
  if (operation) visit(operation, visitor);
  return names;
}
