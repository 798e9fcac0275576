import { GraphQLError } from 'graphql';

/** `extensions.code` of what graphql-js reports about an operation: the names that GraphQL servers have in common. */
export const operationCodes = {
  syntax: 'GRAPHQL_PARSE_FAILED',
  validation: 'GRAPHQL_VALIDATION_FAILED',
  /** Variables, and arguments that depend on them. */
  variables: 'BAD_USER_INPUT',
  /** No operation has the requested name, or several could be meant. */
  operationName: 'OPERATION_RESOLUTION_FAILURE',
  /** A defect of this server. */
  unexpected: 'INTERNAL_SERVER_ERROR',
} as const;

/** The same error with a code. */
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
