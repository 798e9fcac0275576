import { GraphQLError } from 'graphql';

/** `extensions.code` of errors that graphql-js reports. Apollo Server and other GraphQL servers use the same names. */
export const operationCodes = {
  syntax: 'GRAPHQL_PARSE_FAILED',
  validation: 'GRAPHQL_VALIDATION_FAILED',
  /** Wrong variables, or arguments that depend on them. */
  variables: 'BAD_USER_INPUT',
  /** No operation has the requested name, or no name was given and the document has several operations. */
  operationName: 'OPERATION_RESOLUTION_FAILURE',
  /** A defect of this server. */
  unexpected: 'INTERNAL_SERVER_ERROR',
} as const;

/** A copy of the error, with a code. */
export function withCode(error: GraphQLError, code: string): GraphQLError {
  return copyWith(error, { extensions: { ...error.extensions, code } });
}

/** A copy of the error, with another message or other extensions. */
export function copyWith(
  error: GraphQLError,
  changed: Partial<Pick<GraphQLError, 'message' | 'extensions'>>,
): GraphQLError {
  const { message, nodes, source, positions, path, originalError, extensions } = error;
  return new GraphQLError(changed.message ?? message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    originalError: originalError ?? null,
    extensions: changed.extensions ?? extensions,
  });
}
