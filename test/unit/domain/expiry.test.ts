import { expect, test } from 'vitest';
import { parseExpiry } from '../../../src/domain/key/expiry.js';

const now = Date.UTC(2026, 0, 1);
const path = ['input', 'expiry'];
const lastMoment = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

test('an expiry is exact to the millisecond', () => {
  expect(parseExpiry({ seconds: 0.0015 }, path, now)).toEqual({ kind: 'after', milliseconds: 2 });
  expect(parseExpiry({ at: new Date(now + 1) }, path, now)).toEqual({ kind: 'at', unixMilliseconds: now + 1 });
  const untilTheEnd = lastMoment - now;
  expect(parseExpiry({ seconds: untilTheEnd / 1000 }, path, now)).toEqual({ kind: 'after', milliseconds: untilTheEnd });
  expect(parseExpiry({ at: new Date(lastMoment) }, path, now)).toEqual({ kind: 'at', unixMilliseconds: lastMoment });
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
  [{ seconds: (lastMoment - now) / 1000 + 0.001 }, [...path, 'seconds']],
  [{ seconds: Number.MAX_VALUE }, [...path, 'seconds']],
  [{ at: new Date(now) }, [...path, 'at']],
  [{ at: new Date(lastMoment + 1) }, [...path, 'at']],
  [{ at: new Date(8.64e15) }, [...path, 'at']],
])('refuses %j', (input, inputPath) => {
  expect(() => parseExpiry(input, path, now)).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', inputPath }) as Error,
  );
});
