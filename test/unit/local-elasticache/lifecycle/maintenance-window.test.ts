import { expect, test } from 'vitest';
import { isMaintenanceTime } from '../../../../src/local-elasticache/lifecycle/maintenance-window.js';

test.each([
  ['sun:23:00-mon:01:30', '2026-03-08T22:59:59Z', false],
  ['sun:23:00-mon:01:30', '2026-03-08T23:00:00Z', true],
  ['sun:23:00-mon:01:30', '2026-03-09T01:29:59Z', true],
  ['sun:23:00-mon:01:30', '2026-03-09T01:30:00Z', false],
  ['sun:23:00-mon:01:30', '2026-03-10T00:00:00Z', false],
  ['wed:03:00-wed:04:00', '2026-03-04T03:30:00Z', true],
  ['wed:03:00-wed:04:00', '2026-03-05T03:30:00Z', false],
  ['mon:00:00-mon:01:00', '2026-03-09T00:00:00Z', true],
  ['sat:12:00-fri:12:00', '2026-03-07T11:59:00Z', false],
  ['sat:12:00-fri:12:00', '2026-03-08T11:59:00Z', true],
])('the window %s at %s is open: %s', (window, at, isOpen) => {
  expect(isMaintenanceTime(window, new Date(at))).toBe(isOpen);
});
