import type { ServerResponse } from 'node:http';

/**
 * Whether a response waits for that of an earlier request on the same connection (HTTP pipelining). Until then, nothing of it is
 * written.
 *
 * Relies on `response.socket` of Node.js 20 being null until then. Node documents the property, not when it is null.
 */
export function waitsForEarlierResponse({ socket }: ServerResponse): boolean {
  return socket === null;
}
