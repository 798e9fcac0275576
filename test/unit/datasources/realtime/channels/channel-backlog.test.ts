import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  createChannelBacklog,
  type ChannelBacklog,
} from '../../../../../src/datasources/realtime/channels/channel-backlog.js';
import type { ChannelDelivery } from '../../../../../src/domain/realtime/delivery.js';
import { createByteBudget } from '../../../../../src/runtime/byte-budget.js';

const delivery = (...payloads: string[]): ChannelDelivery => ({
  messages: payloads.map((payload) => ({
    channel: Buffer.from('c'),
    payload: Buffer.from(payload),
    receivedAt: new Date(0),
  })),
  gap: null,
});
const drain = (backlog: ChannelBacklog): ChannelDelivery[] => {
  const all: ChannelDelivery[] = [];
  for (let next = backlog.shift(); next; next = backlog.shift()) all.push(next);
  return all;
};
const payloads = (deliveries: readonly ChannelDelivery[]): string[] =>
  deliveries.flatMap(({ messages }) => messages.map(({ payload }) => payload.toString()));
const big = 'x'.repeat(400);

describe('The queue of a paused subscriber', () => {
  it('delivers the same objects that others received, within its bound', () => {
    const backlog = createChannelBacklog('DROP_OLDEST', createByteBudget(10_000));
    const deliveries = [delivery('1'), delivery('2', '3')];
    for (const each of deliveries) expect(backlog.push(each)).toBe(true);
    expect(drain(backlog).every((each, at) => each === deliveries[at])).toBe(true);
  });

  it('drops the oldest messages under DROP_OLDEST and reports how many', () => {
    const backlog = createChannelBacklog('DROP_OLDEST', createByteBudget(1500));
    for (const name of ['a', 'b', 'c', 'd', 'e']) backlog.push(delivery(name + big));
    const rest = drain(backlog);
    expect(rest[0]?.gap).toEqual({ reason: 'SLOW_SUBSCRIBER', missed: 3 });
    expect(payloads(rest).map((text) => text[0])).toEqual(['d', 'e']);
  });

  it('keeps only the newest message under KEEP_LATEST', () => {
    const backlog = createChannelBacklog('KEEP_LATEST', createByteBudget(1500));
    for (const name of ['a', 'b']) backlog.push(delivery(name + big));
    backlog.push(delivery(`c${big}`, `d${big}`));
    expect(drain(backlog)).toMatchObject([{ gap: { reason: 'SLOW_SUBSCRIBER', missed: 3 }, messages: [{}] }]);
  });

  it('refuses messages beyond its bound under DISCONNECT', () => {
    const backlog = createChannelBacklog('DISCONNECT', createByteBudget(1000));
    expect(backlog.push(delivery(big))).toBe(true);
    expect(backlog.push(delivery(big))).toBe(false);
  });

  it('still reports a reconnection whose delivery was dropped', () => {
    const backlog = createChannelBacklog('DROP_OLDEST', createByteBudget(1500));
    backlog.push({ messages: [], gap: { reason: 'RECONNECTED', missed: null } });
    for (const name of ['a', 'b', 'c', 'd']) backlog.push(delivery(name + big));
    const gaps = drain(backlog).flatMap(({ gap }) => gap ?? []);
    expect(gaps.map(({ reason }) => reason)).toEqual(['RECONNECTED', 'SLOW_SUBSCRIBER']);
  });

  it('delivers no empty delivery, and loses neither a gap nor the start, which comes first', () => {
    const kinds = fc.array(fc.oneof(fc.constant('gap'), fc.array(fc.nat(900), { minLength: 1, maxLength: 3 })), {
      maxLength: 20,
    });
    const policies = fc.constantFrom('DROP_OLDEST', 'KEEP_LATEST');
    // Other queues of the same socket may have used up the budget.
    fc.assert(
      fc.property(kinds, policies, fc.boolean(), fc.constantFrom(0, 1900, 2500), (turns, overflow, announced, used) => {
        const backlog = createChannelBacklog(
          overflow,
          createByteBudget(2000, () => used),
        );
        const started = { at: new Date(0), cursor: null };
        if (announced) backlog.push({ messages: [], gap: null, started });
        for (const turn of turns) {
          if (turn === 'gap') backlog.push({ messages: [], gap: { reason: 'RECONNECTED', missed: null } });
          else backlog.push(delivery(...turn.map((size) => 'x'.repeat(size))));
        }
        const rest = drain(backlog);
        for (const each of rest)
          expect(each.messages.length > 0 || each.gap !== null || each.started !== undefined).toBe(true);
        expect(rest.map((each) => each.started).filter(Boolean)).toEqual(announced ? [started] : []);
        expect(rest[0]?.started).toEqual(announced ? started : undefined);
        const reasons = rest.map(({ gap }) => gap?.reason);
        expect(reasons.includes('RECONNECTED')).toBe(turns.includes('gap'));
        const missed = rest.reduce((sum, { gap }) => sum + (gap?.missed ?? 0), 0);
        expect(payloads(rest).length + missed).toBe(turns.flatMap((turn) => (turn === 'gap' ? [] : turn)).length);
      }),
    );
  });

  it('has, together with the reported missed messages, all published messages in order, whatever their sizes', () => {
    const sizes = fc.array(fc.array(fc.nat(900), { minLength: 1, maxLength: 5 }), { maxLength: 30 });
    fc.assert(
      fc.property(sizes, fc.constantFrom('DROP_OLDEST', 'KEEP_LATEST'), (turns, overflow) => {
        const backlog = createChannelBacklog(overflow, createByteBudget(2000));
        let published = 0;
        for (const turn of turns) {
          backlog.push(delivery(...turn.map((size) => `${(published += 1)} ${'x'.repeat(size)}`)));
        }
        const rest = drain(backlog);
        const numbers = payloads(rest).map((text) => Number(text.split(' ')[0]));
        const missed = rest.reduce((sum, { gap }) => sum + (gap?.missed ?? 0), 0);
        expect(numbers).toEqual(Array.from({ length: published - missed }, (_, at) => missed + at + 1));
      }),
    );
  });
});
