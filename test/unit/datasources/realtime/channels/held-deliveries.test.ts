import { describe, expect, it } from 'vitest';
import { createHeldDeliveries } from '../../../../../src/datasources/realtime/channels/held-deliveries.js';
import { createReadPositions } from '../../../../../src/datasources/realtime/channels/read-positions.js';
import type { ChannelDelivery } from '../../../../../src/domain/realtime/delivery.js';

const delivery = (...cursors: (string | undefined)[]): ChannelDelivery => ({
  messages: cursors.map((cursor) => ({
    channel: Buffer.from('c'),
    payload: Buffer.from('x'),
    receivedAt: new Date(0),
    cursor,
  })),
  gap: null,
});
const cursorsOf = ({ messages }: ChannelDelivery) => messages.map(({ cursor }) => cursor);

describe('Live deliveries that are held while the history is read', () => {
  it('are returned once, in order', () => {
    const held = createHeldDeliveries(10_000);
    const deliveries = [delivery('1-0'), delivery(undefined)];
    for (const each of deliveries) expect(held.hold(each)).toBe(true);
    expect(held.take()).toEqual({ deliveries, missed: 0 });
    expect(held.take()).toEqual({ deliveries: [], missed: 0 });
  });

  it('beyond the bound are dropped, and those that are in no history are counted', () => {
    const held = createHeldDeliveries(600);
    expect(held.hold(delivery('1-0', undefined))).toBe(true);
    expect(held.hold(delivery(undefined, '2-0'))).toBe(false);
    expect(held.hold(delivery('3-0'))).toBe(true);
    const { deliveries, missed } = held.take();
    expect(deliveries.map(cursorsOf)).toEqual([['3-0']]);
    expect(missed).toBe(2);
    expect(held.take().missed).toBe(0);
  });
});

describe('The positions of a subscriber in a history', () => {
  it('remove live messages that were already read, and keep those without a cursor', () => {
    const positions = createReadPositions(['c']);
    expect(positions.hasStarted()).toBe(false);
    positions.advance('c', '2-0');
    expect(positions.hasStarted()).toBe(true);
    expect(cursorsOf(positions.withoutRead(delivery('1-0', undefined, '2-0', '3-0')))).toEqual([undefined, '3-0']);
    expect(positions.of('c')).toBe('3-0');
  });

  it('return the delivery itself, which others share, if nothing was read', () => {
    const positions = createReadPositions(['c']);
    positions.advance('c', '1-0');
    const live = delivery('2-0', '3-0');
    expect(positions.withoutRead(live)).toBe(live);
  });

  it('compare again after a reconnection, when live messages may repeat', () => {
    const positions = createReadPositions(['c']);
    positions.advance('c', '1-0');
    positions.withoutRead(delivery('2-0'));
    positions.expectRepeats();
    positions.advance('c', '5-0');
    expect(cursorsOf(positions.withoutRead(delivery('4-0', '5-0', '6-0')))).toEqual(['6-0']);
  });
});
