import { performance } from 'node:perf_hooks';
import { Registry } from 'prom-client';
import { afterEach, expect, it, vi } from 'vitest';
import { replaceEventLoopLag } from '../../../src/telemetry/metrics/event-loop-lag.js';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it.each([
  { state: 'at rest', utilization: 0.01, atMost: 10, atLeast: 9 },
  { state: 'that works', utilization: 0.5, atMost: 1_000, atLeast: 900 },
])('the event loop of a process $state is sampled at the expected rate', async (given) => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const { utilization, atLeast, atMost } = given;
  vi.spyOn(performance, 'eventLoopUtilization').mockReturnValue({ utilization, idle: 0, active: 0 });
  replaceEventLoopLag(new Registry());
  const timers = vi.spyOn(globalThis, 'setTimeout');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(timers.mock.calls.length).toBeLessThanOrEqual(atMost);
  expect(timers.mock.calls.length).toBeGreaterThanOrEqual(atLeast);
});
