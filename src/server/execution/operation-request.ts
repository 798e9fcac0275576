import { invalidInput } from '../../domain/errors.js';

/** One GraphQL operation as a client sends it, over whichever transport. */
export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Reads an operation from a decoded JSON body (GraphQL over HTTP, section "Request parameters").
 * @throws ExpectedFailure INVALID_INPUT that names the member at fault
 */
export function readOperationRequest(body: unknown): OperationRequest {
  if (!isRecord(body)) throw invalidInput('Expected one JSON object with "query"; batches are not taken.');
  const { query, operationName, variables, extensions } = body;
  if (typeof query !== 'string' || query === '') throw invalidInput('Expected "query" to be a GraphQL document.');
  if (operationName != null && typeof operationName !== 'string') {
    throw invalidInput('Expected "operationName" to be a string or null.');
  }
  if (variables != null && !isRecord(variables)) throw invalidInput('Expected "variables" to be an object or null.');
  if (extensions != null && !isRecord(extensions)) throw invalidInput('Expected "extensions" to be an object or null.');
  return { query, operationName: operationName ?? undefined, variables: variables ?? undefined };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
