import { describe, expect, it } from 'vitest';
import {
  claimFromOthers,
  claimOwnPending,
} from '../../../../../src/datasources/realtime/consumer-groups/claim-entries.js';
import { createConsumerSubscription } from '../../../../../src/datasources/realtime/consumer-groups/consumer-subscription.js';
import type { GroupCommands } from '../../../../../src/datasources/realtime/consumer-groups/group-commands.js';
import type { GroupRequest } from '../../../../../src/datasources/realtime/interfaces.js';
import type { PendingEntry } from '../../../../../src/datasources/valkey/values/streams/pending-entries.js';
import { compareEntryIds } from '../../../../../src/domain/realtime/stream-id.js';
import type { GroupEntry } from '../../../../../src/domain/realtime/delivery.js';

const bytes = (text: string) => Buffer.from(text);
const ada = bytes('ada');
const bob = bytes('bob');
const pendingOf = (consumer: Buffer, count: number, facts: Partial<PendingEntry> = {}): PendingEntry[] =>
  Array.from({ length: count }, (_, at) => ({ id: `${at + 1}-0`, consumer, idleMs: 1000, deliveryCount: 1, ...facts }));

/** The pending entries of a group as Valkey manages them, with what was claimed and moved to the dead-letter stream. */
function createPendingList(initial: readonly PendingEntry[]) {
  let entries = [...initial];
  const claims: { ids: readonly string[]; minIdleMs: number }[] = [];
  const deadLetters: { stream: string; id: string }[] = [];
  const commands: Pick<GroupCommands, 'pending' | 'claim' | 'moveToDeadLetters'> = {
    pending(from, count, { consumer, idleMs = 0 }) {
      const after = from.startsWith('(') ? from.slice(1) : undefined;
      const listed = entries.filter(
        (entry) =>
          (after === undefined || compareEntryIds(entry.id, after) > 0) &&
          (consumer === undefined || entry.consumer.equals(consumer)) &&
          entry.idleMs >= idleMs,
      );
      return Promise.resolve(listed.slice(0, count));
    },
    claim(consumer, ids, minIdleMs) {
      claims.push({ ids, minIdleMs });
      const claimed = entries.filter((entry) => ids.includes(entry.id) && entry.idleMs >= minIdleMs);
      entries = entries.map((entry) =>
        claimed.includes(entry) ? { ...entry, consumer, idleMs: 0, deliveryCount: entry.deliveryCount + 1 } : entry,
      );
      return Promise.resolve(claimed.map(({ id }) => ({ id, fields: [] })));
    },
    moveToDeadLetters(stream, { id }) {
      deadLetters.push({ stream: stream.toString(), id });
      entries = entries.filter((entry) => entry.id !== id);
      return Promise.resolve();
    },
  };
  const acknowledge = (ids: readonly string[]): void => void (entries = entries.filter(({ id }) => !ids.includes(id)));
  return {
    commands,
    claims,
    deadLetters,
    acknowledge,
    ownersOf: () => entries.map(({ consumer }) => consumer.toString()),
  };
}

function createSubscription(request: Partial<GroupRequest> = {}) {
  const delivered: GroupEntry[] = [];
  const subscription = createConsumerSubscription(
    {
      ...{ cluster: 'orders', stream: bytes('work'), group: bytes('workers'), consumer: ada },
      ...{ ack: 'MANUAL', maxInFlight: 1000, claimIdleMs: 500 },
      ...request,
    },
    {
      next: ({ entries }) => void delivered.push(...entries),
      error: () => undefined,
      complete: () => undefined,
    },
    // With MANUAL acknowledgement, a subscription sends no commands.
    {} as GroupCommands,
  );
  return { subscription, delivered };
}

describe('A consumer that starts', () => {
  it('receives all of its own pending entries, page after page, and none of the others', async () => {
    const list = createPendingList([
      ...pendingOf(ada, 250),
      ...pendingOf(bob, 1).map((entry) => ({ ...entry, id: '300-0' })),
    ]);
    const { subscription, delivered } = createSubscription();
    expect(await claimOwnPending(subscription, list.commands)).toBe(true);
    expect(delivered).toHaveLength(250);
    expect(delivered[0]).toMatchObject({ entry: { id: '1-0' }, deliveryCount: 2, claimed: false });
    expect(list.ownersOf().at(-1)).toBe('bob');
  });

  it('leaves the entries for which it has no credit pending, and receives them after acknowledgements', async () => {
    const list = createPendingList(pendingOf(ada, 5));
    const { subscription, delivered } = createSubscription({ maxInFlight: 3 });
    expect(await claimOwnPending(subscription, list.commands)).toBe(false);
    expect(delivered.map(({ entry }) => entry.id)).toEqual(['1-0', '2-0', '3-0']);
    list.acknowledge(['1-0', '2-0']);
    subscription.release(['1-0', '2-0']);
    expect(await claimOwnPending(subscription, list.commands)).toBe(true);
    expect(delivered.map(({ entry }) => entry.id)).toEqual(['1-0', '2-0', '3-0', '4-0', '5-0']);
  });

  it('claims with the shortest idle time of its entries, so that one that another consumer has just claimed stays there', async () => {
    const [first, second] = pendingOf(ada, 2);
    const list = createPendingList([
      { ...first!, idleMs: 900 },
      { ...second!, idleMs: 400 },
    ]);
    await claimOwnPending(createSubscription().subscription, list.commands);
    expect(list.claims).toEqual([{ ids: ['1-0', '2-0'], minIdleMs: 400 }]);
  });
});

describe('A consumer that claims from others', () => {
  it('receives only entries that were idle for long enough, and reports who had them', async () => {
    const [idle, busy] = pendingOf(bob, 2);
    const list = createPendingList([idle!, { ...busy!, idleMs: 499 }]);
    const { subscription, delivered } = createSubscription();
    const claimed = await claimFromOthers(subscription, list.commands);
    expect(claimed.map(({ id, consumer }) => [id, consumer.toString()])).toEqual([['1-0', 'bob']]);
    expect(delivered).toEqual([{ entry: { id: '1-0', fields: [] }, deliveryCount: 2, claimed: true }]);
  });

  it('stops when its credit is used up', async () => {
    const list = createPendingList(pendingOf(bob, 250));
    const { subscription, delivered } = createSubscription({ maxInFlight: 120 });
    await claimFromOthers(subscription, list.commands);
    expect(delivered).toHaveLength(120);
    expect(list.ownersOf().filter((owner) => owner === 'bob')).toHaveLength(130);
  });

  it('moves entries that were delivered too often to the dead-letter stream instead of receiving them', async () => {
    const [poison, healthy] = pendingOf(bob, 2);
    const list = createPendingList([
      { ...poison!, deliveryCount: 3 },
      { ...healthy!, deliveryCount: 2 },
    ]);
    const { subscription, delivered } = createSubscription({
      deadLetters: { stream: bytes('failed'), maxDeliveries: 3 },
    });
    const claimed = await claimFromOthers(subscription, list.commands);
    expect(list.deadLetters).toEqual([{ stream: 'failed', id: '1-0' }]);
    expect(delivered.map(({ entry, deliveryCount }) => [entry.id, deliveryCount])).toEqual([['2-0', 3]]);
    expect(claimed.map(({ id }) => id)).toEqual(['1-0', '2-0']);
  });

  it('without a dead-letter stream receives an entry however often it was delivered', async () => {
    const list = createPendingList(pendingOf(bob, 1, { deliveryCount: 1000 }));
    const { subscription, delivered } = createSubscription();
    await claimFromOthers(subscription, list.commands);
    expect(delivered).toMatchObject([{ deliveryCount: 1001 }]);
  });
});
