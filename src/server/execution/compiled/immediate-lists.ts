import {
  getNamedType,
  getNullableType,
  GraphQLNonNull,
  GraphQLScalarType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  OperationTypeNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { isImmediate } from '../../../schema/shared/immediate-fields.js';
import { immediateValue, NotImmediate, plainFields, resolverOf, type Complete } from './immediate-values.js';

/** A list that was completed by its own resolver. The compiler writes it into the result as it is. */
const completedList = new GraphQLScalarType({ name: 'CompletedList', serialize: (list) => list });

/**
 * The schema to compile a query for. Compiled code allocates more than a kilobyte for each field of each item of a list: its path, its
 * `info`, closures and the place of an error that it may have. Lists of objects whose selected fields are all immediate need nothing of
 * this. In the returned schema the fields of such lists are leaves, whose resolvers complete the whole list. Errors are left to
 * graphql-js, as those of compiled code are.
 */
export function withImmediateLists(schema: GraphQLSchema, operation: OperationDefinitionNode): GraphQLSchema {
  const query = operation.operation === OperationTypeNode.QUERY ? schema.getQueryType() : undefined;
  const derived = query && withLeaves(schema, query, operation.selectionSet);
  return derived ? derive(schema, { getQueryType: () => derived }) : schema;
}

/** The type with leaves for the lists in this selection; undefined if there are none. */
function withLeaves(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  selection: SelectionSetNode,
): GraphQLObjectType | undefined {
  const nodes = plainFields(selection);
  // A field that is selected twice under two names has one type for both.
  if (!nodes || new Set(nodes.map(({ name }) => name.value)).size < nodes.length) return undefined;
  const fields = type.getFields();
  const leaves = nodes.flatMap((node) => {
    const field = fields[node.name.value];
    const leaf = field && leafOf(schema, field, node);
    return leaf ? [[node.name.value, leaf] as const] : [];
  });
  if (leaves.length === 0) return undefined;
  const all = { ...fields, ...Object.fromEntries(leaves) };
  return derive(type, { getFields: () => all });
}

function leafOf(
  schema: GraphQLSchema,
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
): GraphQLField<unknown, unknown> | undefined {
  const { selectionSet } = node;
  const type = getNullableType(field.type);
  if (!selectionSet) return undefined;
  if (isObjectType(type)) {
    const derived = withLeaves(schema, type, selectionSet);
    return derived && { ...field, type: sameNullability(field.type, derived) };
  }
  if (!isListType(type) || isLeafType(getNamedType(type)) || !isImmediate(field)) return undefined;
  const complete = immediateValue(schema, field.type, selectionSet);
  return complete && completedBy(complete, field);
}

let lists = 0;

function completedBy(complete: Complete, field: GraphQLField<unknown, unknown>): GraphQLField<unknown, unknown> {
  const resolve = resolverOf(field);
  lists += 1;
  return {
    ...field,
    // Compiled code finds resolvers by the names of types and fields, so that this one needs a name of its own.
    name: `${field.name}_${lists}`,
    type: sameNullability(field.type, completedList),
    resolve(parent, args, context, info) {
      try {
        return complete(resolve(parent, args, context, info), { context, info, args: new Map() });
      } catch (error) {
        // The place of an error within the list is lost, so that no error may be reported as it is.
        throw new NotImmediate('The list is left to graphql-js.', { cause: error });
      }
    },
  };
}

function sameNullability(type: GraphQLOutputType, other: GraphQLScalarType | GraphQLObjectType): GraphQLOutputType {
  return isNonNullType(type) ? new GraphQLNonNull(other) : other;
}

/** The same object with other methods. It stays an instance of its class. */
function derive<Original extends object>(original: Original, methods: Partial<Original>): Original {
  return Object.assign(Object.create(original) as Original, methods);
}
