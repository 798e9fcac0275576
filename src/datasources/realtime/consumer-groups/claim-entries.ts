import type { GroupEntry } from '../../../domain/realtime/delivery.js';
import type { PendingEntry } from '../../valkey/values/streams/pending-entries.js';
import type { GroupCommands } from './group-commands.js';
import type { ConsumerSubscription } from './consumer-subscription.js';

type ClaimCommands = Pick<GroupCommands, 'pending' | 'claim' | 'moveToDeadLetters'>;

/** Most pending entries that one command lists. */
const pageSize = 100;

/**
 * Claims the consumer's own pending entries that the subscription does not hold: those of an earlier subscription, or of a read
 * whose reply was lost. Resolves to false if some have to wait for credit.
 */
export async function claimOwnPending(subscription: ConsumerSubscription, commands: ClaimCommands): Promise<boolean> {
  const { consumer } = subscription.request;
  let from = '-';
  while (subscription.credit() > 0) {
    const page = await commands.pending(from, pageSize, { consumer });
    const missing = page.filter(({ id }) => !subscription.holds(id));
    const claimable = missing.slice(0, subscription.credit());
    // An entry that another consumer has claimed since the listing has been idle for less, and stays there.
    const minIdleMs = Math.min(...claimable.map(({ idleMs }) => idleMs));
    await claim(subscription, commands, claimable, { minIdleMs, claimed: false });
    if (page.length < pageSize && claimable.length === missing.length) return true;
    from = `(${(claimable.length < missing.length ? claimable : page).at(-1)?.id ?? '0-0'}`;
  }
  return false;
}

/** Claims entries that other consumers have left pending for too long. Resolves to those entries. */
export async function claimFromOthers(
  subscription: ConsumerSubscription,
  commands: ClaimCommands,
): Promise<readonly PendingEntry[]> {
  const { consumer, claimIdleMs } = subscription.request;
  const claimed: PendingEntry[] = [];
  let from = '-';
  while (subscription.credit() > 0) {
    const page = await commands.pending(from, pageSize, { idleMs: claimIdleMs });
    const claimable = page.filter((entry) => !entry.consumer.equals(consumer)).slice(0, subscription.credit());
    claimed.push(...(await claim(subscription, commands, claimable, { minIdleMs: claimIdleMs, claimed: true })));
    const last = page.at(-1);
    if (!last || page.length < pageSize) break;
    from = `(${last.id}`;
  }
  return claimed;
}

async function claim(
  subscription: ConsumerSubscription,
  commands: ClaimCommands,
  claimable: readonly PendingEntry[],
  { minIdleMs, claimed }: { minIdleMs: number; claimed: boolean },
): Promise<readonly PendingEntry[]> {
  if (claimable.length === 0) return [];
  const { consumer, deadLetters } = subscription.request;
  const known = new Map(claimable.map((pending) => [pending.id, pending]));
  const ids = claimable.map(({ id }) => id);
  const entries = await commands.claim(consumer, ids, minIdleMs);
  const accepted: GroupEntry[] = [];
  const taken: PendingEntry[] = [];
  for (const entry of entries) {
    const pending = known.get(entry.id);
    if (!pending) continue;
    taken.push(pending);
    if (deadLetters && pending.deliveryCount >= deadLetters.maxDeliveries) {
      await commands.moveToDeadLetters(deadLetters.stream, entry, pending);
    } else {
      accepted.push({ entry, deliveryCount: pending.deliveryCount + 1, claimed });
    }
  }
  if (accepted.length > 0) await subscription.accept(accepted);
  return taken;
}
