import type { IncomingMessage } from 'node:http';
import { createHostPolicy } from '../../domain/host.js';
import { createOriginPolicy } from './origin.js';

export interface EntryOptions {
  /** Origins of pages that may use the API, beside those of this machine. */
  readonly allowedOrigins: readonly string[];
  /** Names that the server is reached by, beside addresses and names of this machine; any where absent. */
  readonly allowedHosts: readonly string[] | undefined;
}

/** Says why a request may not come in at all, whoever sends it; undefined where it may. The same for HTTP and WebSockets. */
export type EntryPolicy = (this: void, request: IncomingMessage) => string | undefined;

export function createEntryPolicy({ allowedOrigins, allowedHosts }: EntryOptions): EntryPolicy {
  const knowsHost = allowedHosts && createHostPolicy(allowedHosts);
  const mayUse = createOriginPolicy(allowedOrigins);
  return (request) => {
    if (knowsHost && !knowsHost(request.headers.host)) {
      return 'This server is not known by this host name; see `allowedHosts`.';
    }
    return mayUse(request) ? undefined : 'Pages of this origin may not use this API; see `allowedOrigins`.';
  };
}
