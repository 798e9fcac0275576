import type { IncomingMessage, ServerResponse } from 'node:http';

/** Decides whether a page of another site may talk to this server. */
export type OriginPolicy = (request: IncomingMessage) => boolean;

/**
 * Allows requests without an Origin (not from a page), those of pages that this server or another port of this machine
 * has served, and the origins named, e.g. `https://admin.example.com`. Browsers send Origin with every WebSocket and
 * every cross-site POST, and pages cannot forge it.
 */
export function createOriginPolicy(allowed: readonly string[]): OriginPolicy {
  const named = new Set(allowed);
  return ({ headers: { origin, host } }) => {
    if (origin === undefined || named.has(origin)) return true;
    const url = URL.canParse(origin) ? new URL(origin) : undefined;
    return url !== undefined && (url.host === host || (isLoopback(url.hostname) && isLoopback(hostname(host))));
  };
}

/** Whether a host name can only mean this machine. A page's name that merely resolves to it (DNS rebinding) is not one. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function hostname(host: string | undefined): string {
  return host !== undefined && URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
}

/** Tells the browser that an admitted page of another origin may read the answer. Credentials are never allowed. */
export function writeCorsHeaders(request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers;
  response.setHeader('vary', 'Origin');
  if (origin === undefined) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'x-request-id');
}

/** Answers a preflight of an admitted page. */
export function answerPreflight(response: ServerResponse): void {
  response
    .writeHead(204, {
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'content-type, accept, authorization, last-event-id, x-request-id',
      'access-control-max-age': '600',
    })
    .end();
}
