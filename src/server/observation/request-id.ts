import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { clientAddress } from '../admission/client-address.js';
import { traceParentIn } from '../../telemetry/tracing/trace-parent.js';
import type { RequestOrigin } from '../execution/request/request-context.js';

const header = 'x-request-id';
const safeInLogs = /^[A-Za-z0-9._-]{1,128}$/;

/**
 * Assigns the ID that is in the request's log lines and in its answer. Keeps the ID that a proxy or the client has sent if it is safe
 * in a log, and creates one otherwise.
 */
export function assignRequestId(request: IncomingMessage): void {
  const given = request.headers[header];
  if (typeof given !== 'string' || !safeInLogs.test(given)) request.headers[header] = randomUUID();
}

/** The origin of a request that has an ID. */
export function requestOriginOf(
  request: IncomingMessage,
  transport: 'http' | 'websocket' = 'http',
  client?: string,
): RequestOrigin {
  const { headers } = request;
  return {
    transport,
    client,
    requestId: requestIdOf(headers),
    address: clientAddress(request),
    traceParent: traceParentIn(headers),
    webOrigin: headers.origin,
    message: request,
  };
}

/** The ID that `assignRequestId` has assigned. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  return String(headers[header]);
}
