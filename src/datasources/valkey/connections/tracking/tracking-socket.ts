import { ExpectedFailure } from '../../../../domain/errors.js';
import { CommandError } from '../../command-error.js';
import type { ValkeyLimits } from '../limits.js';
import type { NodeAccess } from '../nodes/node-client.js';
import { openPushSocket } from '../nodes/push-socket.js';

/**
 * One RESP3 connection whose keys a node tracks. node-redis offers invalidations only as part of its own client-side cache, which
 * stores replies by the text of a key.
 */
export interface TrackingSocket {
  /**
   * Registers a key until its next change, whether it exists or not. `isAsking`: the key's slot is still moving to this node. Rejects
   * with `CommandError`, or with `Outage` if the connection is lost.
   */
  register(key: Buffer, isAsking: boolean): Promise<void>;
  close(): void;
}

export interface TrackingSocketListener {
  /** These keys have changed, were evicted from the node's tracking table, or both. */
  invalidated(this: void, keys: readonly Buffer[]): void;
  /** A whole database was flushed. */
  flushed(this: void): void;
  /** Called only after a successful opening. An earlier failure rejects the opening. */
  lost(this: void, reason: Error): void;
}

/**
 * Without `prefixes`, the node reports changes of registered keys, each once. With them, it reports every change of every key with one
 * of the prefixes.
 * @throws ExpectedFailure NOT_SUPPORTED if Valkey refuses CLIENT TRACKING, PERMISSION_DENIED, NOT_CONNECTED; Outage
 */
export async function openTrackingSocket(
  access: NodeAccess,
  limits: ValkeyLimits,
  listener: TrackingSocketListener,
  prefixes?: readonly Buffer[],
): Promise<TrackingSocket> {
  const socket = await openPushSocket(access, limits, {
    lost: listener.lost,
    push(kind, [, keys]) {
      if (kind !== 'invalidate') return;
      if (Array.isArray(keys)) listener.invalidated(keys.filter((key) => Buffer.isBuffer(key)));
      else listener.flushed();
    },
  });
  const broadcast = prefixes ? ['BCAST', ...prefixes.flatMap((prefix) => ['PREFIX', prefix])] : [];
  try {
    await socket.send(['CLIENT', 'TRACKING', 'ON', ...broadcast]);
  } catch (cause) {
    socket.close();
    throw cause instanceof CommandError ? refusedTracking(cause) : cause;
  }
  return {
    register(key, isAsking) {
      // Both leave together, so that no other command comes between them on this connection.
      if (isAsking) socket.send(['ASKING']).catch(() => undefined);
      return socket.send(['TYPE', key]);
    },
    close: () => socket.close(),
  };
}

function refusedTracking(cause: CommandError): ExpectedFailure {
  return new ExpectedFailure(
    'NOT_SUPPORTED',
    'Keys cannot be watched: Valkey refuses the command CLIENT TRACKING. The Valkey user requires +client|tracking.',
    { upstreamCode: cause.prefix, cause },
  );
}
