import { asError } from '../../../../runtime/errors.js';
import type { ClusterConnection } from '../cluster-connection.js';
import type { NodeSockets } from '../nodes/node-sockets.js';
import { isPermanent, isRedirected, registerKey } from './register-key.js';
import type { TrackedKey } from './tracked-key.js';
import type { TrackingSocket } from './tracking-socket.js';

interface KeyRegistrationOptions {
  /** The current session: other credentials begin another one. */
  readonly session: () => ClusterConnection['session'];
  readonly sockets: NodeSockets<TrackingSocket>;
  readonly isClosed: () => boolean;
  /** Whether another node than that of its registration serves the key now. */
  readonly hasMoved: (key: TrackedKey) => boolean;
  /** The key is registered on another node than before. */
  readonly changedNode: () => void;
  readonly report: (key: TrackedKey) => void;
  /** The keys are to be registered again later. */
  readonly lose: (keys: readonly TrackedKey[]) => void;
  readonly refuse: (key: TrackedKey, reason: Error) => void;
}

/**
 * Returns a function that registers a key on the primary that serves it, and reports the key then. `isChanged: false` reports it only
 * if it may have changed meanwhile. A key has one registration at a time.
 */
export function createKeyRegistration({
  session,
  sockets,
  isClosed,
  hasMoved,
  changedNode,
  report,
  lose,
  refuse,
}: KeyRegistrationOptions): (key: TrackedKey, isChanged?: boolean) => Promise<void> {
  const register = async (key: TrackedKey, isChanged = true): Promise<void> => {
    if (key.isBusy) {
      key.isOutdated ||= isChanged;
      return;
    }
    key.isBusy = true;
    key.isOutdated = false;
    const before = key.node;
    try {
      const endpoint = session().primaryFor(key.name);
      if (!endpoint) throw session().unavailableReason('the node of this key');
      await registerKey(key, endpoint, sockets);
    } catch (cause) {
      key.isBusy = false;
      failed(key, asError(cause));
      return;
    }
    key.isBusy = false;
    if (key.hasLeft()) return;
    if (hasMoved(key)) {
      retry(key);
      return;
    }
    key.state = 'tracked';
    if (before !== key.node) changedNode();
    if (isChanged || key.hasChanged() || key.hasGap || before !== key.node) report(key);
    if (key.hasChanged()) void register(key);
  };
  const failed = (key: TrackedKey, reason: Error): void => {
    if (key.hasLeft() || isClosed()) return;
    if (isRedirected(reason)) {
      session().refreshSoon();
      retry(key);
    } else if (key.state === 'opening' || isPermanent(reason)) refuse(key, reason);
    else retry(key);
  };
  /** A key that was never registered waits too: its node has answered. */
  const retry = (key: TrackedKey): void => {
    if (key.state === 'opening') key.state = 'lost';
    lose([key]);
  };
  return register;
}
