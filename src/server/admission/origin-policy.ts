import type { IncomingMessage } from 'node:http';
import { hostname, isLoopback } from '../../runtime/network/host.js';
import { createOriginMatcher } from '../../runtime/network/web-origin.js';

/** Decides whether a page may talk to this server. */
export type OriginPolicy = (request: IncomingMessage) => boolean;

/**
 * Allows what is not from a page, pages that this server or another port of this machine has served, and the origins named, e.g.
 * `https://admin.example.com` or `https://*.example.com`. Browsers send Origin with every WebSocket and with all that a page may read the answer of, and
 * pages cannot forge it. What a page only sends off (an image, a form, `no-cors`) may come without: of that browsers say by
 * `Sec-Fetch-Site` where it is from.
 */
export function createOriginPolicy(allowed: readonly string[]): OriginPolicy {
  const isNamed = createOriginMatcher(allowed);
  return ({ headers }) => {
    const { origin, host } = headers;
    if (origin === undefined) return !isSentBlindly(headers['sec-fetch-site'], headers['sec-fetch-mode']);
    if (isNamed(origin)) return true;
    // Not `file:`, whose host is none whatever follows.
    const url = /^https?:/.test(origin) && URL.canParse(origin) ? new URL(origin) : undefined;
    return (
      url !== undefined && (isSameHost(url, host) || (isLoopback(url.hostname) && isLoopback(hostname(host) ?? '')))
    );
  };
}

/** By a page of another origin, and not by following a link: who does that has left the page. */
function isSentBlindly(site: string | string[] | undefined, mode: string | string[] | undefined): boolean {
  return (site === 'cross-site' || site === 'same-site') && mode !== 'navigate';
}

function isSameHost(url: URL, host: string | undefined): boolean {
  const own = `${url.protocol}//${host ?? ''}`;
  // Read as a URL, so that a default port is the same as none.
  return URL.canParse(own) && new URL(own).host === url.host;
}
