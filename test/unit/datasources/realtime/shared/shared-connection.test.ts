import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { createSharedConnection } from '../../../../../src/datasources/realtime/shared/shared-connection.js';
import { testLog } from '../../../../helpers/run/test-log.js';

const setUp = (connection?: Promise<never>) => {
  const steps: string[] = [];
  const close = () => Promise.resolve(void steps.push('closed'));
  const shared = createSharedConnection(connection ?? Promise.resolve({ close }), {
    idleMs: 1000,
    log: testLog(),
    ended: () => steps.push('ended'),
    failAll: (reason) => steps.push(`failed: ${reason.message}`),
  });
  return { steps, shared };
};

describe('A shared connection', () => {
  it('closes some time after the last subscription has ended, unless another one has begun', async () => {
    vi.useFakeTimers();
    try {
      const { steps, shared } = setUp();
      shared.used();
      shared.unused();
      await vi.advanceTimersByTimeAsync(999);
      shared.used();
      await vi.advanceTimersByTimeAsync(2000);
      expect(steps).toEqual([]);
      shared.unused();
      await vi.advanceTimersByTimeAsync(1000);
      expect(steps).toEqual(['ended', 'closed']);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('has ended before it fails its subscriptions, and closes once', async () => {
    const { steps, shared } = setUp();
    shared.fail(new Error('the cluster was removed'));
    shared.unused();
    await shared.close();
    expect(steps).toEqual(['ended', 'failed: the cluster was removed', 'closed']);
  });

  it('fails its subscriptions if it cannot be opened', async () => {
    const { steps, shared } = setUp(Promise.reject(new Error('no route')));
    await turn();
    await shared.close();
    expect(steps).toEqual(['ended', 'failed: no route']);
  });
});
