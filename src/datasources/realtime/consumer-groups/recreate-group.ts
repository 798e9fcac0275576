import { beforeAll, compareEntryIds } from '../../../domain/realtime/stream-id.js';
import type { Logger } from '../../../telemetry/log.js';
import type { GroupCommands } from './group-commands.js';
import type { ConsumerSubscription } from './consumer-subscription.js';

/** Makes a group again that was destroyed, or whose stream was deleted, while consumers of this process read it. */
export interface GroupRecreation {
  /** How far the group was when it was last known to exist; undefined if it never was. */
  position(): string | undefined;
  /** Asks how far the group is: consumers of other processes read it too. */
  readPosition(): Promise<void>;
  /** The group has given entries to this process, up to this one. */
  delivered(lastId: string): void;
  /** The stream was deleted, or made again with smaller IDs. */
  restarted(): void;
  /**
   * Makes the group again where it was, or at the beginning of a stream that is a new one, with the entries that the
   * members hold pending as before; tells them. Rejects where Valkey refuses that.
   */
  recreate(subscriptions: readonly ConsumerSubscription[]): Promise<void>;
}

/** A healer that knows nothing of the group yet. */
export function createGroupRecreation(commands: GroupCommands, log: Logger): GroupRecreation {
  let position: string | undefined;

  return {
    position: () => position,
    async readPosition() {
      // It goes back too: by XGROUP SETID.
      position = (await commands.lastDelivered()) ?? position;
    },
    delivered(lastId) {
      if (compareEntryIds(position ?? beforeAll, lastId) <= 0) position = lastId;
    },
    restarted() {
      // A group that has never existed is not made.
      if (position !== undefined) position = beforeAll;
    },
    async recreate(subscriptions) {
      const lastId = await commands.lastId();
      const isNewStream = compareEntryIds(lastId, position ?? beforeAll) < 0;
      const from = isNewStream ? beforeAll : (position ?? beforeAll);
      position = from;
      if (!(await commands.create(from))) {
        log.info('a consumer group that was destroyed has been made again by another process');
      } else {
        log.warn({ from, isNewStream }, 'a consumer group that was destroyed is made again');
      }
      for (const subscription of subscriptions) {
        if (isNewStream) subscription.release([...subscription.held().keys()]);
        else await commands.hold(subscription.request.consumer, subscription.held());
        await subscription.reportGap({ reason: 'GROUP_REMADE', missed: null });
      }
    },
  };
}
