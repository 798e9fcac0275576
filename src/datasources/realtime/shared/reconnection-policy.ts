import { ExpectedFailure } from '../../../domain/errors.js';
import { AccessDenied } from '../../valkey/connections/nodes/connection-errors.js';

/** How long a subscription waits after a failed read before it reads again. */
export const reconnectionRetryMs = 250;

/**
 * Whether a subscription waits for its cluster to come back instead of failing. A subscription that has received nothing yet
 * fails immediately, so that its client learns the reason.
 */
export function waitsForReconnection(reason: Error, hasReceived: boolean): boolean {
  return hasReceived && !isPermanent(reason);
}

/**
 * Whether waiting cannot help. A refused password is not permanent: after a rotation, the configuration usually follows
 * within a short time.
 */
export function isPermanent(reason: Error): boolean {
  return reason instanceof ExpectedFailure && !(reason instanceof AccessDenied);
}
