import type { GroupCommands } from './group-commands.js';
import type { RunForConsumer } from './consumer-error-policy.js';
import type { LocalConsumer, LocalConsumers } from './local-consumers.js';

/**
 * Lets the seats whose turn it is read new entries. Resolves to what is left for the next: plenty, where all got as many
 * as they asked for; nothing, where the group had fewer; unknown, where no seat takes more or a read failed.
 */
export type ReadNewEntries = () => Promise<'plenty' | 'nothing' | 'unknown'>;

const maxAtOnce = 64;

/**
 * A few entries are spread by one short read after another, a share each; while there is plenty, twice as many seats read
 * at once in every round, each as much as it has credit for.
 */
export function createNewEntriesReader(
  consumers: LocalConsumers,
  commands: GroupCommands,
  runFor: RunForConsumer,
  delivered: (lastId: string) => void,
): ReadNewEntries {
  let atOnce = 1;

  const readFor = async (consumer: LocalConsumer): Promise<'plenty' | 'nothing' | 'unknown'> => {
    consumers.moveToEnd(consumer);
    const { subscription } = consumer;
    const all = consumers.all().length;
    const count = Math.ceil((subscription.credit() * Math.min(atOnce, all)) / all);
    let found: number | undefined;
    await runFor(consumer, async () => {
      const entries = await commands.readNew(subscription.request.consumer, count);
      found = entries.length;
      const last = entries.at(-1);
      if (last) delivered(last.id);
      if (found > 0) await subscription.accept(entries.map((entry) => ({ entry, deliveryCount: 1, claimed: false })));
    });
    if (found === undefined || consumer.mustRecover) return 'unknown';
    return found < count ? 'nothing' : 'plenty';
  };

  return async () => {
    const readings = await Promise.all(consumers.readable().slice(0, atOnce).map(readFor));
    const hasPlenty = readings.length > 0 && readings.every((left) => left === 'plenty');
    atOnce = hasPlenty ? Math.min(atOnce * 2, maxAtOnce) : 1;
    if (hasPlenty) return 'plenty';
    return readings.includes('nothing') ? 'nothing' : 'unknown';
  };
}
