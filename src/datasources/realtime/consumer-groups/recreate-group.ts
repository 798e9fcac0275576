import { beforeAll, compareEntryIds } from '../../../domain/realtime/stream-id.js';
import type { Logger } from '../../../telemetry/log.js';
import type { GroupCommands } from './group-commands.js';
import type { ConsumerSubscription } from './consumer-subscription.js';

/** Recreates a group that was destroyed, or whose stream was deleted, while consumers of this process read it. */
export interface GroupRecreation {
  /** The group's last delivered ID, as last known; undefined if the group has never existed. */
  position(): string | undefined;
  /** Reads the position unless it was read before. Never rejects: without a position, the group is not recreated. */
  ensurePositionKnown(): Promise<void>;
  /** Reads the position again, since consumers of other processes move it too. Never rejects. */
  refreshPosition(): Promise<void>;
  /** The group has delivered entries to this process, up to this one. */
  delivered(lastId: string): void;
  /** The stream was deleted, or recreated with smaller IDs. */
  restarted(): void;
  /**
   * Recreates the group at its position, or at the beginning if the stream is a new one. Entries that the subscriptions hold
   * stay pending. Reports a gap to each subscription. Rejects if Valkey refuses.
   */
  recreate(subscriptions: readonly ConsumerSubscription[]): Promise<void>;
}

export function createGroupRecreation(commands: GroupCommands, log: Logger): GroupRecreation {
  let position: string | undefined;
  let hasAsked = false;

  const refreshPosition = async (): Promise<void> => {
    hasAsked = true;
    try {
      // The position can also go back, by XGROUP SETID.
      position = (await commands.lastDelivered()) ?? position;
    } catch (error) {
      log.debug({ err: error }, 'the position of a group could not be read');
    }
  };
  return {
    position: () => position,
    refreshPosition,
    async ensurePositionKnown() {
      if (!hasAsked) await refreshPosition();
    },
    delivered(lastId) {
      if (compareEntryIds(position ?? beforeAll, lastId) <= 0) position = lastId;
    },
    restarted() {
      // A group that has never existed is not created.
      if (position !== undefined) position = beforeAll;
    },
    async recreate(subscriptions) {
      const lastId = await commands.lastId();
      const isNewStream = compareEntryIds(lastId, position ?? beforeAll) < 0;
      const from = isNewStream ? beforeAll : (position ?? beforeAll);
      position = from;
      if (await commands.create(from)) {
        log.warn({ from, isNewStream }, 'recreated a consumer group that was destroyed');
      } else {
        log.info('another process has recreated a consumer group that was destroyed');
      }
      for (const subscription of subscriptions) {
        if (isNewStream) subscription.release([...subscription.held().keys()]);
        else await commands.restorePending(subscription.request.consumer, subscription.held());
        await subscription.reportGap({ reason: 'GROUP_REMADE', missed: null });
      }
    },
  };
}
