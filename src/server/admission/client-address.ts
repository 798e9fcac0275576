import type { IncomingMessage } from 'node:http';
import { addressIn, createAddressSet } from '../../runtime/network/cidr.js';
import { forwardedFor } from './forwarded.js';
import type { ProxyHeader } from '../../config/proxy-headers.js';

export interface ProxyOptions {
  /** Addresses and ranges of proxies, whose report of their client is believed. */
  readonly trustedProxies: readonly string[];
  /** The one header that they report it in. The other one is ignored: proxies pass on what a client sends in it. */
  readonly trustedProxyHeader: ProxyHeader;
}

/** Finds out where a request comes from, once, before anything looks at its `clientAddress`. */
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
      // `unknown`, a made-up name, or nonsense: the proxy that reports it is the nearest address that is known.
      if (next === undefined) break;
      address = next;
      if (!isTrusted(next)) break;
    }
    reported.set(request, address);
  };
}

/** Where a request comes from: its connection, or what a trusted proxy reports. Undefined if the client has gone. */
export function clientAddress(request: IncomingMessage): string | undefined {
  return reported.get(request) ?? request.socket.remoteAddress;
}
