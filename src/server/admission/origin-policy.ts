import type { IncomingMessage } from 'node:http';
import { hostname, isLoopback } from '../../runtime/network/host.js';
import { createOriginMatcher } from '../../runtime/network/web-origin.js';

/** Decides whether the page that sends a request may use this server. */
export type OriginPolicy = (request: IncomingMessage) => boolean;

/**
 * Allows requests that no page sends, pages of this server or of another port of this machine, and the given origins, e.g.
 * `https://admin.example.com` or `https://*.example.com`. Browsers send `Origin` with every WebSocket and with every request whose
 * answer the page can read, and pages cannot forge it. Other requests of pages (an image, a form, `no-cors`) may have no `Origin`;
 * for these, browsers send `Sec-Fetch-Site`.
 */
export function createOriginPolicy(allowed: readonly string[]): OriginPolicy {
  const isAllowed = createOriginMatcher(allowed);
  return ({ headers }) => {
    const { origin, host } = headers;
    if (origin === undefined) return !isCrossSiteSubrequest(headers['sec-fetch-site'], headers['sec-fetch-mode']);
    if (isAllowed(origin)) return true;
    // Other schemes are refused: `file:` has no host that could be compared.
    const url = /^https?:/.test(origin) && URL.canParse(origin) ? new URL(origin) : undefined;
    return (
      url !== undefined && (isSameHost(url, host) || (isLoopback(url.hostname) && isLoopback(hostname(host) ?? '')))
    );
  };
}

/** Whether a page of another origin sends the request. Following a link is not such a request: it leaves the page. */
function isCrossSiteSubrequest(site: string | string[] | undefined, mode: string | string[] | undefined): boolean {
  return (site === 'cross-site' || site === 'same-site') && mode !== 'navigate';
}

function isSameHost(url: URL, host: string | undefined): boolean {
  const own = `${url.protocol}//${host ?? ''}`;
  // Parsed as a URL, so that a default port equals no port.
  return URL.canParse(own) && new URL(own).host === url.host;
}
