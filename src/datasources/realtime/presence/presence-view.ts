import {
  mergePresence,
  presenceChange,
  type ChannelPresence,
  type PresenceChange,
  type ProcessPresence,
} from '../../../domain/realtime/presence.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import { asFailure, isPermanent } from '../shared/failure.js';

/** What is known of one channel's presence, read once for all of this process who watch it. */
export interface PresenceView {
  open(listener: LiveListener<PresenceChange>): LiveSubscription;
  /** Something may be otherwise. */
  refreshSoon(): void;
  fail(reason: Error): void;
}

interface Watcher {
  readonly listener: LiveListener<PresenceChange>;
  /** The state that it was told of last. */
  reported: ChannelPresence | undefined;
  isPaused: boolean;
}

/** Between two reads: what is told meanwhile is read together. */
const pauseMs = 50;

/** `read` is asked again after every `suspect`; `closed` is called when nobody watches any more. */
export function createPresenceView(
  channel: Buffer,
  read: () => Promise<readonly ProcessPresence[]>,
  closed: () => void,
): PresenceView {
  const watchers = new Set<Watcher>();
  let state: ChannelPresence | undefined;
  let isSuspect = false;
  let isReading = false;

  /** Who begins at the same state shares what it is told. */
  const beginnings = new WeakMap<ChannelPresence, PresenceChange | undefined>();
  const changeSince = (told: ChannelPresence | undefined, presence: ChannelPresence): PresenceChange | undefined => {
    if (told) return presenceChange(told, presence);
    const beginning = beginnings.get(presence) ?? presenceChange(undefined, presence);
    beginnings.set(presence, beginning);
    return beginning;
  };
  const tell = (watcher: Watcher, change: PresenceChange | undefined): void => {
    if (!change || watcher.isPaused || !watchers.has(watcher)) return;
    watcher.reported = change.presence;
    watcher.listener.next(change);
  };
  const tellAll = (presence: ChannelPresence): void => {
    const before = state;
    const change = changeSince(before, presence);
    if (!change) return;
    state = presence;
    for (const watcher of [...watchers]) {
      // Equal watchers share the change; who has missed some is told of all of them at once.
      tell(watcher, watcher.reported === before ? change : changeSince(watcher.reported, presence));
    }
  };
  const readAll = async (): Promise<void> => {
    isReading = true;
    while (isSuspect && watchers.size > 0) {
      isSuspect = false;
      try {
        tellAll(mergePresence(channel, await read()));
      } catch (error) {
        const reason = asFailure(error);
        // Who has been told something waits for the cluster to come back; who begins is told at once.
        for (const watcher of [...watchers]) if (!watcher.reported || isPermanent(reason)) end(watcher, reason);
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
    }
    isReading = false;
  };
  const refreshSoon = (): void => {
    isSuspect = true;
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
      const watcher: Watcher = { listener, reported: undefined, isPaused: false };
      watchers.add(watcher);
      const catchUp = (): void => {
        if (state && watcher.reported !== state) tell(watcher, changeSince(watcher.reported, state));
      };
      if (state) queueMicrotask(catchUp);
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
