import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientAddress } from '../admission/client-address.js';
import { traceParentIn } from '../../telemetry/tracing/trace-parent.js';
import type { Origin } from '../execution/caller.js';

const header = 'x-request-id';
const sane = /^[A-Za-z0-9._-]{1,128}$/;

/**
 * Gives a request the ID by which its log lines are found, and tells it in the answer: the one that a proxy or the client has
 * given it, where that can stand in a log, else one of its own.
 */
export function nameRequest(request: IncomingMessage, response?: ServerResponse): string {
  const given = request.headers[header];
  const id = typeof given === 'string' && sane.test(given) ? given : randomUUID();
  request.headers[header] = id;
  response?.setHeader(header, id);
  return id;
}

/** Where a request that was named comes from. */
export function originOf(request: IncomingMessage, transport: 'http' | 'websocket' = 'http'): Origin {
  const { headers } = request;
  return {
    transport,
    requestId: requestIdOf(request),
    address: clientAddress(request),
    traceParent: traceParentIn(headers),
    webOrigin: headers.origin,
  };
}

/** The ID of a request that was named. */
function requestIdOf({ headers }: IncomingMessage): string {
  return String(headers[header]);
}
