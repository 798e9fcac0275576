import type { IncomingMessage } from 'node:http';
import { addressIn, createAddressSet } from '../../runtime/network/cidr.js';
import { forwardedFor } from './forwarded.js';
import type { ProxyHeader } from '../../config/proxy-headers.js';

export interface ProxyOptions {
  /** Addresses and ranges of the proxies that are trusted to report their client's address. */
  readonly trustedProxies: readonly string[];
  /** The header of that report. Other such headers are ignored, because proxies pass them on from the client unchanged. */
  readonly trustedProxyHeader: ProxyHeader;
}

/** Determines the client's address once for each request, before `clientAddress` is called. */
export type AddressReader = (this: void, request: IncomingMessage) => void;

const reported = new WeakMap<IncomingMessage, string>();

export function createAddressReader({ trustedProxies, trustedProxyHeader }: ProxyOptions): AddressReader {
  if (trustedProxies.length === 0) return () => undefined;
  const isTrusted = createAddressSet(trustedProxies);
  return (request) => {
    const value = request.headers[trustedProxyHeader];
    let address = addressIn(request.socket.remoteAddress ?? '');
    if (typeof value !== 'string' || address === undefined || !isTrusted(address)) return;
    for (const node of forwardedFor(trustedProxyHeader, value)) {
      const next = addressIn(node);
      // `unknown`, an obfuscated name (RFC 7239, section 6.3) or nonsense: the reporting proxy is the last known address.
      if (next === undefined) break;
      address = next;
      if (!isTrusted(next)) break;
    }
    reported.set(request, address);
  };
}

/** Whether a trusted proxy has sent the request. */
export function isFromTrustedProxy(request: IncomingMessage): boolean {
  return reported.has(request);
}

/** The address that a trusted proxy reports, or that of the connection. Undefined if the client has disconnected. */
export function clientAddress(request: IncomingMessage): string | undefined {
  return reported.get(request) ?? request.socket.remoteAddress;
}
