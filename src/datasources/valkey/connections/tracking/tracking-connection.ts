import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import { ExpectedFailure } from '../../../../domain/errors.js';
import { asError } from '../../../../runtime/errors.js';
import { CommandError } from '../../command-error.js';
import type { TrackingConnection, TrackingListener } from '../../interfaces.js';
import type { ClusterConnection, ConnectCluster } from '../cluster-connection.js';
import { endpointKey } from '../nodes/endpoint-key.js';
import { createNodeSockets } from '../nodes/node-sockets.js';
import { parseRedirect } from '../routing/redirect.js';
import { nodesOf, watchTopology } from '../topology/topology-watch.js';
import { createBroadcasts } from './broadcasts.js';
import { TrackedKey } from './tracked-key.js';
import { openTrackingSocket, type TrackingSocket, type TrackingSocketListener } from './tracking-socket.js';

/** So many keys of one node are registered one by one: docs/decisions/watching-keys.md has measured why. */
const broadcastThreshold = 1000;
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
  const keys = new Map<string, TrackedKey>();
  const isStopped = (): boolean => stopped.signal.aborted;
  let isRestoring = false;
  let isTidying = false;
  let stopFollowing = follow(connection);
  const stopWatching = watchTopology(() => connection.session, connection.limits.heartbeatMs, 'slots');
  // The move of a slot may be cancelled, which no node reports.
  const recheck = setInterval(() => {
    for (const key of keys.values()) if (key.isMoving && key.state === 'tracked') void attempt(key, false);
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
    lose([...keys.values()]);
  };
  const followTopology = (): void => {
    const { session } = connection;
    // A node that was removed from the cluster reports no more changes, even if its connections stay open.
    const removed = new Set(sockets.keepOnly(nodesOf(session.nodes())));
    lose([...keys.values()].filter((key) => (key.node !== undefined && removed.has(key.node)) || hasMoved(key)));
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
  /** Changes of the keys are missed until they are registered again. */
  const lose = (lost: readonly TrackedKey[]): void => {
    for (const key of lost) {
      if (key.state === 'opening' || key.state === 'left') continue;
      if (key.state === 'tracked') listener.interrupted(key.name);
      key.state = 'lost';
      key.hasGap = true;
    }
    if (lost.some(({ state }) => state === 'lost')) void restore();
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
    lost: () => lose(keysOn(node)),
  }));
  const broadcasts = createBroadcasts({
    threshold: broadcastThreshold,
    open: async (endpoint, prefixes, socketListener) => openSocket(endpoint, socketListener, prefixes),
    endpoints: () => connection.session.nodes().map(({ endpoint }) => endpoint),
    changed: changedOn,
    flushed,
    lost: (node, wasCovered) => lose(keysOn(node).filter(wasCovered)),
    register: async (node) => {
      await Promise.all(keysOn(node).map((key) => attempt(key, false)));
    },
  });
  const keysOn = (node: string): TrackedKey[] => [...keys.values()].filter((key) => key.node === node);

  /** Returns false if the key is not tracked on this node. */
  function changedOn(node: string, name: Buffer): boolean {
    const key = keys.get(idOf(name));
    if (key?.node !== node) return false;
    if (key.state === 'tracked' && !key.isBusy && broadcasts.covers(key)) report(key);
    else void attempt(key);
    return true;
  }
  function flushed(node: string): void {
    for (const key of keysOn(node)) {
      key.hasGap = true;
      void attempt(key);
    }
  }
  const report = (key: TrackedKey): void => {
    const { hasGap } = key;
    key.hasGap = false;
    listener.changed(key.name, hasGap);
  };
  /** Closes the connections to nodes that have no key any more, and opens and closes those for many keys. */
  const tidySoon = (): void => {
    if (isTidying || isStopped()) return;
    isTidying = true;
    setTimeout(() => {
      isTidying = false;
      if (isStopped()) return;
      const byNode = new Map<string, TrackedKey[]>();
      for (const key of keys.values()) {
        if (key.node === undefined) continue;
        const alike = byNode.get(key.node);
        if (alike) alike.push(key);
        else byNode.set(key.node, [key]);
      }
      if (keys.size === 0) sockets.closeAll();
      else sockets.keepOnly(new Set(byNode.keys()));
      broadcasts.consider(byNode);
    }, tidyMs).unref();
  };

  const registerOn = async (key: TrackedKey, endpoint: Endpoint, isAsking: boolean): Promise<void> => {
    key.node = endpointKey(endpoint);
    key.isMoving = isAsking;
    try {
      await (await sockets.to(endpoint).socket).register(key.name, isAsking);
    } catch (cause) {
      const redirect = cause instanceof CommandError ? parseRedirect(cause.message, endpoint) : undefined;
      if (redirect?.kind !== 'ask' || isAsking) throw cause;
      await registerOn(key, redirect.to, true);
    }
  };
  /** Registers the key, and reports it then. `isReported: false` reports it only if its node has changed. */
  const attempt = async (key: TrackedKey, isReported = true): Promise<void> => {
    if (key.isBusy) {
      key.isOutdated ||= isReported;
      return;
    }
    key.isBusy = true;
    key.isOutdated = false;
    const before = key.node;
    try {
      const endpoint = connection.session.primaryFor(key.name);
      if (!endpoint) throw connection.session.unavailableReason('the node of this key');
      await registerOn(key, endpoint, false);
      key.isBusy = false;
    } catch (cause) {
      key.isBusy = false;
      failed(key, asError(cause));
      return;
    }
    if (isLeft(key)) return;
    if (hasMoved(key)) {
      lose([key]);
      return;
    }
    key.state = 'tracked';
    if (before !== key.node) tidySoon();
    if (isReported || before !== key.node || isOutdated(key)) report(key);
    if (isOutdated(key)) void attempt(key);
  };
  const failed = (key: TrackedKey, reason: Error): void => {
    if (isLeft(key) || isStopped()) return;
    const redirect = reason instanceof CommandError ? parseRedirect(reason.message, { host: '', port: 0 }) : undefined;
    if (redirect) {
      connection.session.refreshSoon();
      // The node answers, so the key waits for the topology instead of failing.
      if (key.state === 'opening') key.state = 'lost';
      lose([key]);
    } else if (key.state === 'opening' || isPermanent(reason)) refuse(key, reason);
    else lose([key]);
  };
  const refuse = (key: TrackedKey, reason: Error): void => {
    forget(key);
    listener.refused(key.name, reason);
  };
  const forget = (key: TrackedKey): void => {
    key.state = 'left';
    keys.delete(idOf(key.name));
    tidySoon();
  };

  const restore = async (): Promise<void> => {
    if (isRestoring || isStopped()) return;
    isRestoring = true;
    const lost = (): TrackedKey[] => [...keys.values()].filter(({ state }) => state === 'lost');
    try {
      for (let tries = 0; !isStopped(); tries += 1) {
        await reconnect();
        await Promise.all(lost().map((key) => attempt(key)));
        if (isStopped() || lost().length === 0) return;
        const backoff = Math.min(25 * 2 ** tries, connection.limits.reconnectMs);
        await delay(backoff, undefined, { signal: stopped.signal }).catch(() => undefined);
      }
    } finally {
      isRestoring = false;
      tidySoon();
    }
  };
  const reconnect = async (): Promise<void> => {
    if (!connection.session.isClosed) return;
    try {
      connection = await connect();
      stopFollowing();
      stopFollowing = follow(connection);
    } catch (cause) {
      if (cause instanceof ExpectedFailure) for (const key of [...keys.values()]) refuse(key, cause);
    }
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
      if (keys.has(idOf(name)) || isStopped()) return;
      const key = new TrackedKey(name);
      keys.set(idOf(name), key);
      void reconnect().then(() => attempt(key));
    },
    untrack(name) {
      const key = keys.get(idOf(name));
      if (key) forget(key);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Whether a key that was tracked before cannot be tracked any more. Refused credentials are often followed by new ones. */
function isPermanent(reason: Error): boolean {
  return reason instanceof CommandError || (reason instanceof ExpectedFailure && reason.code === 'NOT_SUPPORTED');
}

/** A function, because the state changes during awaits. */
function isLeft({ state }: TrackedKey): boolean {
  return state === 'left';
}

function isOutdated(key: TrackedKey): boolean {
  return key.isOutdated;
}

/** The name as the key of a map. Latin-1 maps each byte to its own character. */
function idOf(name: Buffer): string {
  return name.toString('latin1');
}
