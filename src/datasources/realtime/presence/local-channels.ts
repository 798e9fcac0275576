import { randomUUID } from 'node:crypto';
import type { PresenceClaim } from '../../../domain/realtime/presence.js';
import type { Logger } from '../../../telemetry/log.js';
import { createAttendance, type Attendance } from './local-presence.js';
import type { PresenceStore } from './presence-store.js';

/** The subscribers of this process in all channels with presence. */
export interface Attendances {
  /** As `Attendance.enter`, of the channel that the key stands for. */
  enter(
    channel: { readonly key: string; readonly store: () => PresenceStore },
    claim: PresenceClaim | undefined,
    refused: (reason: Error) => void,
  ): () => void;
  /** Resolves when the others know that all who had to leave have left. */
  close(): Promise<void>;
}

/** Signs of life within the time after which a process counts as dead: two may be late. */
const beatsWithinTimeout = 3;

export function createAttendances({ timeoutMs, log }: { timeoutMs: number; log: Logger }): Attendances {
  // Another one after each start: what was told by one that died is not this one's to change.
  const process = randomUUID();
  const attendances = new Map<string, Attendance>();
  let beating: NodeJS.Timeout | undefined;

  const beat = (): void => {
    for (const attendance of attendances.values()) attendance.beat();
  };
  const find = ({ key, store }: { key: string; store: () => PresenceStore }): Attendance => {
    const standing = attendances.get(key);
    if (standing) return standing;
    const attendance: Attendance = createAttendance(process, store(), {
      log,
      emptied() {
        if (attendances.get(key) === attendance) attendances.delete(key);
        if (attendances.size > 0) return;
        clearInterval(beating);
        beating = undefined;
      },
    });
    attendances.set(key, attendance);
    beating ??= setInterval(beat, timeoutMs / beatsWithinTimeout).unref();
    return attendance;
  };

  return {
    enter: (channel, claim, refused) => find(channel).enter(claim, refused),
    async close() {
      await Promise.all([...attendances.values()].map((attendance) => attendance.written()));
      clearInterval(beating);
    },
  };
}
