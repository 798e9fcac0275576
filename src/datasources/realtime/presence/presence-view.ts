import {
  mergePresence,
  presenceChange,
  type ChannelPresence,
  type PresenceChange,
  type ProcessPresence,
} from '../../../domain/realtime/presence.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import { asFailure } from '../shared/failure.js';
import { waitsForReconnection } from '../shared/reconnection-policy.js';

/** The presence of one channel, read once for all its watchers in this process. */
export interface PresenceView {
  open(listener: LiveListener<PresenceChange>): LiveSubscription;
  /** Presence may have changed; reads it again. */
  refreshSoon(): void;
  fail(reason: Error): void;
}

interface Watcher {
  readonly listener: LiveListener<PresenceChange>;
  /** The presence that the watcher received last. */
  received: ChannelPresence | undefined;
  isPaused: boolean;
}

/** Pause between two reads. Changes during the pause are read together. */
const pauseMs = 50;

/** Calls `read` after every `refreshSoon`, and `closed` when the last watcher has left. */
export function createPresenceView(
  channel: Buffer,
  read: () => Promise<readonly ProcessPresence[]>,
  closed: () => void,
): PresenceView {
  const watchers = new Set<Watcher>();
  let state: ChannelPresence | undefined;
  /** Whether the last read succeeded. If not, a watcher that comes waits for the next read, and learns why that fails. */
  let isCurrent = false;
  let mustRead = false;
  let isReading = false;

  /** Watchers that start at the same presence share one event. */
  const firstEvents = new WeakMap<ChannelPresence, PresenceChange | undefined>();
  const changeSince = (
    received: ChannelPresence | undefined,
    presence: ChannelPresence,
  ): PresenceChange | undefined => {
    if (received) return presenceChange(received, presence);
    const firstEvent = firstEvents.get(presence) ?? presenceChange(undefined, presence);
    firstEvents.set(presence, firstEvent);
    return firstEvent;
  };
  const send = (watcher: Watcher, change: PresenceChange | undefined): void => {
    if (!change || watcher.isPaused || !watchers.has(watcher)) return;
    watcher.received = change.presence;
    watcher.listener.next(change);
  };
  const sendToAll = (presence: ChannelPresence): void => {
    const before = state;
    const change = changeSince(before, presence);
    const now = change || !state ? presence : state;
    state = now;
    isCurrent = true;
    for (const watcher of [...watchers]) {
      // Up-to-date watchers share one event. A watcher that has missed changes receives all of them in one event.
      send(watcher, watcher.received === before ? change : changeSince(watcher.received, now));
    }
  };
  const readAll = async (): Promise<void> => {
    isReading = true;
    while (mustRead && watchers.size > 0) {
      mustRead = false;
      try {
        sendToAll(mergePresence(channel, await read()));
      } catch (error) {
        isCurrent = false;
        const reason = asFailure(error);
        for (const watcher of [...watchers]) {
          if (!waitsForReconnection(reason, watcher.received !== undefined)) end(watcher, reason);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
    }
    isReading = false;
  };
  const refreshSoon = (): void => {
    mustRead = true;
    if (!isReading) void readAll();
  };
  const leave = (watcher: Watcher): void => {
    if (watchers.delete(watcher) && watchers.size === 0) closed();
  };
  const end = (watcher: Watcher, reason: Error): void => {
    leave(watcher);
    watcher.listener.error(reason);
  };

  return {
    open(listener) {
      const watcher: Watcher = { listener, received: undefined, isPaused: false };
      watchers.add(watcher);
      const catchUp = (): void => {
        if (!isCurrent && !watcher.received) return;
        if (state && watcher.received !== state) send(watcher, changeSince(watcher.received, state));
      };
      queueMicrotask(catchUp);
      if (!isCurrent) refreshSoon();
      return {
        pause: () => void (watcher.isPaused = true),
        resume() {
          watcher.isPaused = false;
          catchUp();
        },
        close: () => leave(watcher),
      };
    },
    refreshSoon,
    fail(reason) {
      for (const watcher of [...watchers]) end(watcher, reason);
    },
  };
}
