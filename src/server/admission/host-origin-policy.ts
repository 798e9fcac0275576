import type { IncomingMessage } from 'node:http';
import { createHostPolicy } from '../../runtime/network/host.js';
import { createOriginPolicy } from './origin-policy.js';
import { refuseWith, type Refusal } from './refusal.js';

export interface HostOriginOptions {
  /** Origins of pages that may use the API, beside those of this machine. */
  readonly allowedOrigins: readonly string[];
  /** Names that the server is reached by, beside addresses and names of this machine; any where absent. */
  readonly allowedHosts: readonly string[] | undefined;
}

/** Refuses a request by its host and origin, whoever sends it; undefined if it may come in. The same for HTTP and WebSockets. */
export type HostOriginPolicy = (this: void, request: IncomingMessage) => Refusal | undefined;

const withoutHost = refuseWith(400, 'host', 'Expected the header "host" (RFC 9112, section 3.2).');
const unknownHost = refuseWith(403, 'host', 'This server is not known by this host name; see `allowedHosts`.');
const unknownOrigin = refuseWith(403, 'origin', 'Pages of this origin may not use this API; see `allowedOrigins`.');

export function createHostOriginPolicy({ allowedOrigins, allowedHosts }: HostOriginOptions): HostOriginPolicy {
  const knowsHost = allowedHosts && createHostPolicy(allowedHosts);
  const mayUse = createOriginPolicy(allowedOrigins);
  return (request) => {
    const { host } = request.headers;
    if (host === undefined && request.httpVersion !== '1.0') return withoutHost;
    if (knowsHost && !knowsHost(host)) return unknownHost;
    return mayUse(request) ? undefined : unknownOrigin;
  };
}
