import { afterEach, beforeEach, describe, expect, test, vi, type Mock } from 'vitest';
import { createGracefulShutdown } from '../../../src/server/graceful-shutdown.js';
import { testLog } from '../../helpers/run/test-log.js';

const log = testLog();
type Close = Mock<() => Promise<void>>;

describe('A closing server closes connections', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** How many connections are closed after each step of 20 ms, until all are. */
  const drainedEachStep = async (count: number, withinMs: number): Promise<number[]> => {
    const shutdown = createGracefulShutdown(withinMs, log);
    let closed = 0;
    for (let at = 0; at < count; at += 1) {
      shutdown.add(() => {
        closed += 1;
        return Promise.resolve();
      });
    }
    const done = shutdown.drain();
    const steps = [closed];
    while (closed < count) {
      await vi.advanceTimersByTimeAsync(20);
      steps.push(closed);
    }
    await done;
    return steps;
  };

  test('at once if they are few', async () => {
    expect(await drainedEachStep(10, 5000)).toEqual([10]);
    expect(await drainedEachStep(0, 5000)).toEqual([0]);
  });

  test('ten every 20 ms, so that clients do not all connect to the next server at once', async () => {
    const steps = await drainedEachStep(200, 5000);
    expect(steps).toEqual(Array.from({ length: 20 }, (_, at) => (at + 1) * 10));
  });

  test('faster if there are thousands, and evenly, so that all are closed in time', async () => {
    const steps = await drainedEachStep(5000, 5000);
    expect(steps.length).toBeLessThanOrEqual(151);
    expect(Math.max(...steps.map((closed, at) => closed - (steps[at - 1] ?? 0)))).toBeLessThanOrEqual(40);
  });

  test('at once if they open while it drains, and not if they have closed by themselves', async () => {
    const shutdown = createGracefulShutdown(5000, log);
    const [stayed, gone, late] = [1, 2, 3].map(() => vi.fn(() => Promise.resolve())) as [Close, Close, Close];
    shutdown.add(stayed);
    shutdown.add(gone)();
    expect(shutdown.isDraining).toBe(false);
    const done = shutdown.drain();
    expect(shutdown.isDraining).toBe(true);
    shutdown.add(late);
    await done;
    expect([stayed, gone, late].map((leave) => leave.mock.calls.length)).toEqual([1, 0, 1]);
  });

  test('also if closing one of them fails, and waits for running operations until the deadline', async () => {
    const shutdown = createGracefulShutdown(1000, log);
    let isPatient = true;
    shutdown.add(() => Promise.reject(new Error('gone')));
    shutdown.add(async (deadline) => {
      await deadline;
      isPatient = false;
    });
    const done = shutdown.drain();
    await vi.advanceTimersByTimeAsync(799);
    expect(isPatient).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    await done;
    expect(isPatient).toBe(false);
  });
});
