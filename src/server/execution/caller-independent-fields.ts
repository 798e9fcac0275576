import {
  isAbstractType,
  isObjectType,
  separateOperations,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { isCallerIndependent } from '../../schema/shared/caller-independent-fields.js';

/** Whether the results of an operation may differ by who asks: so unless each selected field is declared otherwise. */
export type DependsOnCaller = (document: DocumentNode, operationName: string | undefined) => boolean;

/** Looks through each operation once, as long as its document is in use. */
export function createDependsOnCaller(schema: GraphQLSchema): DependsOnCaller {
  const known = new WeakMap<DocumentNode, Map<string | undefined, boolean>>();
  return (document, operationName) => {
    const operations = known.get(document) ?? new Map<string | undefined, boolean>();
    known.set(document, operations);
    const existing = operations.get(operationName);
    if (existing !== undefined) return existing;
    const depends = selectsDependent(schema, document, operationName);
    operations.set(operationName, depends);
    return depends;
  };
}

function selectsDependent(schema: GraphQLSchema, document: DocumentNode, operationName: string | undefined): boolean {
  const operations = separateOperations(document);
  // With one operation its name may be left out.
  const operation = operationName === undefined ? Object.values(operations)[0] : operations[operationName];
  if (!operation) return true;
  const types = new TypeInfo(schema);
  let depends = false;
  const look = visitWithTypeInfo(types, {
    Field({ name }) {
      // Which type it is follows from the field above.
      if (name.value === '__typename') return;
      depends ||= possibleTypes(schema, types.getParentType()).some((type) => {
        const field = type.getFields()[name.value];
        return !field || !isCallerIndependent(type, field);
      });
    },
  });
  visit(operation, look);
  return depends;
}

/** What may stand where a field is selected; the interface's own field is never run. */
function possibleTypes(schema: GraphQLSchema, parent: GraphQLCompositeType | null | undefined): GraphQLObjectType[] {
  if (isObjectType(parent)) return [parent];
  return isAbstractType(parent) ? [...schema.getPossibleTypes(parent)] : [];
}
