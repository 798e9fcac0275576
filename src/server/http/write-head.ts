import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestIdOf } from '../observation/request-id.js';

export type Headers = Readonly<Record<string, string | number>>;

/**
 * Writes the head of an answer, all headers at once: node checks and keeps each header that is set alone. `own` are those of this
 * answer, which may not be ones that every answer has. Without `mayPagesRead` the page of another origin that sent the request may
 * not read the answer: it was not admitted.
 */
export function writeHead(response: ServerResponse, status: number, own: Headers, mayPagesRead = true): ServerResponse {
  const head = headOf(response.req, mayPagesRead);
  for (const name in own) head.push(name, String(own[name]));
  return response.writeHead(status, head);
}

/** As `writeHead`, for an answer whose head somebody else writes. */
export function setCommonHeaders(response: ServerResponse): void {
  const head = headOf(response.req, true);
  for (let at = 0; at + 1 < head.length; at += 2) response.setHeader(head[at] ?? '', head[at + 1] ?? '');
}

/**
 * The headers of every answer, names and values in turn. An answer is of this moment and for one caller, so nobody may keep it; a
 * browser must take it for what it is, and let no other page load it.
 */
function headOf({ headers }: IncomingMessage, mayPagesRead: boolean): string[] {
  const head = [
    ...['x-request-id', requestIdOf(headers)],
    ...['cache-control', 'no-store'],
    ...['x-content-type-options', 'nosniff'],
    ...['cross-origin-resource-policy', 'same-origin'],
  ];
  // Credentials are never allowed.
  if (mayPagesRead && headers.origin !== undefined) {
    head.push('access-control-allow-origin', headers.origin);
    head.push('access-control-expose-headers', 'retry-after, www-authenticate, x-request-id');
  }
  return head;
}
