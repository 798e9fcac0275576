import { describe, expect, it } from 'vitest';
import { missingFlags } from '../../../src/domain/realtime/notification-flags.js';

describe('The flags that are missing in notify-keyspace-events', () => {
  it.each([
    ['', undefined, ['K', 'a class of events such as A']],
    ['K', undefined, ['a class of events such as A']],
    ['EA', undefined, ['K']],
    ['AK', undefined, []],
    ['Km', undefined, []],
    ['K$', ['set', 'append'], []],
    ['K$', ['set', 'expired', 'evicted', 'hset'], ['x', 'e', 'h']],
    ['AKE', ['set', 'expired', 'xadd', 'del'], []],
    ['AK', ['keymiss', 'new'], ['m', 'n']],
    ['', ['set'], ['K', '$']],
    ['K$', ['json.set'], []],
  ] as const)('of %j for the events %j are %j', (flags, events, missing) => {
    expect(missingFlags(flags, events)).toEqual(missing);
  });
});
