import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { clientAddress } from '../admission/client-address.js';
import { traceParentIn } from '../../telemetry/tracing/trace-parent.js';
import type { RequestOrigin } from '../execution/request-context.js';

const header = 'x-request-id';
const sane = /^[A-Za-z0-9._-]{1,128}$/;

/**
 * Gives a request the ID by which its log lines are found, which its answer has too: the one that a proxy or the client has
 * given it, if that can stand in a log, else one of its own.
 */
export function nameRequest(request: IncomingMessage): void {
  const given = request.headers[header];
  if (typeof given !== 'string' || !sane.test(given)) request.headers[header] = randomUUID();
}

/** Where a request that was named comes from. */
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
  };
}

/** The ID of a request that was named. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  return String(headers[header]);
}
