import { isEnumType, isListType, isNonNullType, isType, typeFromAST } from 'graphql';
import type { GraphQLSchema, GraphQLType, OperationDefinitionNode } from 'graphql';

type Accepts = (value: unknown) => boolean;

/**
 * Recognises variables that graphql-js would accept unchanged. Returns true if all are strings, booleans, enum values or lists of
 * them, as declared; false if graphql-js must coerce them. Coercion would take longer than the rest of a small query.
 */
export function plainVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode | null | undefined,
): (variables: Readonly<Record<string, unknown>>) => boolean {
  const checks = (operation?.variableDefinitions ?? []).map(({ variable, type: node }) => {
    const type: unknown = typeFromAST(schema, node);
    return { name: variable.name.value, accepts: isType(type) ? acceptsOf(type) : acceptsNothing };
  });
  return (variables) => checks.every(({ name, accepts }) => accepts(variables[name]));
}

const acceptsNothing: Accepts = () => false;
const isString: Accepts = (value) => typeof value === 'string';
const scalars: Readonly<Record<string, Accepts>> = {
  String: isString,
  ID: isString,
  Boolean: (value) => typeof value === 'boolean',
};

function acceptsOf(type: GraphQLType): Accepts {
  if (isNonNullType(type)) return acceptsPresent(type.ofType);
  const accepts = acceptsPresent(type);
  return (value) => value === null || value === undefined || accepts(value);
}

function acceptsPresent(type: GraphQLType): Accepts {
  if (isListType(type)) {
    const accepts = acceptsOf(type.ofType);
    return (value) => Array.isArray(value) && value.every((item) => item !== undefined && accepts(item));
  }
  if (isEnumType(type)) return (value) => typeof value === 'string' && type.getValue(value) !== undefined;
  return ('name' in type ? scalars[type.name] : undefined) ?? acceptsNothing;
}
