import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultLimits } from '../../../../../src/datasources/valkey/connections/limits.js';
import type { WriteQueue } from '../../../../../src/interop/socket-write-progress.js';
import { checkLiveness } from '../../../../../src/datasources/valkey/connections/nodes/liveness-check.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** A connection whose node answers each heartbeat after a millisecond, until it is frozen. */
function connect() {
  let isFrozen = false;
  let queue: WriteQueue | undefined;
  const events = { heartbeats: 0, frozenAt: NaN };
  const watch = checkLiveness(defaultLimits, {
    onFrozen: () => (events.frozenAt = performance.now()),
    onQuiet() {
      events.heartbeats += 1;
      watch.sent();
      if (!isFrozen) void Promise.resolve().then(() => watch.answered());
    },
    writeQueue: () => queue,
  });
  return { watch, events, freeze: () => (isFrozen = true), enqueue: (next: WriteQueue) => (queue = next) };
}

describe('Watched connections', () => {
  it('share one timer, which fires as often for fifty connections as for one', async () => {
    for (const count of [1, 50]) {
      const links = Array.from({ length: count }, connect);
      expect(vi.getTimerCount()).toBe(1);
      // Until all checks happen at the same time.
      await vi.advanceTimersByTimeAsync(3_000);
      const timers = vi.spyOn(globalThis, 'setTimeout');
      for (const { events } of links) events.heartbeats = 0;
      await vi.advanceTimersByTimeAsync(10_000);
      expect(timers.mock.calls.length).toBeLessThanOrEqual(11);
      expect(vi.getTimerCount()).toBe(1);
      timers.mockRestore();
      for (const { watch, events } of links) {
        expect([9, 10]).toContain(events.heartbeats);
        watch.stop();
      }
      await vi.advanceTimersByTimeAsync(2_000);
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it('are checked at the same time, whenever each was opened', async () => {
    const links = [];
    for (let at = 0; at < 10; at += 1) {
      links.push(connect());
      await vi.advanceTimersByTimeAsync(93);
    }
    await vi.advanceTimersByTimeAsync(3_000);
    const timers = vi.spyOn(globalThis, 'setTimeout');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(timers.mock.calls.length).toBeLessThanOrEqual(11);
    timers.mockRestore();
    for (const { watch } of links) watch.stop();
  });

  it.each([0, 250, 500, 999])(
    'are closed within 1.4 s after a command without a reply, sent %i ms after a check',
    async (at) => {
      const { watch, events } = connect();
      await vi.advanceTimersByTimeAsync(5_000 + at);
      watch.sent();
      const sentAt = performance.now();
      await vi.advanceTimersByTimeAsync(2_000);
      expect(events.frozenAt - sentAt).toBeGreaterThanOrEqual(defaultLimits.replyMs);
      expect(events.frozenAt - sentAt).toBeLessThan(1_400);
    },
  );

  it('are closed if the node freezes, even if no command is sent', async () => {
    const { events, freeze } = connect();
    await vi.advanceTimersByTimeAsync(5_000);
    freeze();
    const frozenAt = performance.now();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(events.frozenAt - frozenAt).toBeLessThan(2_500);
  });

  it('stay open as long as parts of a reply arrive, and are closed within 1.4 s after the last part', async () => {
    const { watch, events } = connect();
    watch.sent();
    for (let part = 0; part < 20; part += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      watch.received();
    }
    expect(events.frozenAt).toBeNaN();
    const lastAt = performance.now();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(events.frozenAt - lastAt).toBeLessThan(1_400);
  });

  it('stay open as long as parts of a large value leave, and are closed within 5 s after the last part', async () => {
    const { watch, events, enqueue } = connect();
    watch.sent();
    for (let part = 0; part < 10; part += 1) {
      enqueue({ accepted: part, waiting: 10 - part });
      await vi.advanceTimersByTimeAsync(2_000);
    }
    expect(events.frozenAt).toBeNaN();
    const lastAt = performance.now();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(events.frozenAt - lastAt).toBeLessThan(5_000);
  });

  it('have the usual time for a reply once the whole value has left', async () => {
    const { watch, events, enqueue } = connect();
    watch.sent();
    enqueue({ accepted: 0, waiting: 10 });
    await vi.advanceTimersByTimeAsync(2_000);
    enqueue({ accepted: 10, waiting: 0 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(events.frozenAt).toBeNaN();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(events.frozenAt).not.toBeNaN();
  });
});
