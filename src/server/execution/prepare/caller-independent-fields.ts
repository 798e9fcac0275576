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
  type OperationDefinitionNode,
} from 'graphql';
import { isCallerIndependent } from '../../../schema/shared/caller-independent-fields.js';

/** Whether an operation's results may differ by caller. They do not if the schema declares each selected field caller-independent. */
export function dependsOnCaller(
  schema: GraphQLSchema,
  document: DocumentNode,
  { name: operationName }: OperationDefinitionNode,
): boolean {
  const operation = separateOperations(document)[operationName?.value ?? ''];
  if (!operation) return true;
  const types = new TypeInfo(schema);
  let depends = false;
  const visitor = visitWithTypeInfo(types, {
    Field({ name }) {
      // The parent field decides the type name.
      if (name.value === '__typename') return;
      depends ||= possibleTypes(schema, types.getParentType()).some((type) => {
        const field = type.getFields()[name.value];
        return !field || !isCallerIndependent(type, field);
      });
    },
  });
  visit(operation, visitor);
  return depends;
}

/** The object types that a selection may apply to. An interface's own field is never resolved. */
function possibleTypes(schema: GraphQLSchema, parent: GraphQLCompositeType | null | undefined): GraphQLObjectType[] {
  if (isObjectType(parent)) return [parent];
  return isAbstractType(parent) ? [...schema.getPossibleTypes(parent)] : [];
}
