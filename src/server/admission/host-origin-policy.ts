import type { IncomingMessage } from 'node:http';
import { createHostPolicy } from '../../runtime/network/host.js';
import { createOriginPolicy } from './origin-policy.js';
import { refuseWith, type Refusal } from './refusal.js';

export interface HostOriginOptions {
  /** Origins of pages that may use the API, in addition to those of this machine. */
  readonly allowedOrigins: readonly string[];
  /** The server's host names, in addition to addresses and names of this machine. All are allowed if undefined. */
  readonly allowedHosts: readonly string[] | undefined;
}

/** Checks host and origin of a request, for HTTP and WebSockets alike. Undefined if both are allowed. */
export type HostOriginPolicy = (this: void, request: IncomingMessage) => Refusal | undefined;

const withoutHost = refuseWith(400, 'host', 'Expected the header "host" (RFC 9112, section 3.2).');
const unknownHost = refuseWith(403, 'host', 'This host name is not allowed; see `allowedHosts`.');
const unknownOrigin = refuseWith(
  403,
  'origin',
  'Pages of this origin are not allowed to use this API; see `allowedOrigins`.',
);

export function createHostOriginPolicy({ allowedOrigins, allowedHosts }: HostOriginOptions): HostOriginPolicy {
  const isHostAllowed = allowedHosts && createHostPolicy(allowedHosts);
  const isOriginAllowed = createOriginPolicy(allowedOrigins);
  return (request) => {
    const { host } = request.headers;
    if (host === undefined && request.httpVersion !== '1.0') return withoutHost;
    if (isHostAllowed && !isHostAllowed(host)) return unknownHost;
    return isOriginAllowed(request) ? undefined : unknownOrigin;
  };
}
