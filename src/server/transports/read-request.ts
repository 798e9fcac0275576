import type { IncomingMessage } from 'node:http';
import { invalidInput } from '../../domain/errors.js';
import { declaresOtherCharset, mediaTypeOf } from '../../domain/media-type.js';
import { decodeText, expectedUtf8, parseForm } from '../../domain/text.js';
import { BodyTooLarge, readBody } from '../admission/body.js';
import { readOperationRequest, type OperationRequest } from '../execution/operation-request.js';
import type { OnLimit } from '../limits.js';

/** A request that holds no operation that could be read; its message repeats nothing of it. */
export class UnreadableRequest extends Error {
  override readonly name = 'UnreadableRequest';

  constructor(
    readonly status: 405 | 413 | 415,
    message: string,
    /** What the answer says beside. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** The client left before its request was whole. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/**
 * Reads the one operation that a request by GET or POST holds.
 * @throws UnreadableRequest, ClientGone
 * @throws ExpectedFailure INVALID_INPUT, to be answered by 400
 */
export async function readRequest(
  request: IncomingMessage,
  { maxBodyBytes, onLimit }: { maxBodyBytes: number; onLimit: OnLimit },
): Promise<OperationRequest> {
  if (request.method === 'GET') return readUrl(request.url ?? '/');
  if (request.method !== 'POST') {
    throw new UnreadableRequest(405, 'Expected POST with a JSON body, or GET.', { allow: 'GET, POST, OPTIONS' });
  }
  checkHeaders(request);
  let body: Buffer;
  try {
    body = await readBody(request, maxBodyBytes);
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw new ClientGone();
    onLimit('maxBodyBytes');
    throw new UnreadableRequest(413, `Expected a body of at most ${maxBodyBytes} bytes.`, { connection: 'close' });
  }
  const text = decodeText(body);
  if (text === undefined) throw invalidInput(expectedUtf8);
  return readOperationRequest(parseJson(text));
}

/** @throws UnreadableRequest 415 */
function checkHeaders({ headers }: IncomingMessage): void {
  const given = headers['content-type'] ?? '';
  if (given !== 'application/json') {
    const mediaType = mediaTypeOf(given);
    // Anything else a browser would send across sites without asking first.
    if (mediaType.type !== 'application/json')
      throw new UnreadableRequest(415, 'Expected "content-type: application/json".');
    if (declaresOtherCharset(mediaType)) {
      throw new UnreadableRequest(415, 'Expected JSON in UTF-8: "content-type: application/json; charset=utf-8".');
    }
  }
  // Its size is known when it is there only.
  if (!/^(?:identity)?$/i.test(headers['content-encoding'] ?? '')) {
    const accepted = { 'accept-encoding': 'identity' };
    throw new UnreadableRequest(415, 'Expected a body without content-encoding.', accepted);
  }
}

function readUrl(url: string): OperationRequest {
  const [, query = ''] = /^[^?#]*\?([^#]*)/.exec(url) ?? [];
  const parameters = parseForm(query);
  if (!parameters) throw invalidInput(expectedUtf8);
  // Many clients write a parameter that they do not use as an empty one.
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

/** @throws ExpectedFailure INVALID_INPUT, without a cause: the parser's own words repeat the text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidInput('Expected JSON.');
  }
}
