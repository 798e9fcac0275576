import { createHistogram, performance } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

/** Time between two samples. It is longer at rest, because an idle process should sleep. */
const workingMs = 10;
const restingMs = 1_000;
/** The event loop utilization above which the process counts as working. */
const workingUtilization = 0.05;

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
 * Replaces the event loop metrics of prom-client that need a timer of 10 ms, under the same names. A sample is the
 * delay of a timer, so 0 if nothing delays it (prom-client includes the 10 ms). Each scrape starts a new histogram.
 */
export function replaceEventLoopLag(registry: Registry): void {
  const histogram = sampleLag();
  const gauges = Object.entries(statistics).map(([name, [help, read]]) => {
    const metric = `nodejs_eventloop_lag_${name}_seconds`;
    registry.removeSingleMetric(metric);
    const how = `since the last scrape, sampled every ${workingMs} ms while the process works and every ${restingMs} ms at rest.`;
    const gauge = new Gauge({ name: metric, help: `${help} of a timer ${how}`, registers: [registry], collect });
    return () => gauge.set(read(histogram) / nanosecondsPerSecond);
  });
  // The first gauge sets all of them. Without a sample since the last scrape, the previous values are repeated.
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
    // A histogram does not accept 0.
    histogram.record(Math.max(1, Math.round((now - dueAt) * nanosecondsPerMs)));
    const upToNow = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(upToNow, before);
    before = upToNow;
    const pauseMs = utilization > workingUtilization ? workingMs : restingMs;
    dueAt = now + pauseMs;
    setTimeout(sample, pauseMs).unref();
  };
  sample();
  return histogram;
}
