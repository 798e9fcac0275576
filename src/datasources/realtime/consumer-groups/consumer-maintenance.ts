import type { GroupCommands } from './group-commands.js';
import type { RunForConsumer } from './consumer-error-policy.js';
import type { LocalConsumers } from './local-consumers.js';
import { claimFromOthers } from './claim-entries.js';

/**
 * Lets seats take what other consumers have left idle. Two seats are enough to find all of it, the first one's own
 * included; the next round asks the next two.
 */
export async function claimIdle(
  consumers: LocalConsumers,
  commands: GroupCommands,
  runFor: RunForConsumer,
): Promise<void> {
  const byPatience = consumers
    .readable()
    .toSorted((a, b) => a.subscription.request.claimIdleMs - b.subscription.request.claimIdleMs);
  for (const localConsumer of byPatience.slice(0, 2)) {
    consumers.moveToEnd(localConsumer);
    await runFor(localConsumer, async () => {
      const taken = await claimFromOthers(localConsumer.subscription, commands);
      for (const { id, consumer } of taken) consumers.get(consumer)?.subscription.release([id]);
      const strangers = taken.map(({ consumer }) => consumer).filter((consumer) => !consumers.get(consumer));
      for (const consumer of distinct(strangers)) await commands.removeIfEmpty(consumer);
    });
  }
}

/**
 * Asks for each full seat what it has still pending: acknowledgements may have come through another process, or as plain
 * XACK. Resolves whether a seat takes more now.
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
 * Gives a sign of life for the seats that have nothing pending, and removes the names of consumers that give none: those
 * of processes that died. One that lives all the same comes back with its next read.
 */
export async function removeDeadConsumers(
  consumers: LocalConsumers,
  commands: GroupCommands,
  silentMs: number,
): Promise<void> {
  const idle = consumers
    .all()
    .filter(({ subscription, mustRecover }) => !mustRecover && subscription.held().size === 0);
  await Promise.all(
    idle.map(({ subscription: consumerSubscription }) => commands.touch(consumerSubscription.request.consumer)),
  );
  for (const consumer of await commands.inactiveConsumers(silentMs)) {
    if (!consumers.get(consumer)) await commands.removeIfEmpty(consumer);
  }
}

function distinct(names: readonly Buffer[]): Buffer[] {
  return [...new Map(names.map((name) => [name.toString('latin1'), name])).values()];
}
