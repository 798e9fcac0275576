import { expect, test } from 'vitest';
import { createClusterWatch } from '../../../../src/datasources/elasticache/watch/cluster-watch.js';
import { createEventWatch } from '../../../../src/datasources/elasticache/watch/event-watch.js';
import { createFakeConnections } from '../../../helpers/apis/control-plane-api.js';
import {
  startScriptedElastiCache,
  type Answer,
  type ScriptedElastiCache,
} from '../../../helpers/elasticache/scripted-elasticache.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { testLog } from '../../../helpers/run/test-log.js';

const fastMs = 4;
const slowMs = 5 * fastMs;

/** Wraps a read, and records when each call began and ended. */
function timed<Arguments extends unknown[], Output>(read: (...args: Arguments) => Promise<Output>) {
  const calls: { readonly beganAt: number; endedAt: number; failed: boolean }[] = [];
  const call = async (...args: Arguments): Promise<Output> => {
    const entry = { beganAt: performance.now(), endedAt: Infinity, failed: true };
    calls.push(entry);
    try {
      const output = await read(...args);
      entry.failed = false;
      return output;
    } finally {
      entry.endedAt = performance.now();
    }
  };
  /** The pause after each call that another one has followed. */
  const pauses = () => calls.slice(1).map(({ beganAt }, index) => beganAt - calls[index]!.endedAt);
  return { call, calls, pauses };
}

/** An ElastiCache that throttles an action until the test ends that, and otherwise answers an empty list. */
function throttling(code: string, status: number) {
  const state = { throttles: true };
  const answer = (action: string): Answer =>
    state.throttles ? { error: code, message: 'Rate exceeded', status } : { result: `<${action}/>` };
  return { state, answer };
}

const silent = { next: () => undefined, error: () => undefined, complete: () => undefined };

const watches = {
  clusters({ controlPlane }: ScriptedElastiCache) {
    const reads = timed(() => controlPlane.clusters());
    const watch = createClusterWatch({
      controlPlane: { ...controlPlane, clusters: reads.call },
      connections: createFakeConnections(),
      log: testLog(),
      fastMs,
      slowMs,
    });
    watch.changes().open(silent);
    return { reads, watch };
  },
  events({ controlPlane }: ScriptedElastiCache) {
    const reads = timed((request: Parameters<typeof controlPlane.resourceEvents>[0]) =>
      controlPlane.resourceEvents(request),
    );
    const watch = createEventWatch({
      controlPlane: { ...controlPlane, resourceEvents: reads.call },
      log: testLog(),
      fastMs: slowMs,
      slowMs,
    });
    watch.events().open(silent);
    return { reads, watch };
  },
};

test.each([
  ['clusters', 'Throttling', 400],
  ['clusters', 'RequestLimitExceeded', 503],
  ['events', 'Throttling', 400],
] as const)(
  'the watch of %s waits twice as long after each answer %s, and goes on afterwards',
  async (kind, code, status) => {
    const { state, answer } = throttling(code, status);
    await using elastiCache = await startScriptedElastiCache(answer);
    const { reads, watch } = watches[kind](elastiCache);
    await using _ = watch;
    await eventually(() => expect(reads.pauses().length).toBeGreaterThanOrEqual(3));
    expect(reads.calls.slice(0, 3).every(({ failed }) => failed)).toBe(true);
    // Pauses vary by a fifth, so that processes do not poll together; a timer may fire a millisecond early.
    reads.pauses().forEach((pause, index) => expect(pause).toBeGreaterThan(0.8 * slowMs * 2 ** (index + 1) - 2));
    state.throttles = false;
    await eventually(() => expect(reads.calls.some(({ failed }) => !failed)).toBe(true));
  },
);
