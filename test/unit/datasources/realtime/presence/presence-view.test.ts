import { describe, expect, it } from 'vitest';
import { createPresenceView } from '../../../../../src/datasources/realtime/presence/presence-view.js';
import { Outage } from '../../../../../src/domain/errors.js';
import type { PresenceChange, ProcessPresence } from '../../../../../src/domain/realtime/presence.js';
import { createLiveSource } from '../../../../../src/runtime/live-source.js';
import { listenTo } from '../../../../helpers/valkey/listening.js';

const outage = new Outage('CLUSTER_UNAVAILABLE', 'The cluster does not answer.');
const present: readonly ProcessPresence[] = [{ subscribers: 2, members: [] }];

describe('A view of presence', () => {
  it('fails a watcher that comes during an outage, and gives it no presence from before', async () => {
    let isAway = false;
    let reportOutage: () => void;
    const outageBegan = new Promise<void>((resolve) => (reportOutage = resolve));
    const read = () => {
      if (!isAway) return Promise.resolve(present);
      setImmediate(reportOutage);
      return Promise.reject(outage);
    };
    const view = createPresenceView(Buffer.from('news'), read, () => undefined);
    const source = createLiveSource<PresenceChange>((listener) => view.open(listener));
    using early = listenTo(source);
    await early.until((events) => events.length === 1);
    isAway = true;
    view.refreshSoon();
    await outageBegan;
    using late = listenTo(source);
    expect(await late.failure).toBe(outage);
    expect(late.events).toEqual([]);

    isAway = false;
    using later = listenTo(source);
    const [first] = await later.until((events) => events.length === 1);
    expect(first!.presence).toBe(early.events[0]!.presence);
    expect(early.events).toHaveLength(1);
  });
});
