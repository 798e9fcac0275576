import type { GroupCommands } from './group-commands.js';
import type { RunForConsumer } from './consumer-error-policy.js';
import type { LocalConsumer, LocalConsumers } from './local-consumers.js';

/**
 * Whether the group has more new entries: plenty if all reads returned as many as they requested, nothing if the group had fewer,
 * unknown if no consumer had credit or a read failed.
 */
type Remaining = 'plenty' | 'nothing' | 'unknown';

const maxConcurrentReads = 64;

/**
 * Returns a function that reads new entries for the next consumers. One consumer after another reads a small share, so that few
 * entries are distributed evenly. While there are plenty, each call doubles the number of consumers that read concurrently, and
 * then each reads as much as it has credit for.
 */
export function createNewEntriesReader(
  consumers: LocalConsumers,
  commands: GroupCommands,
  runFor: RunForConsumer,
  delivered: (lastId: string) => void,
): () => Promise<Remaining> {
  let concurrentReads = 1;

  const readFor = async (consumer: LocalConsumer): Promise<Remaining> => {
    consumers.moveToEnd(consumer);
    const { subscription } = consumer;
    const all = consumers.all().length;
    const count = Math.ceil((subscription.credit() * Math.min(concurrentReads, all)) / all);
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
    const readings = await Promise.all(consumers.readable().slice(0, concurrentReads).map(readFor));
    const hasPlenty = readings.length > 0 && readings.every((left) => left === 'plenty');
    concurrentReads = hasPlenty ? Math.min(concurrentReads * 2, maxConcurrentReads) : 1;
    if (hasPlenty) return 'plenty';
    return readings.includes('nothing') ? 'nothing' : 'unknown';
  };
}
