import { isIP } from 'node:net';

/** Whether a `Host` header names this server. */
export type HostPolicy = (host: string | undefined) => boolean;

/**
 * Accepts names that only this machine has, addresses, and the names given. A page of evil.example whose name is made to resolve
 * to this machine (DNS rebinding) has the same origin for its browser; only the name in its requests tells it apart.
 */
export function createHostPolicy(allowed: readonly string[]): HostPolicy {
  const named = new Set(allowed.map((name) => name.toLowerCase()));
  // Nearly all requests say the same.
  let last: string | undefined;
  return (host) => {
    // Without one it is HTTP/1.0, which no browser speaks.
    if (host === undefined || host === last) return true;
    const name = hostname(host);
    const isKnown = name !== undefined && (isMachine(name) || named.has(name));
    if (isKnown) last = host;
    return isKnown;
  };
}

/** Whether a host name can only mean this machine. */
export function isLoopback(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** Without the port, in lower case; undefined where it is none. */
export function hostname(host: string | undefined): string | undefined {
  const url = `http://${host ?? ''}`;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** An address is nobody's name: nothing has to be resolved for it. */
function isMachine(name: string): boolean {
  return isLoopback(name) || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}
