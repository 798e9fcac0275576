import calculateSlot from 'cluster-key-slot';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createChannelKeys } from '../../../../../src/datasources/valkey/values/channels/channel-keys.js';

const keys = createChannelKeys('cachegraph:');
const name = fc
  .array(fc.constantFrom(...Array.from('{}a~0')), { maxLength: 5 })
  .map((letters) => Buffer.from(letters.join('')));

test('the history of a channel is in its hash slot, with and without braces in its name', () => {
  fc.assert(
    fc.property(name, (channel) => calculateSlot(keys.history(channel, true)) === calculateSlot(channel)),
    { numRuns: 50 },
  );
});

test('all presence keys of one channel are in one slot', () => {
  fc.assert(
    fc.property(name, (channel) => {
      const presence = keys.presence(channel, false);
      return calculateSlot(keys.presenceOf(presence, 'p1')) === calculateSlot(presence);
    }),
    { numRuns: 50 },
  );
});

test('no two channels share a key', () => {
  fc.assert(
    fc.property(name, name, (one, other) => {
      expect(keys.history(one, true).equals(keys.history(other, true))).toBe(one.equals(other));
      expect(keys.history(one, true).equals(keys.history(one, false))).toBe(false);
    }),
    { numRuns: 50 },
  );
});
