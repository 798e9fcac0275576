import { isIP } from 'node:net';

/** Tests whether a `Host` header names this server. */
export type HostPolicy = (host: string | undefined) => boolean;

/**
 * Accepts `allowed`, addresses, and names that always mean this machine. If evil.example resolves to this machine (DNS
 * rebinding), the browser treats it as same-origin; only the host name in the request reveals it.
 */
export function createHostPolicy(allowed: readonly string[]): HostPolicy {
  const named = new Set(allowed.map((name) => name.toLowerCase()));
  // Nearly all requests have the same host.
  let last: string | undefined;
  return (host) => {
    // Only HTTP/1.0 omits it, and no browser uses that.
    if (host === undefined || host === last) return true;
    const name = hostname(host);
    const isKnown = name !== undefined && (isAddressOrLoopback(name) || named.has(name));
    if (isKnown) last = host;
    return isKnown;
  };
}

/** Tests whether a host name always means this machine. */
export function isLoopback(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** Returns the host in lower case without the port; undefined if it is invalid. */
export function hostname(host: string | undefined): string | undefined {
  const url = `http://${host ?? ''}`;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** An address needs no name resolution, so DNS rebinding cannot use it. */
function isAddressOrLoopback(name: string): boolean {
  return isLoopback(name) || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}
