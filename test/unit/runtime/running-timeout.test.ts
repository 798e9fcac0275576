import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startRunningTimeout } from '../../../src/runtime/running-timeout.js';
import { blockEventLoop } from '../../helpers/run/block-event-loop.js';

describe('A timeout of a process that runs', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  test('is over after its time, once', () => {
    const onTimeout = vi.fn();
    startRunningTimeout(1_000, onTimeout);
    vi.advanceTimersByTime(999);
    expect(onTimeout).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10_000);
    expect(onTimeout).toHaveBeenCalledTimes(1);
  });

  test('is never over after it was cancelled, whenever that was', () => {
    const onTimeout = vi.fn();
    for (const elapsedMs of [0, 550]) {
      const cancel = startRunningTimeout(1_000, onTimeout);
      vi.advanceTimersByTime(elapsedMs);
      cancel();
    }
    vi.advanceTimersByTime(10_000);
    expect(onTimeout).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is not over because the process handled no event for longer than its time', async () => {
    vi.useRealTimers();
    const onTimeout = vi.fn();
    const cancel = startRunningTimeout(100, onTimeout);
    blockEventLoop(300);
    await turn();
    await turn();
    cancel();
    expect(onTimeout).not.toHaveBeenCalled();
  });
});
