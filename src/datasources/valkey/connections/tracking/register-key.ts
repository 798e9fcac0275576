import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import { ExpectedFailure } from '../../../../domain/errors.js';
import { CommandError } from '../../command-error.js';
import { endpointKey } from '../nodes/endpoint-key.js';
import type { NodeSockets } from '../nodes/node-sockets.js';
import { parseRedirect } from '../routing/redirect.js';
import type { TrackedKey } from './tracked-key.js';
import type { TrackingSocket } from './tracking-socket.js';

/**
 * Registers the key on a node, or on the node to which its slot is moving.
 * @throws CommandError, ExpectedFailure, Outage
 */
export async function registerKey(
  key: TrackedKey,
  endpoint: Endpoint,
  sockets: NodeSockets<TrackingSocket>,
  isAsking = false,
): Promise<void> {
  // Before the registration, so that a change that is reported right after it is recognised.
  key.node = endpointKey(endpoint);
  key.isMoving = isAsking;
  try {
    await (await sockets.to(endpoint).socket).register(key.name, isAsking);
  } catch (cause) {
    const redirect = cause instanceof CommandError ? parseRedirect(cause.message, endpoint) : undefined;
    if (redirect?.kind !== 'ask' || isAsking) throw cause;
    await registerKey(key, redirect.to, sockets, true);
  }
}

/** Whether the node has answered that another node serves the key, or that it cannot serve it now. */
export function isRedirected(reason: Error): boolean {
  return reason instanceof CommandError && parseRedirect(reason.message, { host: '', port: 0 }) !== undefined;
}

/** Whether a key that was tracked before cannot be tracked any more. Refused credentials are often followed by new ones. */
export function isPermanent(reason: Error): boolean {
  return reason instanceof CommandError || (reason instanceof ExpectedFailure && reason.code === 'NOT_SUPPORTED');
}
