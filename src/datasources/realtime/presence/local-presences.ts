import { randomUUID } from 'node:crypto';
import type { PresenceClaim } from '../../../domain/realtime/presence.js';
import type { Logger } from '../../../telemetry/log.js';
import { createLocalPresence, type LocalPresence } from './local-presence.js';
import type { PresenceStore } from './presence-store.js';

/** The subscribers of this process in all channels with presence. */
export interface LocalPresences {
  /** As `LocalPresence.enter`, of the channel that the key stands for. */
  enter(
    channel: { readonly key: string; readonly store: () => PresenceStore },
    claim: PresenceClaim | undefined,
    refused: (reason: Error) => void,
  ): () => void;
  /** Resolves when the others know that all who had to leave have left. */
  close(): Promise<void>;
}

/** Signs of life within the time after which a process counts as dead: two may be late. */
const heartbeatsPerTimeout = 3;

export function createLocalPresences({ timeoutMs, log }: { timeoutMs: number; log: Logger }): LocalPresences {
  // Another one after each start: what was told by one that died is not this one's to change.
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
