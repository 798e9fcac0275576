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
  const { message, nodes, source, positions, path, originalError, extensions } = error;
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    originalError: originalError ?? null,
    extensions: { ...extensions, code },
  });
}
