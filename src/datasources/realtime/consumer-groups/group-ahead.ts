import { beforeAll, compareEntryIds } from '../../../domain/realtime/stream-id.js';
import type { Gap } from '../../../domain/realtime/delivery.js';
import type { GroupCommands } from './group-commands.js';
import type { RunForConsumer } from './consumer-error-policy.js';
import type { ConsumerSubscription } from './consumer-subscription.js';
import type { Logger } from '../../../telemetry/log.js';
import type { LocalConsumers } from './local-consumers.js';
import type { StreamIncarnation } from '../streams/stream-incarnation.js';

/**
 * Reports to the consumers of a group that the group skips entries: its position, set by XGROUP CREATE or SETID, is above the
 * stream's last ID, so that no consumer receives the entries up to there. The position is not corrected, since it may be
 * intended.
 */
export interface GroupAhead {
  /** Call it when the group's position may have changed, or entries or consumers may have been added. */
  check(this: void, position: string | undefined): Promise<void>;
}

const gap: Gap = { reason: 'GROUP_AHEAD', missed: null };

/** `incarnation` saves commands: a position up to the highest known ID of the stream is not ahead. */
export function createGroupAhead(options: {
  readonly consumers: LocalConsumers;
  readonly commands: Pick<GroupCommands, 'lastGeneratedId' | 'lastDelivered'>;
  readonly runFor: RunForConsumer;
  readonly incarnation: () => Pick<StreamIncarnation, 'known'>;
  readonly log: Logger;
}): GroupAhead {
  const { consumers, commands, runFor, incarnation, log } = options;
  /** The stream's last ID. It is above all IDs that readers see if the newest entries were deleted. */
  let last = { id: beforeAll, generation: 0 };
  /** The position of the GROUP_AHEAD gap that each consumer received last. */
  let reported = new WeakMap<ConsumerSubscription, string>();

  const isAhead = async (position: string): Promise<boolean> => {
    const { highest, generation } = incarnation().known();
    if (compareEntryIds(position, highest) <= 0) return false;
    if (generation === last.generation && position === last.id) return false;
    const id = await commands.lastGeneratedId();
    if (id === undefined) return false;
    last = { id, generation };
    // The known position may be that of a group that no longer exists.
    return compareEntryIds(position, id) > 0 && (await commands.lastDelivered()) === position;
  };
  const report = async (position: string): Promise<void> => {
    if (!(await isAhead(position))) {
      reported = new WeakMap();
      return;
    }
    const state = `${position} ${last.id}`;
    for (const consumer of consumers.all().filter(({ subscription }) => reported.get(subscription) !== state)) {
      reported.set(consumer.subscription, state);
      await runFor(consumer, () => consumer.subscription.reportGap(gap));
    }
  };
  return {
    async check(position) {
      try {
        if (position !== undefined) await report(position);
      } catch (error) {
        log.debug({ err: error }, 'could not check whether a group is above the last ID of its stream');
      }
    },
  };
}
