import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestIdOf } from '../observation/request-id.js';

export type Headers = Readonly<Record<string, string | number>>;

/**
 * Writes the head of an answer, with all headers in one call: `setHeader` would validate and store each one. `own` are the headers of
 * this answer; they must not repeat the common ones. If `mayPagesRead` is false, a page of another origin cannot read the answer,
 * because it was not admitted.
 */
export function writeHead(response: ServerResponse, status: number, own: Headers, mayPagesRead = true): ServerResponse {
  const head = headOf(response.req, mayPagesRead);
  for (const name in own) head.push(name, String(own[name]));
  return response.writeHead(status, head);
}

/** Sets the common headers of an answer whose head another library writes. */
export function setCommonHeaders(response: ServerResponse): void {
  const head = headOf(response.req, true);
  for (let at = 0; at + 1 < head.length; at += 2) response.setHeader(head[at] ?? '', head[at + 1] ?? '');
}

/**
 * The headers of every answer, as alternating names and values. An answer is for one caller at one time, so it must not be cached.
 * Browsers must not guess its type, and must not let other origins embed it.
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
