import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import { ExpectedFailure } from '../../../../domain/errors.js';
import type { TrackingConnection, TrackingListener } from '../../push-connections.js';
import type { ClusterConnection, ConnectCluster } from '../cluster-connection.js';
import { endpointKey } from '../nodes/endpoint-key.js';
import { createNodeSockets } from '../nodes/node-sockets.js';
import { createRestoration } from '../restoration.js';
import { nodesOf, watchTopology } from '../topology/topology-watch.js';
import { createBroadcasts } from './broadcasts.js';
import { createKeyRegistration } from './key-registration.js';
import type { TrackedKey } from './tracked-key.js';
import { createTrackedKeys } from './tracked-keys.js';
import { openTrackingSocket, type TrackingSocket, type TrackingSocketListener } from './tracking-socket.js';

/** Keys come and go in bursts. */
const tidyMs = 20;

/**
 * Opens the tracking of keys of one cluster. Each key is registered on the primary that serves it, and again after each change,
 * because a node forgets a key when it reports the change. A key that is lost is registered again until Valkey confirms or refuses it.
 */
export async function openTracking(
  connect: ConnectCluster,
  listener: TrackingListener,
  onClosed: () => void,
): Promise<TrackingConnection> {
  const stopped = new AbortController();
  let connection: ClusterConnection = await connect();
  const keys = createTrackedKeys();
  let isTidying = false;
  let stopFollowing = follow(connection);
  const stopWatching = watchTopology(() => connection.session, connection.limits.heartbeatMs, 'slots');
  // The move of a slot may be cancelled, which no node reports.
  const recheck = setInterval(() => {
    for (const key of keys.all()) if (key.isMoving && key.state === 'tracked') void register(key, false);
  }, connection.limits.heartbeatMs).unref();

  function follow({ session }: ClusterConnection): () => void {
    return session.onChange(() => {
      // Other credentials were given. The tracking of the former user ends.
      if (session.isClosed) dropAll();
      else followTopology();
    });
  }
  const dropAll = (): void => {
    sockets.closeAll();
    broadcasts.closeAll();
    lose(keys.all());
  };
  const followTopology = (): void => {
    // A node that was removed from the cluster reports no more changes, even if its connections stay open.
    const removed = new Set(sockets.keepOnly(nodesOf(connection.session.nodes())));
    lose(keys.all().filter((key) => (key.node !== undefined && removed.has(key.node)) || hasMoved(key)));
    tidySoon();
  };
  /** Whether another node than that of its registration serves the key now. */
  const hasMoved = (key: TrackedKey): boolean => {
    const primary = connection.session.primaryFor(key.name);
    if (!primary) return false;
    const isServed = endpointKey(primary) === key.node;
    if (isServed) key.isMoving = false;
    return !isServed && !key.isMoving;
  };

  const openSocket = async (
    endpoint: Endpoint,
    socketListener: TrackingSocketListener,
    prefixes?: readonly Buffer[],
  ): Promise<TrackingSocket> =>
    openTrackingSocket(await connection.access(endpoint), connection.limits, socketListener, prefixes);
  const sockets = createNodeSockets<TrackingSocket, TrackingSocketListener>(openSocket, (node) => ({
    invalidated(names) {
      for (const name of names) changedOn(node, name);
    },
    flushed: () => flushed(node),
    lost: () => lose(keys.on(node)),
  }));
  const broadcasts = createBroadcasts({
    open: openSocket,
    endpoints: () => connection.session.nodes().map(({ endpoint }) => endpoint),
    changed: changedOn,
    flushed,
    lost: (node, wasCovered) => lose(keys.on(node).filter(wasCovered)),
    register: async (node) => {
      await Promise.all(keys.on(node).map((key) => register(key, false)));
    },
  });
  /** Returns false if the key is not tracked on this node. */
  function changedOn(node: string, name: Buffer): boolean {
    const key = keys.get(name);
    if (key?.node !== node) return false;
    if (key.state === 'tracked' && !key.isBusy && broadcasts.covers(key)) report(key);
    else void register(key);
    return true;
  }
  function flushed(node: string): void {
    for (const key of keys.on(node)) {
      key.hasGap = true;
      void register(key);
    }
  }
  function report(key: TrackedKey): void {
    const { hasGap } = key;
    key.hasGap = false;
    listener.changed(key.name, hasGap);
  }
  /** Closes the connections to nodes that have no key any more, and opens and closes those for many keys. */
  const tidySoon = (): void => {
    if (isTidying || stopped.signal.aborted) return;
    isTidying = true;
    setTimeout(() => {
      isTidying = false;
      if (stopped.signal.aborted) return;
      const byNode = keys.byNode();
      if (keys.all().length === 0) sockets.closeAll();
      else sockets.keepOnly(new Set(byNode.keys()));
      broadcasts.consider(byNode);
    }, tidyMs).unref();
  };

  const register = createKeyRegistration({
    session: () => connection.session,
    sockets,
    isClosed: () => stopped.signal.aborted,
    hasMoved,
    changedNode: tidySoon,
    report,
    lose,
    refuse,
  });
  /** Changes of the keys are missed until they are registered again. */
  function lose(lost: readonly TrackedKey[]): void {
    for (const key of lost) {
      if (key.state === 'opening' || key.state === 'left') continue;
      if (key.state === 'tracked') listener.interrupted(key.name);
      key.state = 'lost';
      key.hasGap = true;
    }
    if (lost.some(({ state }) => state === 'lost')) void restore();
  }
  const restore = createRestoration({
    signal: stopped.signal,
    longestPauseMs: () => connection.limits.reconnectMs,
    async attempt() {
      await reconnect();
      await Promise.all(keys.lost().map((key) => register(key)));
      tidySoon();
      return keys.lost().length === 0;
    },
  });
  const reconnect = async (): Promise<void> => {
    if (!connection.session.isClosed) return;
    try {
      connection = await connect();
      stopFollowing();
      stopFollowing = follow(connection);
    } catch (cause) {
      if (cause instanceof ExpectedFailure) for (const key of keys.all()) refuse(key, cause);
    }
  };
  function refuse(key: TrackedKey, reason: Error): void {
    forget(key);
    listener.refused(key.name, reason);
  }
  const forget = (key: TrackedKey): void => {
    key.state = 'left';
    keys.remove(key);
    tidySoon();
  };
  const close = (): Promise<void> => {
    stopped.abort();
    stopFollowing();
    stopWatching();
    clearInterval(recheck);
    keys.clear();
    sockets.closeAll();
    broadcasts.closeAll();
    onClosed();
    return Promise.resolve();
  };
  return {
    track(name) {
      if (keys.get(name) || stopped.signal.aborted) return;
      const key = keys.add(name);
      void reconnect().then(() => register(key));
    },
    untrack(name) {
      const key = keys.get(name);
      if (key) forget(key);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
