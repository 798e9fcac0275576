import type { IncomingMessage } from 'node:http';

const absoluteForm = /^https?:\/\/([^/?#]*)([^]*)$/i;

/**
 * Converts a target in absolute form (`POST http://host/graphql HTTP/1.1`, as sent to a proxy) to origin form, and sets the header
 * `host` to its host (RFC 9112, section 3.2.2).
 */
export function readTarget(request: IncomingMessage): void {
  const { url = '/' } = request;
  if (url.startsWith('/')) return;
  const [, host, target] = absoluteForm.exec(url) ?? [];
  if (host === undefined || target === undefined) return;
  request.headers.host = host;
  request.url = target.startsWith('/') ? target : `/${target}`;
}

/** The path of a request, without the query. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}
