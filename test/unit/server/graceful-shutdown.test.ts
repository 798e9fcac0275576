import { afterEach, beforeEach, describe, expect, test, vi, type Mock } from 'vitest';
import { createDepartures } from '../../../src/server/graceful-shutdown.js';
import { testLog } from '../../helpers/test-log.js';

const log = testLog();
type Leave = Mock<() => Promise<void>>;

describe('Clients leave a closing server', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** How many have left after each step of 20 ms, until all have. */
  const departuresOf = async (count: number, withinMs: number): Promise<number[]> => {
    const departures = createDepartures(withinMs, log);
    let left = 0;
    for (let at = 0; at < count; at += 1) {
      departures.add(() => {
        left += 1;
        return Promise.resolve();
      });
    }
    const done = departures.begin();
    const steps = [left];
    while (left < count) {
      await vi.advanceTimersByTimeAsync(20);
      steps.push(left);
    }
    await done;
    return steps;
  };

  test('at once where they are few', async () => {
    expect(await departuresOf(10, 5000)).toEqual([10]);
    expect(await departuresOf(0, 5000)).toEqual([0]);
  });

  test('ten every 20 ms, so that they do not come to the next one together', async () => {
    const steps = await departuresOf(200, 5000);
    expect(steps).toEqual(Array.from({ length: 20 }, (_, at) => (at + 1) * 10));
  });

  test('faster where there are thousands, and evenly, so that all have left in time', async () => {
    const steps = await departuresOf(5000, 5000);
    expect(steps.length).toBeLessThanOrEqual(151);
    expect(Math.max(...steps.map((left, at) => left - (steps[at - 1] ?? 0)))).toBeLessThanOrEqual(40);
  });

  test('at once where they come when it closes already, and not where they have gone by themselves', async () => {
    const departures = createDepartures(5000, log);
    const [stayed, gone, late] = [1, 2, 3].map(() => vi.fn(() => Promise.resolve())) as [Leave, Leave, Leave];
    departures.add(stayed);
    departures.add(gone)();
    expect(departures.hasBegun).toBe(false);
    const done = departures.begin();
    expect(departures.hasBegun).toBe(true);
    departures.add(late);
    await done;
    expect([stayed, gone, late].map((leave) => leave.mock.calls.length)).toEqual([1, 0, 1]);
  });

  test('also where one of them cannot be told, and none waits for ever for what runs', async () => {
    const departures = createDepartures(1000, log);
    let isPatient = true;
    departures.add(() => Promise.reject(new Error('gone')));
    departures.add(async (outOfTime) => {
      await outOfTime;
      isPatient = false;
    });
    const done = departures.begin();
    await vi.advanceTimersByTimeAsync(799);
    expect(isPatient).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    await done;
    expect(isPatient).toBe(false);
  });
});
