import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createPatternReader, defaultPatternLimits } from '../../../../../src/domain/patterns.js';
import { anonymous } from '../../../../../src/domain/access/principal.js';
import { createRealtime } from '../../../../../src/datasources/realtime/realtime.js';
import type { ChannelDelivery } from '../../../../../src/domain/realtime/delivery.js';
import { channelMessages } from '../../../../../src/resolvers/channel/channel-messages.js';
import { payloadFilter, type PayloadConditionInput } from '../../../../../src/resolvers/channel/payload-filter.js';
import { fakeSubscribers } from '../../../../helpers/valkey/fake-subscriber.js';
import { listenTo } from '../../../../helpers/valkey/listening.js';
import { testLog } from '../../../../helpers/run/test-log.js';

const matches = (payload: unknown, ...filter: PayloadConditionInput[]): boolean => {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const message = { channel: Buffer.from('a'), payload: Buffer.from(text), receivedAt: new Date() };
  return payloadFilter(filter)!.matches(message);
};
const refusal = (...filter: PayloadConditionInput[]): unknown => {
  try {
    return payloadFilter(filter);
  } catch (error) {
    return error;
  }
};

describe('A payload filter', () => {
  const order = { order: { status: 'PAID', total: 12.5, note: null, 'a.b': 1, items: [{ sku: 'x' }] }, ok: true };

  it('compares one member with a text, number, boolean or null', () => {
    expect(matches(order, { path: 'order.status', equals: 'PAID' })).toBe(true);
    expect(matches(order, { path: 'order.status', equals: 'paid' })).toBe(false);
    expect(matches(order, { path: 'order.total', equals: 12.5 })).toBe(true);
    expect(matches(order, { path: 'order.total', equals: '12.5' })).toBe(false);
    expect(matches(order, { path: 'ok', equals: true })).toBe(true);
    expect(matches(order, { path: 'order.note', equals: null })).toBe(true);
    expect(matches(order, { path: 'order.missing', equals: null })).toBe(false);
    expect(matches({ zero: -0 }, { path: 'zero', equals: 0 })).toBe(true);
    expect(matches(order, { path: 'order', equals: '[object Object]' })).toBe(false);
  });

  it('compares numbers exactly, however many digits they have', () => {
    const written = (number: string, equals: number) => matches(`{"a":{"b":[${number}]}}`, { path: 'a.b.0', equals });
    const same: [string, number][] = [
      ['1000', 1000],
      ['1e3', 1000],
      ['1E+3', 1000],
      ['1000.000', 1000],
      ['0.1e4', 1000],
      ['1000000000000000000000e-18', 1000],
      ['-1.50', -1.5],
      ['-0', 0],
      ['0e999', 0],
      ['0.1', 0.1],
      ['9007199254740991', Number.MAX_SAFE_INTEGER],
      ['-9007199254740991.0', Number.MIN_SAFE_INTEGER],
      ['5e-324', 5e-324],
      ['0.30000000000000004', 0.1 + 0.2],
    ];
    const other: [string, number][] = [
      ['9007199254740991.4', Number.MAX_SAFE_INTEGER],
      ['9007199254740992', Number.MAX_SAFE_INTEGER],
      ['1.00000000000000000001', 1],
      ['0.1000000000000000055511151231257827', 0.1],
      ['1e-400', 0],
      [`0.${'0'.repeat(400)}1`, 0],
      ['4e-324', 5e-324],
      ['1000.0000000000001', 1000],
      ['-1000', 1000],
    ];
    for (const [text, number] of same) expect(written(text, number), `${text} is ${number}`).toBe(true);
    for (const [text, number] of other) expect(written(text, number), `${text} is not ${number}`).toBe(false);
  });

  it('compares each number by its own text, next to other numbers and texts that look like numbers', () => {
    const payload = '{"id":9007199254740993,"n":1,"n":2.0,"t":"\\"n\\":3e9","1e5":[{"x":7}],"u":1e1}';
    expect(matches(payload, { path: 'n', equals: 2 })).toBe(true);
    expect(matches(payload, { path: 'n', equals: 1 })).toBe(false);
    expect(matches(payload, { path: '1e5.0.x', in: [1, 7] }, { path: 'u', equals: 10 })).toBe(true);
    expect(matches(payload, { path: 't', equals: '"n":3e9' })).toBe(true);
    expect(matches(payload, { path: 'id', exists: true })).toBe(true);
  });

  it('refuses numbers that may have been rounded', () => {
    const message = expect.stringMatching(/from -9007199254740991 to 9007199254740991.*compare strings/) as string;
    for (const number of [2 ** 53, -(2 ** 53), 1e300, Infinity]) {
      const refused = { code: 'INVALID_INPUT', message };
      expect(refusal({ path: 'a', equals: number })).toMatchObject({
        ...refused,
        inputPath: ['filter', '0', 'equals'],
      });
      expect(refusal({ path: 'a', in: [1, number] })).toMatchObject({
        ...refused,
        inputPath: ['filter', '0', 'in', '1'],
      });
    }
    expect(refusal({ path: 'a', equals: Number.MAX_SAFE_INTEGER }, { path: 'a', equals: 0.1 })).not.toBeInstanceOf(
      Error,
    );
  });

  it('finds list items by index, and names with dots or backslashes', () => {
    expect(matches(order, { path: 'order.items.0.sku', equals: 'x' })).toBe(true);
    expect(matches([7], { path: '0', equals: 7 })).toBe(true);
    expect(matches(order, { path: 'order.items.1', exists: true })).toBe(false);
    expect(matches(order, { path: 'order.a\\.b', equals: 1 })).toBe(true);
    expect(matches({ 'a\\': { '': 0, b: 1 } }, { path: 'a\\\\.b', equals: 1 })).toBe(true);
  });

  it('matches any of several values, and the existence of a member', () => {
    expect(matches(order, { path: 'order.status', in: ['NEW', 'PAID'] })).toBe(true);
    expect(matches(order, { path: 'order.note', in: [1, null] })).toBe(true);
    expect(matches(order, { path: 'order.status', in: ['NEW'], equals: null, exists: null })).toBe(false);
    expect(matches(order, { path: 'order.note', exists: true })).toBe(true);
    expect(matches(order, { path: 'order.gone', exists: false })).toBe(true);
    expect(matches(order, { path: 'order.note', exists: false })).toBe(false);
  });

  it('finds only own members', () => {
    for (const path of ['constructor', 'toString.name', 'order.items.length', 'order.status.length', '__proto__']) {
      expect(matches(order, { path, exists: true })).toBe(false);
    }
  });

  it('requires all conditions, and never matches a payload that is not a JSON object or list', () => {
    const paid = { path: 'order.status', equals: 'PAID' };
    expect(matches(order, paid, { path: 'ok', equals: true })).toBe(true);
    expect(matches(order, paid, { path: 'ok', equals: false })).toBe(false);
    for (const payload of ['', 'no JSON', '{"a":', '1', 'null', '"text"']) {
      expect(matches(payload, { path: 'a', exists: false })).toBe(false);
    }
  });

  it('is equal whatever the order of its conditions and values', () => {
    const key = (...filter: PayloadConditionInput[]) => payloadFilter(filter)!.key;
    const [a, b] = [
      { path: 'a', equals: 1 },
      { path: 'b', in: ['x', 'y'] },
    ];
    expect(key(a, b)).toBe(key({ path: 'b', in: ['y', 'x', 'y'] }, { path: 'a', in: [1] }, a));
    expect(key(a)).not.toBe(key({ path: 'a', equals: '1' }));
    expect(key({ path: 'a', equals: true })).not.toBe(key({ path: 'a', exists: true }));
    expect(key({ path: 'a.b', equals: 1 })).not.toBe(key({ path: 'a\\.b', equals: 1 }));
  });

  it('is absent without conditions', () => {
    expect(payloadFilter([])).toBeUndefined();
    expect(payloadFilter(null)).toBeUndefined();
  });

  it('is refused with the path of its invalid part', () => {
    const a = { path: 'a', equals: 1 };
    const cases: [readonly PayloadConditionInput[], readonly string[]][] = [
      [Array.from({ length: 17 }, () => a), ['filter']],
      [
        [a, { path: 'a' }],
        ['filter', '1'],
      ],
      [[{ path: 'a', equals: 1, exists: true }], ['filter', '0']],
      [[{ path: '', exists: true }], ['filter', '0', 'path']],
      [[{ path: 'a..b', exists: true }], ['filter', '0', 'path']],
      [[{ path: '.a', exists: true }], ['filter', '0', 'path']],
      [[{ path: 'a.', exists: true }], ['filter', '0', 'path']],
      [[{ path: 'a\\b', exists: true }], ['filter', '0', 'path']],
      [[{ path: 'a\\', exists: true }], ['filter', '0', 'path']],
      [[{ path: 'a.'.repeat(16) + 'a', exists: true }], ['filter', '0', 'path']],
      [[{ path: 'a'.repeat(513), exists: true }], ['filter', '0', 'path']],
      [[{ path: 'a', equals: { b: 1 } }], ['filter', '0', 'equals']],
      [[{ path: 'a', in: [] }], ['filter', '0', 'in']],
      [[{ path: 'a', in: [1, [2]] }], ['filter', '0', 'in', '1']],
      [[{ path: 'a', in: Array.from({ length: 101 }, (_, at) => at) }], ['filter', '0', 'in']],
      [[{ path: 'a', equals: 'x'.repeat(1025) }], ['filter', '0', 'equals']],
    ];
    for (const [filter, inputPath] of cases) {
      expect(refusal(...filter)).toMatchObject({ code: 'INVALID_INPUT', inputPath });
    }
  });
});

describe('Filtered channels', () => {
  const setUp = () => {
    const upstream = fakeSubscribers();
    const realtime = createRealtime({ connections: upstream.connections, log: testLog() });
    const listen = (...filter: PayloadConditionInput[]) =>
      listenTo(
        channelMessages(
          {
            realtime,
            principal: anonymous,
            patterns: createPatternReader(defaultPatternLimits, undefined),
            heldPatterns: { hold: () => () => undefined },
          },
          {
            cluster: 'orders',
            channels: ['a'],
            patterns: [],
            encoding: 'UTF8',
            sharded: false,
            overflow: 'DROP_OLDEST',
            filter,
          },
        ),
      );
    return { upstream, listen, [Symbol.asyncDispose]: () => realtime.close() };
  };
  const texts = (events: readonly ChannelDelivery[]) =>
    events.map(({ messages }) => messages.map(({ payload }) => payload.toString()));
  const settled = async (): Promise<void> => {
    for (let turns = 0; turns < 4; turns += 1) await turn();
  };

  it('deliver one object for equal filters, other messages for other filters, and nothing if nothing matches', async () => {
    await using test = setUp();
    using paid = test.listen({ path: 's', equals: 'PAID' }, { path: 'n', exists: true });
    using alike = test.listen({ path: 'n', exists: true }, { path: 's', in: ['PAID'] });
    using fresh = test.listen({ path: 's', equals: 'NEW' });
    using all = test.listen();
    await settled();
    expect(test.upstream.commands).toEqual(['subscribe channel a']);
    const messages = ['{"s":"PAID","n":1}', '{"s":"NEW","n":2}', '{"s":"PAID"}', 'no JSON'];
    for (const message of messages) test.upstream.publish('a', message);
    await turn();
    expect(texts(paid.events)).toEqual([[messages[0]]]);
    expect(alike.events[0]).toBe(paid.events[0]);
    expect(texts(fresh.events)).toEqual([[messages[1]]]);
    expect(texts(all.events)).toEqual([messages]);
    test.upstream.publish('a', '{"s":"GONE"}');
    await turn();
    expect([paid.events.length, fresh.events.length, all.events.length]).toEqual([1, 1, 2]);
  });

  it('report gaps whatever the filter, and count only matching messages as missed', async () => {
    await using test = setUp();
    using slow = test.listen({ path: 's', equals: 'PAID' });
    await settled();
    test.upstream.listener().reconnected([{ kind: 'channel', channel: Buffer.from('a'), needsEveryPrimary: false }]);
    await turn();
    expect(slow.events).toEqual([{ messages: [], gap: { reason: 'RECONNECTED', missed: null } }]);
    slow.subscription.pause();
    const big = 'x'.repeat(600_000);
    for (const s of ['PAID', 'NEW', 'PAID', 'NEW', 'PAID']) {
      test.upstream.publish('a', JSON.stringify({ s, big }));
      await turn();
    }
    slow.subscription.resume();
    expect(slow.events.slice(1)).toMatchObject([{ messages: [{}], gap: { reason: 'SLOW_SUBSCRIBER', missed: 2 } }]);
  });
});
