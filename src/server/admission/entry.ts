import type { IncomingMessage } from 'node:http';
import { createHostPolicy } from '../../domain/host.js';
import type { Logger } from '../../telemetry/log.js';
import { createOriginPolicy } from './origin.js';
import { createOriginReport } from './refused-origins.js';

export interface EntryOptions {
  /** Origins of pages that may use the API, beside those of this machine. */
  readonly allowedOrigins: readonly string[];
  /** Names that the server is reached by, beside addresses and names of this machine; any where absent. */
  readonly allowedHosts: readonly string[] | undefined;
  readonly log: Pick<Logger, 'info'>;
}

/** Says why a request may not come in at all, whoever sends it; undefined if it may. The same for HTTP and WebSockets. */
export type EntryPolicy = (this: void, request: IncomingMessage) => EntryRefusal | undefined;

interface EntryRefusal {
  readonly status: 400 | 403;
  readonly message: string;
}

const withoutHost: EntryRefusal = { status: 400, message: 'Expected the header "host" (RFC 9112, section 3.2).' };
const unknownHost: EntryRefusal = {
  status: 403,
  message: 'This server is not known by this host name; see `allowedHosts`.',
};
const unknownOrigin: EntryRefusal = {
  status: 403,
  message: 'Pages of this origin may not use this API; see `allowedOrigins`.',
};

export function createEntryPolicy({ allowedOrigins, allowedHosts, log }: EntryOptions): EntryPolicy {
  const knowsHost = allowedHosts && createHostPolicy(allowedHosts);
  const mayUse = createOriginPolicy(allowedOrigins);
  const reportOrigin = createOriginReport(log);
  return (request) => {
    const { host } = request.headers;
    if (host === undefined && request.httpVersion !== '1.0') return withoutHost;
    if (knowsHost && !knowsHost(host)) return unknownHost;
    if (mayUse(request)) return undefined;
    reportOrigin(request);
    return unknownOrigin;
  };
}
