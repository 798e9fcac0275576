import type { Serial } from '../../../runtime/serial.js';
import { createStateMachine, type Transitions } from '../shared/state-machine.js';
import { claimOwnPending } from './claim-entries.js';
import type { ConsumerErrorPolicy } from './consumer-error-policy.js';
import type { GroupAhead } from './group-ahead.js';
import type { GroupCommands } from './group-commands.js';
import type { LocalConsumer, LocalConsumers } from './local-consumers.js';
import { createNewEntriesReader } from './read-new-entries.js';
import type { GroupRecreation } from './recreate-group.js';

/** Reads pending and new entries of one group for this process's consumers. */
export interface GroupReadLoop {
  /** There may be new entries, or a consumer may have pending entries to recover. */
  wake(this: void): void;
  /** These consumers may receive more entries again. Reads for them unless the group has no entries. */
  creditReturned(consumers: readonly LocalConsumer[]): void;
}

/**
 * - idle: A step runs, or the last one could not find out whether the group has more entries.
 * - scheduled: Another step follows.
 * - drained: The group had no new entries when it was last read. Free credit alone is then no reason to read again.
 */
type State = 'idle' | 'scheduled' | 'drained';
type Event = 'wake' | 'startStep' | 'drain';

const transitions: Transitions<State, Event> = {
  idle: { wake: 'scheduled', drain: 'drained' },
  scheduled: { startStep: 'idle' },
  drained: { wake: 'scheduled' },
};

export function createGroupReadLoop(options: {
  readonly consumers: LocalConsumers;
  readonly commands: GroupCommands;
  readonly errorPolicy: ConsumerErrorPolicy;
  readonly recreation: GroupRecreation;
  readonly ahead: GroupAhead;
  readonly serial: Serial;
  /** Called after a step that leaves a consumer with as many unacknowledged entries as it may have. */
  readonly consumersFull: () => void;
}): GroupReadLoop {
  const { consumers, commands, errorPolicy, recreation, ahead, serial, consumersFull } = options;
  const state = createStateMachine<State, Event>('idle', transitions);
  const readNewEntries = createNewEntriesReader(consumers, commands, errorPolicy.run, (lastId) =>
    recreation.delivered(lastId),
  );

  const wake = (): void => {
    if (state.send('wake')) void serial(step);
  };
  /** One step instead of a loop, so that other tasks run between two steps. */
  const step = async (): Promise<void> => {
    state.send('startStep');
    await recreation.ensurePositionKnown();
    if (!(await errorPolicy.ensureGroupExists())) return;
    for (const consumer of consumers.all()) if (consumer.mustRecover) await recover(consumer);
    const left = await readNewEntries();
    await ahead.check(recreation.position());
    // Entries that were added during the step have scheduled another step.
    if (left === 'nothing') state.send('drain');
    if (consumers.all().some(({ subscription }) => subscription.isFull())) consumersFull();
    if (left === 'plenty') wake();
  };
  const recover = (consumer: LocalConsumer): Promise<void> =>
    errorPolicy.run(consumer, async () => {
      const { subscription } = consumer;
      if (subscription.mustAnnounceStart()) {
        // Rejects if the group does not exist. If it exists, it keeps all entries from now on for its consumers.
        await commands.pending('-', 1, { consumer: subscription.request.consumer });
        await subscription.announceStart();
      }
      if (await claimOwnPending(subscription, commands)) consumer.mustRecover = false;
    });

  return {
    wake,
    creditReturned(returned) {
      if (returned.length === 0) return;
      if (!state.is('drained') || returned.some(({ mustRecover }) => mustRecover)) wake();
    },
  };
}
