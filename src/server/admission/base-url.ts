import type { IncomingMessage } from 'node:http';
import { isFromTrustedProxy } from './client-address.js';

/**
 * The URL below which this client reaches the API, with a slash at its end; undefined if the request does not show it. The headers
 * `x-forwarded-proto`, `x-forwarded-host` and `x-forwarded-prefix` count if a trusted proxy has sent the request.
 */
export function baseUrlOf(request: IncomingMessage): string | undefined {
  const { headers, socket } = request;
  const isForwarded = isFromTrustedProxy(request);
  const forwarded = (name: string): string | undefined => {
    const value = isForwarded ? headers[name] : undefined;
    // A proxy behind another proxy appends its own value.
    return typeof value === 'string' ? value.split(',', 1)[0]?.trim() : undefined;
  };
  const host = forwarded('x-forwarded-host') ?? headers.host;
  const prefix = forwarded('x-forwarded-prefix') ?? '';
  if (host === undefined || !/^[\w.:[\]-]+$/.test(host)) return undefined;
  const scheme = forwarded('x-forwarded-proto') === 'https' || 'encrypted' in socket ? 'https' : 'http';
  return `${scheme}://${host}${/^(?:\/[\w.~-]+)+$/.test(prefix) ? prefix : ''}/`;
}
