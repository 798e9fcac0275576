import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { OperationRequest } from '../request/operation-request.js';

/** The documents that clients may request by hash. */
export interface PersistedOperations {
  /** Texts by their SHA-256 in hexadecimal. */
  readonly documents: ReadonlyMap<string, string>;
  /** Whether all other documents are refused. */
  readonly only: boolean;
}

/** The text of the requested document, or the error if there is none. */
export type FindText = (request: OperationRequest) => string | GraphQLError;

/**
 * The codes and the first two messages are those that Apollo's clients act on. After `PERSISTED_QUERY_NOT_SUPPORTED` and
 * `PERSISTED_QUERY_NOT_FOUND` they send the text itself.
 */
export function createFindText(persisted: PersistedOperations | undefined): FindText {
  const listed = persisted?.only ? new Set(persisted.documents.values()) : undefined;
  return ({ query, documentHash }) => {
    if (query === undefined) {
      if (!persisted) return refusal('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
      return (
        persisted.documents.get(documentHash ?? '') ?? refusal('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound')
      );
    }
    if (documentHash !== undefined && hashOf(query) !== documentHash) {
      return refusal(
        'PERSISTED_QUERY_MISMATCH',
        'Expected the hash to be the SHA-256 of the document that is sent with it.',
      );
    }
    if (!listed || listed.has(query)) return query;
    return refusal(
      'PERSISTED_QUERY_REQUIRED',
      'This server runs persisted operations only, and this is not one of them.',
    );
  };
}

/** The SHA-256 of a document's text, in hexadecimal. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
