import { describe, expect, test } from 'vitest';
import { anonymousIdentity } from '../../../../src/server/admission/authentication/identity.js';
import { addressKey, clientKey } from '../../../../src/server/admission/client-key.js';
import { createClientQuotas } from '../../../../src/server/limits/quotas/client-quotas.js';
import { RateLimited } from '../../../../src/server/limits/limit-exceeded.js';
import { TokenBucket } from '../../../../src/server/limits/quotas/token-bucket.js';
import { defaultLimits, type ServerLimits } from '../../../../src/config/limits/server-limits.js';

function setUp(limits: Partial<ServerLimits>) {
  let time = 0;
  const hits: string[] = [];
  const clients = createClientQuotas(
    { ...defaultLimits, ...limits },
    (limit) => hits.push(limit),
    () => time,
  );
  return {
    clients,
    hits,
    pass: (seconds: number) => (time += seconds * 1000),
    [Symbol.dispose]: clients[Symbol.dispose],
  };
}

describe('The operations of a client', () => {
  test('may come in a burst of two seconds, and then at the configured rate', () => {
    using test = setUp({ maxOperationsPerSecond: 5 });
    const taken = () => {
      for (let count = 0; ; count += 1) {
        try {
          test.clients.takeOperation('Ada');
        } catch (error) {
          expect(error).toMatchObject({ code: 'RATE_LIMITED', limit: 'maxOperationsPerSecond', max: 5 });
          return count;
        }
      }
    };
    expect(taken()).toBe(10);
    test.pass(1);
    expect(taken()).toBe(5);
    test.pass(100);
    expect(taken()).toBe(10);
    expect(test.hits).toEqual(Array(3).fill('maxOperationsPerSecond'));
  });

  test('are refused with the time of the next attempt', () => {
    using test = setUp({ maxCostPerMinute: 60 });
    test.clients.spend('Ada', 60);
    const refusal = (cost: number) => {
      try {
        test.clients.spend('Ada', cost);
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect(refusal(20)).toEqual(new RateLimited('maxCostPerMinute', 60, 20));
    test.pass(19.9);
    expect(refusal(20)).toMatchObject({ retryAfterSeconds: 1 });
    test.pass(0.2);
    expect(refusal(20)).toBeUndefined();
  });

  test('do not count for another client', () => {
    using test = setUp({ maxOperationsPerSecond: 1 });
    test.clients.takeOperation('Ada');
    test.clients.takeOperation('Ada');
    expect(() => test.clients.takeOperation('Ada')).toThrow(RateLimited);
    test.clients.takeOperation('Bob');
  });

  test('are not counted if the limit is 0', () => {
    using test = setUp({ maxOperationsPerSecond: 0 });
    for (let count = 0; count < 100_000; count += 1) test.clients.takeOperation('Ada');
    expect(test.clients.usage().clients).toBe(0);
  });
});

test('a full bucket gives more than its capacity, and later requests wait for the debt', () => {
  const bucket = new TokenBucket(1, 60, 0);
  expect(bucket.take(100, 0)).toBe(0);
  expect(bucket.take(1, 0)).toBe(41_000);
  expect(bucket.take(1, 41_000)).toBe(0);
});

test('a client that has closed everything is removed', () => {
  using test = setUp({ maxSubscriptionsPerClient: 10_000 });
  const { clients } = test;
  clients.openSocket('Ada');
  for (let count = 0; count < 10_000; count += 1) clients.openSubscription('Ada');
  expect(() => clients.openSubscription('Ada')).toThrow('a number of subscriptions of one client of at most 10000');
  expect(clients.usage()).toEqual({ clients: 1, subscriptions: 10_000, sockets: 1 });
  for (let count = 0; count < 10_000; count += 1) clients.closeSubscription('Ada');
  clients.closeSocket('Ada');
  expect(clients.usage()).toEqual({ clients: 0, subscriptions: 0, sockets: 0 });
  expect(test.hits).toEqual(['maxSubscriptionsPerClient']);
});

describe('The key of a client', () => {
  test('is its subject', () => {
    expect(clientKey({ subject: 'key:worker' }, '192.0.2.1')).toBe('key:worker');
  });

  test('is its address if it has sent no credentials', () => {
    expect(clientKey(anonymousIdentity, '192.0.2.1')).toBe('address:192.0.2.1');
    expect(clientKey({ subject: 'anonymous' }, undefined)).toBe('address:');
  });

  test.each([
    ['192.0.2.1', '::ffff:192.0.2.1'],
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
    ['2001:db8::1', '2001:db8:0:0:5:6:7:8'],
    ['::1', '::2'],
  ])('is the same for %s and %s', (one, other) => {
    expect(addressKey(one)).toBe(addressKey(other));
  });

  test.each([
    ['192.0.2.1', '192.0.2.2'],
    ['2001:db8:1:2::1', '2001:db8:1:3::1'],
    ['::1', '2001:db8::1'],
  ])('is different for %s and %s', (one, other) => {
    expect(addressKey(one)).not.toBe(addressKey(other));
  });
});
