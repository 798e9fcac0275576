import { GraphQLError } from 'graphql';

/** `extensions.code` of a request that HTTP refuses, by the status of the answer, if nothing more specific is known. */
const codeByStatus = {
  400: 'BAD_REQUEST',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  406: 'NOT_ACCEPTABLE',
  408: 'REQUEST_TIMEOUT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  417: 'EXPECTATION_FAILED',
  431: 'REQUEST_HEADER_FIELDS_TOO_LARGE',
} as const;
export type RefusedStatus = keyof typeof codeByStatus;

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

/** Why HTTP refuses a request, with the code of its status. */
export function refusal(status: RefusedStatus, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: codeByStatus[status] } });
}

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
