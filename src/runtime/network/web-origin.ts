/** Whether an `Origin` header, as browsers write it, is one of those that are allowed. */
export type OriginMatcher = (origin: string) => boolean;

const expected = 'expected the origin of a page, as "https://admin.example.com"';

/** What is wrong with the text of an allowed origin; undefined if it can be one. */
export function faultOfAllowedOrigin(text: string): string | undefined {
  if (!URL.canParse(text)) return expected;
  const { protocol, host, hostname, pathname, search, hash, username, password } = new URL(text);
  const isWhole = `${pathname}${search}${hash}${username}${password}`.replace(/^\/$/, '') === '';
  if (host === '' || !isWhole) return `${expected}, without a path`;
  if (!text.includes('*')) return undefined;
  // Of a whole top-level domain everybody can have a name.
  const isFirstLabel = /^\*(?:\.[^.*]+){2,}$/.test(hostname) && /^https?:$/.test(protocol);
  return isFirstLabel && text.split('*').length === 2
    ? undefined
    : 'expected "*" to be the whole first label below a domain, as "https://*.example.com"';
}

/**
 * Matches origins that are named whole, and `https://*.example.com`, whose `*` is exactly one label: neither `https://example.com` nor
 * `https://a.b.example.com` match.
 */
export function createOriginMatcher(allowed: readonly string[]): OriginMatcher {
  const origins = allowed.map(originOf);
  const named = new Set(origins.filter((origin) => !origin.includes('*')));
  const wildcards = origins.filter((origin) => origin.includes('*')).map((origin) => origin.split('*'));
  return (origin) =>
    named.has(origin) ||
    wildcards.some(
      ([scheme = '', domain = '']) =>
        origin.length > scheme.length + domain.length &&
        origin.startsWith(scheme) &&
        origin.endsWith(domain) &&
        /^[\w-]+$/.test(origin.slice(scheme.length, -domain.length)),
    );
}

/** As browsers write it: lower case, without a default port or a slash at the end. */
function originOf(url: string): string {
  const { origin, protocol, host } = new URL(url);
  // For other schemes than the web's own, such as `chrome-extension:`, a URL reports the origin "null".
  return origin === 'null' ? `${protocol}//${host}` : origin;
}
