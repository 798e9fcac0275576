/** Tests whether an `Origin` header, as browsers write it, is allowed. */
export type OriginMatcher = (origin: string) => boolean;

const expected = 'expected the origin of a page, as "https://admin.example.com"';

/** Describes the fault of an allowed origin in the configuration; undefined if it is valid. */
export function allowedOriginFault(text: string): string | undefined {
  if (!URL.canParse(text)) return expected;
  const { protocol, host, hostname, pathname, search, hash, username, password } = new URL(text);
  const hasOnlyOrigin = `${pathname}${search}${hash}${username}${password}`.replace(/^\/$/, '') === '';
  if (host === '' || !hasOnlyOrigin) return `${expected}, without a path`;
  if (!text.includes('*')) return undefined;
  // Anybody can register a name below a top-level domain.
  const isFirstLabel = /^\*(?:\.[^.*]+){2,}$/.test(hostname) && /^https?:$/.test(protocol);
  return isFirstLabel && text.split('*').length === 2
    ? undefined
    : 'expected "*" to be the whole first label below a domain, as "https://*.example.com"';
}

/**
 * Matches exact origins, and `https://*.example.com`, whose `*` is exactly one label: neither `https://example.com` nor
 * `https://a.b.example.com` matches.
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

/** Normalises as browsers do: lower case, without a default port or a trailing slash. */
function originOf(url: string): string {
  const { origin, protocol, host } = new URL(url);
  // For schemes other than http and https, such as `chrome-extension:`, a URL reports the origin "null".
  return origin === 'null' ? `${protocol}//${host}` : origin;
}
