import type { KeyChange } from '../../../domain/realtime/key-watch.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import type { Logger } from '../../../telemetry/log.js';
import type { TrackingConnection, TrackingListener } from '../../valkey/push-connections.js';
import type { KeyChangesRequest } from '../interfaces.js';
import { asFailure } from '../shared/failure.js';
import type { RealtimeLimits } from '../shared/limits.js';
import { createSharedConnection } from '../shared/shared-connection.js';
import { createWatchedKey, type WatchedKey } from './watched-key.js';

/** The watched keys of one cluster. Each is tracked once for all its subscribers. */
export interface KeyChanges {
  open(request: KeyChangesRequest, listener: LiveListener<KeyChange>): LiveSubscription;
  /** Fails all subscriptions and closes the connections. It cannot be used afterwards. */
  fail(reason: Error): void;
  close(): Promise<void>;
}

interface KeyChangesOptions {
  readonly connect: (listener: TrackingListener) => Promise<TrackingConnection>;
  readonly log: Logger;
  readonly limits: Pick<RealtimeLimits, 'idleConnectionMs'>;
  /** Called once, when it closes: after a failure, or after some time without subscriptions. */
  readonly ended: () => void;
}

/** Starts to connect immediately. */
export function createKeyChanges({ connect, log, limits, ended }: KeyChangesOptions): KeyChanges {
  const watched = new Map<string, WatchedKey>();

  const connection = connect({
    changed: (key, hasGap) => watched.get(idOf(key))?.changed(hasGap),
    interrupted: (key) => watched.get(idOf(key))?.interrupted(),
    refused: (key, reason) => watched.get(idOf(key))?.fail(asFailure(reason)),
  });
  /** Calls after a failed opening have no effect: all subscriptions have failed then. */
  const onConnection = (use: (open: TrackingConnection) => void): void => {
    connection.then(use).catch(() => undefined);
  };
  const watch = (cluster: string, key: Buffer): WatchedKey => {
    const id = idOf(key);
    const created = createWatchedKey(cluster, key, () => {
      watched.delete(id);
      onConnection((open) => {
        // The key may have a new subscriber.
        if (!watched.has(id)) open.untrack(key);
      });
      if (watched.size === 0) sharedConnection.unused();
    });
    watched.set(id, created);
    onConnection((open) => {
      if (watched.get(id) !== created) return;
      // A key whose last subscriber has just left may still be tracked, and would not be reported again.
      open.untrack(key);
      open.track(key);
    });
    return created;
  };

  const sharedConnection = createSharedConnection(connection, {
    idleMs: limits.idleConnectionMs,
    log,
    ended,
    failAll(reason) {
      for (const key of [...watched.values()]) key.fail(reason);
    },
  });

  return {
    open({ cluster, key, announce = false }, listener) {
      sharedConnection.used();
      return (watched.get(idOf(key)) ?? watch(cluster, key)).open(announce, listener);
    },
    fail: sharedConnection.fail,
    close: sharedConnection.close,
  };
}

/** The name as the key of a map. Latin-1 maps each byte to its own character. */
function idOf(key: Buffer): string {
  return key.toString('latin1');
}
