import { separateOperations, TypeInfo, visit, visitWithTypeInfo, type DocumentNode, type GraphQLSchema } from 'graphql';
import { hasSourceArguments } from '../../schema/shared/source-arguments.js';
import type { PreparedOperation } from './prepared-operation.js';

type Variables = PreparedOperation['variables'];

/** The variables that an event's result may depend on: all but those that only choose what a subscription listens to. */
export type ResultVariables = (
  operation: Pick<PreparedOperation, 'document' | 'operationName' | 'variables'>,
) => Variables;

/** Looks through each operation once, as long as its document is in use. */
export function createResultVariables(schema: GraphQLSchema): ResultVariables {
  const known = new WeakMap<DocumentNode, Map<string | undefined, ReadonlySet<string>>>();
  return ({ document, operationName, variables }) => {
    if (!variables) return undefined;
    const operations = known.get(document) ?? new Map<string | undefined, ReadonlySet<string>>();
    known.set(document, operations);
    const names = operations.get(operationName) ?? namesOf(schema, document, operationName);
    operations.set(operationName, names);
    return Object.fromEntries(Object.entries(variables).filter(([name]) => names.has(name)));
  };
}

function namesOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
): ReadonlySet<string> {
  const operations = separateOperations(document);
  const operation = operationName === undefined ? Object.values(operations)[0] : operations[operationName];
  const types = new TypeInfo(schema);
  const names = new Set<string>();
  const choosing = new Set<unknown>();
  const look = visitWithTypeInfo(types, {
    VariableDefinition: () => false,
    Field(field) {
      const isRoot = types.getParentType() === schema.getSubscriptionType();
      if (isRoot && hasSourceArguments(types.getFieldDef())) choosing.add(field.arguments);
    },
    // A directive's arguments stand in a list of their own.
    Argument: (_argument, _key, list) => (choosing.has(list) ? false : undefined),
    Variable: ({ name }) => void names.add(name.value),
  });
  if (operation) visit(operation, look);
  return names;
}
