import { isEnumType, isListType, isNonNullType, isType, typeFromAST } from 'graphql';
import type { GraphQLSchema, GraphQLType, OperationDefinitionNode } from 'graphql';

type Accepts = (value: unknown) => boolean;

/**
 * Recognises variables that graphql-js accepts without coercing them, which would take longer than the rest of a small query: true
 * if they are texts, booleans, enum values or lists of them, as declared; false if graphql-js must be asked.
 */
export function plainVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode | null | undefined,
): (variables: Readonly<Record<string, unknown>>) => boolean {
  const checks = (operation?.variableDefinitions ?? []).map(({ variable, type: node }) => {
    const type: unknown = typeFromAST(schema, node);
    return { name: variable.name.value, accepts: isType(type) ? acceptsOf(type) : refuse };
  });
  return (variables) => checks.every(({ name, accepts }) => accepts(variables[name]));
}

const refuse: Accepts = () => false;
const isText: Accepts = (value) => typeof value === 'string';
const scalars: Readonly<Record<string, Accepts>> = {
  String: isText,
  ID: isText,
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
  return ('name' in type ? scalars[type.name] : undefined) ?? refuse;
}
