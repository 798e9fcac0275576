import type { IncomingMessage } from 'node:http';
import { ExpectedFailure, invalidInput } from '../../domain/errors.js';
import { declaresOtherCharset, mediaTypeOf } from '../../runtime/network/media-type.js';
import { decodeText, expectedUtf8, parseForm } from '../../runtime/text.js';
import type { MaybePromise } from '../../runtime/maybe-promise.js';
import { BodyTooLarge, readBody } from './read-body.js';
import { Refusal, refuseWith } from '../admission/refusal.js';
import { readOperationRequest, type OperationRequest } from '../execution/request/operation-request.js';
import type { OnLimit } from '../../config/limits/server-limits.js';

/**
 * Reads the operation of a request by GET or POST. Undefined if the client disconnected before its request was complete. The message of
 * a refusal repeats nothing of the request.
 */
export function readRequest(
  request: IncomingMessage,
  { maxBodyBytes, onLimit }: { maxBodyBytes: number; onLimit: OnLimit },
): MaybePromise<OperationRequest | Refusal | undefined> {
  if (request.method === 'GET') return operationOr400(() => readUrl(request.url ?? '/'));
  if (request.method !== 'POST') {
    return refuseWith(405, 'method', 'Expected POST with a JSON body, or GET.', { allow: 'GET, POST, OPTIONS' });
  }
  const refusal = checkContentHeaders(request);
  if (refusal) return refusal;
  return readBody(request, maxBodyBytes).then(
    (body) => operationOr400(() => readBodyText(body)),
    (error: unknown) => {
      if (!(error instanceof BodyTooLarge)) return undefined;
      onLimit('maxBodyBytes');
      const expected = `Expected a body of at most ${maxBodyBytes} bytes.`;
      return refuseWith(413, 'maxBodyBytes', expected, { connection: 'close' });
    },
  );
}

/** @throws every error other than ExpectedFailure */
function operationOr400(read: () => OperationRequest): OperationRequest | Refusal {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ExpectedFailure)) throw error;
    return new Refusal({ reason: 'body', status: 400, error });
  }
}

/** Refuses a body that is not JSON in UTF-8 without compression, by its headers. */
function checkContentHeaders({ headers }: IncomingMessage): Refusal | undefined {
  const contentType = headers['content-type'] ?? '';
  if (contentType !== 'application/json') {
    const mediaType = mediaTypeOf(contentType);
    // Browsers send several other types to other sites without a preflight.
    if (mediaType.type !== 'application/json')
      return refuseWith(415, 'body', 'Expected "content-type: application/json".');
    if (declaresOtherCharset(mediaType)) {
      return refuseWith(415, 'body', 'Expected JSON in UTF-8: "content-type: application/json; charset=utf-8".');
    }
  }
  // The size of a compressed body is unknown until it is decompressed.
  if (!/^(?:identity)?$/i.test(headers['content-encoding'] ?? '')) {
    const accepted = { 'accept-encoding': 'identity' };
    return refuseWith(415, 'body', 'Expected a body without content-encoding.', accepted);
  }
  return undefined;
}

/** @throws ExpectedFailure INVALID_INPUT */
function readBodyText(body: Buffer): OperationRequest {
  const text = decodeText(body);
  if (text === undefined) throw invalidInput(expectedUtf8);
  return readOperationRequest(parseJson(text));
}

/** @throws ExpectedFailure INVALID_INPUT */
function readUrl(url: string): OperationRequest {
  const [, query = ''] = /^[^?#]*\?([^#]*)/.exec(url) ?? [];
  const parameters = parseForm(query);
  if (!parameters) throw invalidInput(expectedUtf8);
  // Many clients send an unused parameter as an empty one.
  const given = (name: string): string | undefined => {
    const value = parameters.get(name) ?? '';
    return value === '' ? undefined : value;
  };
  const [variables, extensions] = [given('variables'), given('extensions')];
  return readOperationRequest({
    query: given('query'),
    documentId: given('documentId'),
    id: given('id'),
    operationName: given('operationName'),
    variables: variables && parseJson(variables),
    extensions: extensions && parseJson(extensions),
  });
}

/** @throws ExpectedFailure INVALID_INPUT, without a cause, because the parser's message repeats the text */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidInput('Expected JSON.');
  }
}
