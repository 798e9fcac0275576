import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createProgressPoller } from '../../../../../src/datasources/realtime/consumer-groups/progress-poller.js';
import type { GroupSample } from '../../../../../src/datasources/valkey/values/streams/group-sample.js';
import { Outage } from '../../../../../src/domain/errors.js';
import { createLiveSource } from '../../../../../src/runtime/live-source.js';
import { listenTo } from '../../../../helpers/valkey/listening.js';

const outage = new Outage('CLUSTER_UNAVAILABLE', 'The cluster does not answer.');
const sample = { key: 'first', pending: 0, lag: 0 } as GroupSample;

describe('A poller of progress', () => {
  it('fails a subscriber that comes during an outage, and gives it no progress from before', async () => {
    let isAway = false;
    let reportOutage: () => void;
    const outageBegan = new Promise<void>((resolve) => (reportOutage = resolve));
    const poller = createProgressPoller({
      ended: () => undefined,
      sample() {
        if (!isAway) return Promise.resolve(sample);
        reportOutage();
        return Promise.reject(outage);
      },
    });
    const follow = (everyMs: number) => listenTo(createLiveSource((listener) => poller.open(everyMs, listener)));
    using early = follow(1);
    await early.until((events) => events.length === 1);
    isAway = true;
    poller.wake();
    await outageBegan;
    await turn();
    using late = follow(60_000);
    expect(await late.failure).toBe(outage);
    expect(late.events).toEqual([]);
    expect(early.events).toEqual([sample]);
  });
});
