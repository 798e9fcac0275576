import { expect, test } from 'vitest';
import { planKey } from '../../../../../src/datasources/valkey/values/keys/key-read-plan.js';

test('a value and a TTL take no TYPE where only strings are selected', () => {
  expect(planKey(new Set(['ttl', 'value']), 'STRING').facts).toEqual(['value', 'ttl']);
  expect(planKey(new Set(['length']), 'HASH').facts).toEqual(['length']);
  expect(planKey(new Set(['length']), 'STREAM').facts).toEqual(['length']);
});

test('TYPE is asked where no reply would tell the type or the absence', () => {
  expect(planKey(new Set(['ttl']), 'STRING').facts).toEqual(['ttl', 'type']);
  expect(planKey(new Set(['length']), 'STRING').facts).toEqual(['length', 'type']);
  expect(planKey(new Set(['length', 'value', 'ttl'])).facts).toEqual(['ttl', 'type']);
});

test('the idle time is asked before the value, which resets it', () => {
  expect(planKey(new Set(['value', 'idle']), 'STRING').facts).toEqual(['idle', 'value']);
});
