import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { OperationRequest } from './operation-request.js';

/** Documents that the server has, by the SHA-256 of their texts in hexadecimal. */
export interface PersistedOperations {
  readonly documents: ReadonlyMap<string, string>;
  /** Whether no other text is run. */
  readonly only: boolean;
}

/** The text that a request means, or why it means none. */
export type FindText = (request: OperationRequest) => string | GraphQLError;

/** The codes are those that Apollo's clients act on: after the second and the third they send the text itself. */
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
      return refusal('PERSISTED_QUERY_MISMATCH', 'The hash is not the SHA-256 of the document that is sent with it.');
    }
    if (!listed || listed.has(query)) return query;
    return refusal(
      'PERSISTED_QUERY_REQUIRED',
      'This server runs the operations that it was started with, and no others.',
    );
  };
}

/** Of a document's text, in hexadecimal. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
