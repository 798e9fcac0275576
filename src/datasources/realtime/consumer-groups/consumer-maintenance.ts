import type { GroupCommands } from './group-commands.js';
import type { RunForConsumer } from './consumer-error-policy.js';
import type { LocalConsumers } from './local-consumers.js';
import { claimFromOthers } from './claim-entries.js';

/**
 * Claims entries that other consumers have left idle, for two of the consumers. Two are enough to find all such entries, those of
 * the first one included. The next call claims for the next two.
 */
export async function claimIdle(
  consumers: LocalConsumers,
  commands: GroupCommands,
  runFor: RunForConsumer,
): Promise<void> {
  const byClaimTime = consumers
    .readable()
    .toSorted((a, b) => a.subscription.request.claimIdleMs - b.subscription.request.claimIdleMs);
  for (const localConsumer of byClaimTime.slice(0, 2)) {
    consumers.moveToEnd(localConsumer);
    await runFor(localConsumer, async () => {
      const claimed = await claimFromOthers(localConsumer.subscription, commands);
      for (const { id, consumer } of claimed) consumers.get(consumer)?.subscription.release([id]);
      const remote = claimed.map(({ consumer }) => consumer).filter((consumer) => !consumers.get(consumer));
      for (const consumer of distinct(remote)) await commands.removeIfEmpty(consumer);
    });
  }
}

/**
 * Lists the pending entries of each full consumer, since another process or a plain XACK may have acknowledged some. Resolves
 * whether a consumer may receive more now.
 */
export async function refreshPending(
  consumers: LocalConsumers,
  commands: GroupCommands,
  runFor: RunForConsumer,
): Promise<boolean> {
  let freed = false;
  for (const consumer of consumers.all().filter(({ subscription }) => subscription.isFull())) {
    await runFor(consumer, async () => {
      const pending = await commands.pendingIds(consumer.subscription.request.consumer);
      const acknowledged = [...consumer.subscription.held().keys()].filter((id) => !pending.has(id));
      freed = consumer.subscription.release(acknowledged) || freed;
    });
  }
  return freed;
}

/**
 * Marks the consumers that have nothing pending as alive, and removes the consumers that nobody marks: those of processes that
 * died. A consumer that is alive in spite of that is created again by its next read.
 */
export async function removeDeadConsumers(
  consumers: LocalConsumers,
  commands: GroupCommands,
  silentMs: number,
): Promise<void> {
  const idle = consumers
    .all()
    .filter(({ subscription, mustRecover }) => !mustRecover && subscription.held().size === 0);
  await Promise.all(idle.map(({ subscription }) => commands.markAlive(subscription.request.consumer)));
  for (const consumer of await commands.inactiveConsumers(silentMs)) {
    if (!consumers.get(consumer)) await commands.removeIfEmpty(consumer);
  }
}

function distinct(names: readonly Buffer[]): Buffer[] {
  return [...new Map(names.map((name) => [name.toString('latin1'), name])).values()];
}
