import { compareEntryIds } from '../../../domain/realtime/stream-id.js';
import type { Serial } from '../../../runtime/serial.js';
import type { Timers } from '../../../runtime/timers.js';
import type { Logger } from '../../../telemetry/log.js';
import type { RunForConsumer } from './consumer-error-policy.js';
import { claimIdle, refreshPending, removeDeadConsumers } from './consumer-maintenance.js';
import type { GroupAhead } from './group-ahead.js';
import type { GroupCommands } from './group-commands.js';
import type { LocalConsumers } from './local-consumers.js';
import type { GroupRecreation } from './recreate-group.js';

/** When the maintenance tasks of one group run. */
export interface GroupMaintenance {
  /** Starts the periodic tasks unless they run already. They end with the last consumer. */
  start(): void;
  /** Claims idle entries of other consumers now. */
  claim(): Promise<void>;
  /** Asks Valkey, after a pause, whether entries of full consumers were acknowledged elsewhere. */
  refreshPendingSoon(this: void): void;
}

const shortestClaimIntervalMs = 50;
const longestClaimIntervalMs = 1000;
const firstRefreshMs = 20;
const longestRefreshMs = 1000;

export function createGroupMaintenance(options: {
  readonly consumers: LocalConsumers;
  readonly commands: GroupCommands;
  readonly runFor: RunForConsumer;
  readonly recreation: GroupRecreation;
  readonly ahead: GroupAhead;
  readonly timers: Timers;
  readonly serial: Serial;
  readonly silentConsumerMs: number;
  readonly log: Logger;
  readonly wake: () => void;
}): GroupMaintenance {
  const { consumers, commands, runFor, recreation, ahead, timers, serial, silentConsumerMs, log, wake } = options;
  let refreshMs = firstRefreshMs;

  const claim = async (): Promise<void> => {
    await claimIdle(consumers, commands, runFor);
    const before = recreation.position();
    await recreation.refreshPosition();
    const position = recreation.position();
    await ahead.check(position);
    // The group was set back (XGROUP SETID), which no watch of the stream reports.
    if (before !== undefined && position !== undefined && compareEntryIds(position, before) < 0) wake();
  };
  const refresh = async (): Promise<void> => {
    const freed = await refreshPending(consumers, commands, runFor);
    refreshMs = freed ? firstRefreshMs : Math.min(refreshMs * 2, longestRefreshMs);
    wake();
  };
  const sweep = (): Promise<void> =>
    removeDeadConsumers(consumers, commands, silentConsumerMs).catch((error: unknown) =>
      log.debug({ err: error }, 'dead consumers could not be removed'),
    );
  const repeat = (name: string, intervalMs: () => number, task: () => Promise<void>): void =>
    timers.once(name, intervalMs(), () => {
      void serial(task).then(() => {
        if (consumers.all().length > 0) repeat(name, intervalMs, task);
      });
    });

  return {
    start() {
      repeat('claim', () => claimIntervalMs(consumers), claim);
      repeat('sweep', () => silentConsumerMs / 3, sweep);
    },
    claim,
    refreshPendingSoon: () => timers.once('refresh', refreshMs, () => void serial(refresh)),
  };
}

/** Short enough for the consumer with the shortest claim time. */
function claimIntervalMs(consumers: LocalConsumers): number {
  const shortest = Math.min(...consumers.all().map(({ subscription }) => subscription.request.claimIdleMs));
  return Math.min(longestClaimIntervalMs, Math.max(shortestClaimIntervalMs, shortest / 2));
}
