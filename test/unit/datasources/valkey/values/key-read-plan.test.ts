import { expect, test } from 'vitest';
import { planKeyRead } from '../../../../../src/datasources/valkey/values/keys/key-read-plan.js';

test('a value and a TTL need no TYPE if only strings are selected', () => {
  expect(planKeyRead(new Set(['ttl', 'value']), 'STRING').facts).toEqual(['value', 'ttl']);
  expect(planKeyRead(new Set(['length']), 'HASH').facts).toEqual(['length']);
  expect(planKeyRead(new Set(['length']), 'STREAM').facts).toEqual(['length']);
});

test('TYPE is sent if no other reply shows the type or the absence of the key', () => {
  expect(planKeyRead(new Set(['ttl']), 'STRING').facts).toEqual(['ttl', 'type']);
  expect(planKeyRead(new Set(['length']), 'STRING').facts).toEqual(['length', 'type']);
  expect(planKeyRead(new Set(['length', 'value', 'ttl'])).facts).toEqual(['ttl', 'type']);
});

test('the idle time is read before the value, because reading the value resets it', () => {
  expect(planKeyRead(new Set(['value', 'idle']), 'STRING').facts).toEqual(['idle', 'value']);
});
