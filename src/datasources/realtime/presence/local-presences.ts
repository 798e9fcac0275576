import { randomUUID } from 'node:crypto';
import type { PresenceClaim } from '../../../domain/realtime/presence.js';
import type { Logger } from '../../../telemetry/log.js';
import { createLocalPresence, type LocalPresence } from './local-presence.js';
import type { PresenceStore } from './presence-store.js';

/** The subscribers in this process of all channels with presence. */
export interface LocalPresences {
  /** `LocalPresence.enter` of the channel with this key. */
  enter(
    channel: { readonly key: string; readonly store: () => PresenceStore },
    claim: PresenceClaim | undefined,
    refused: (reason: Error) => void,
  ): () => void;
  /** Resolves when all removals are written. */
  close(): Promise<void>;
}

/** Heartbeats within the time after which a process counts as dead. Two of them may be late. */
const heartbeatsPerTimeout = 3;

export function createLocalPresences({ timeoutMs, log }: { timeoutMs: number; log: Logger }): LocalPresences {
  // A new ID after each start, so that this process never changes what a dead process wrote.
  const process = randomUUID();
  const presences = new Map<string, LocalPresence>();
  let heartbeatTimer: NodeJS.Timeout | undefined;

  const heartbeat = (): void => {
    for (const presence of presences.values()) presence.heartbeat();
  };
  const find = ({ key, store }: { key: string; store: () => PresenceStore }): LocalPresence => {
    const existing = presences.get(key);
    if (existing) return existing;
    const localPresence: LocalPresence = createLocalPresence(process, store(), {
      log,
      emptied() {
        if (presences.get(key) === localPresence) presences.delete(key);
        if (presences.size > 0) return;
        clearInterval(heartbeatTimer);
        heartbeatTimer = undefined;
      },
    });
    presences.set(key, localPresence);
    heartbeatTimer ??= setInterval(heartbeat, timeoutMs / heartbeatsPerTimeout).unref();
    return localPresence;
  };

  return {
    enter: (channel, claim, refused) => find(channel).enter(claim, refused),
    async close() {
      await Promise.all([...presences.values()].map((localPresence) => localPresence.written()));
      clearInterval(heartbeatTimer);
    },
  };
}
