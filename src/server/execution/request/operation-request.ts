import { invalidInput } from '../../../domain/errors.js';

/** One GraphQL operation as a client sends it over any transport. */
export interface OperationRequest {
  /** Absent if `documentHash` identifies the document. */
  readonly query?: string | undefined;
  /** SHA-256 of a persisted document, in hexadecimal. */
  readonly documentHash?: string | undefined;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Reads an operation from a decoded JSON body (GraphQL over HTTP, section "Request parameters", and its appendix "Persisted
 * documents"). Apollo's `extensions.persistedQuery` is accepted as well.
 * @throws ExpectedFailure INVALID_INPUT that names the wrong member
 */
export function readOperationRequest(body: unknown): OperationRequest {
  if (!isRecord(body)) throw invalidInput('Expected one JSON object with "query"; batches are not supported.');
  const { query, operationName, variables, extensions } = body;
  if (operationName != null && typeof operationName !== 'string') {
    throw invalidInput('Expected "operationName" to be a string or null.');
  }
  if (variables != null && !isRecord(variables)) throw invalidInput('Expected "variables" to be an object or null.');
  if (extensions != null && !isRecord(extensions)) throw invalidInput('Expected "extensions" to be an object or null.');
  const documentHash = readHash(body, extensions ?? {});
  const hasText = typeof query === 'string' && query !== '';
  // Clients of graphql-ws must send a text, and send an empty one with a hash.
  const isOmitted = query == null || query === '';
  if (!hasText && !(isOmitted && documentHash !== undefined)) {
    throw invalidInput('Expected "query" to be a GraphQL document.');
  }
  return {
    query: hasText ? query : undefined,
    documentHash,
    operationName: operationName ?? undefined,
    variables: variables ?? undefined,
  };
}

function readHash(
  { documentId, id }: Record<string, unknown>,
  extensions: Record<string, unknown>,
): string | undefined {
  const { persistedQuery } = extensions;
  if (persistedQuery != null) {
    const hash = isRecord(persistedQuery) ? persistedQuery['sha256Hash'] : undefined;
    if (typeof hash !== 'string') throw invalidInput('Expected "extensions.persistedQuery" to have a "sha256Hash".');
    return hash.toLowerCase();
  }
  const given = documentId ?? id;
  if (given == null) return undefined;
  if (typeof given !== 'string') throw invalidInput('Expected "documentId" to be a string or null.');
  return given.toLowerCase().replace(/^sha256:/, '');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
