import { expect, test } from 'vitest';
import { parseExpiry } from '../../../src/domain/expiry.js';

const now = Date.UTC(2026, 0, 1);
const path = ['input', 'expiry'];

test('an expiry is told to the millisecond', () => {
  expect(parseExpiry({ seconds: 0.0015 }, path, now)).toEqual({ kind: 'after', milliseconds: 2 });
  expect(parseExpiry({ at: new Date(now + 1) }, path, now)).toEqual({ kind: 'at', unixMilliseconds: now + 1 });
  expect(parseExpiry({ policy: 'KEEP' }, path, now)).toEqual({ kind: 'keep' });
  expect(parseExpiry({ policy: 'NEVER', seconds: null }, path, now)).toEqual({ kind: 'never' });
});

test.each([
  [{}, path],
  [{ seconds: 1, policy: 'NEVER' as const }, path],
  [{ seconds: 0 }, [...path, 'seconds']],
  [{ seconds: Infinity }, [...path, 'seconds']],
  [{ seconds: NaN }, [...path, 'seconds']],
  [{ seconds: 1e15 }, [...path, 'seconds']],
  [{ at: new Date(now) }, [...path, 'at']],
])('refuses %j', (input, inputPath) => {
  expect(() => parseExpiry(input, path, now)).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', inputPath }) as Error,
  );
});
