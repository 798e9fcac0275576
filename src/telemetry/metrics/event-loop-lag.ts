import { createHistogram, performance } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

/** Between two samples, while the process works and at rest: a process that does nothing should sleep. */
const workingMs = 10;
const restingMs = 1_000;
/** More of the time than this was spent working rather than waiting. */
const utilizationOfWork = 0.05;

const nanosecondsPerMs = 1e6;
const nanosecondsPerSecond = 1e9;

type Histogram = ReturnType<typeof createHistogram>;

const statistics: Readonly<Record<string, readonly [help: string, read: (histogram: Histogram) => number]>> = {
  min: ['The least delay', ({ min }) => min],
  max: ['The greatest delay', ({ max }) => max],
  mean: ['The mean delay', ({ mean }) => mean],
  stddev: ['The standard deviation of the delays', ({ stddev }) => stddev],
  p50: ['The 50th percentile of the delays', (histogram) => histogram.percentile(50)],
  p90: ['The 90th percentile of the delays', (histogram) => histogram.percentile(90)],
  p99: ['The 99th percentile of the delays', (histogram) => histogram.percentile(99)],
};

/**
 * Replaces those of prom-client's metrics of the event loop that need a timer of 10 ms, under the same names. A sample is how
 * late a timer fires, so 0 if nothing delays it (prom-client's has the 10 ms in it). Each look begins anew.
 */
export function replaceEventLoopLag(registry: Registry): void {
  const histogram = sampleLag();
  const gauges = Object.entries(statistics).map(([name, [help, read]]) => {
    const metric = `nodejs_eventloop_lag_${name}_seconds`;
    registry.removeSingleMetric(metric);
    const how = `since the last look, sampled every ${workingMs} ms while the process works and every ${restingMs} ms at rest.`;
    const gauge = new Gauge({ name: metric, help: `${help} of a timer ${how}`, registers: [registry], collect });
    return () => gauge.set(read(histogram) / nanosecondsPerSecond);
  });
  // The first of them sets all. Without a sample since the last look, what that saw is repeated.
  function collect(): void {
    if (histogram.count === 0) return;
    for (const set of gauges) set();
    histogram.reset();
  }
}

function sampleLag(): Histogram {
  const histogram = createHistogram();
  let before = performance.eventLoopUtilization();
  let dueAt = performance.now();
  const sample = (): void => {
    const now = performance.now();
    // A histogram takes no 0.
    histogram.record(Math.max(1, Math.round((now - dueAt) * nanosecondsPerMs)));
    const upToNow = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(upToNow, before);
    before = upToNow;
    const pauseMs = utilization > utilizationOfWork ? workingMs : restingMs;
    dueAt = now + pauseMs;
    setTimeout(sample, pauseMs).unref();
  };
  sample();
  return histogram;
}
