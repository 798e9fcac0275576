import { Histogram, type Registry } from 'prom-client';

/** A histogram of durations. An observation costs a few comparisons. */
export class Duration {
  readonly #bounds: readonly number[];
  /** Counts by bucket; the last bucket has no upper bound. */
  readonly inBucket: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.inBucket = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(seconds: number): void {
    let bucket = 0;
    for (const bound of this.#bounds) {
      if (seconds <= bound) break;
      bucket += 1;
    }
    this.inBucket[bucket] = (this.inBucket[bucket] ?? 0) + 1;
    this.sum += seconds;
  }
}

interface Child {
  readonly labels: Record<string, string>;
  readonly duration: Duration;
}

/**
 * Histograms by labels. prom-client sorts and looks up the labels on each observation, which costs more than many
 * commands do here. Therefore only its registration is used.
 */
export class Durations<Label extends string> extends Histogram<Label> {
  readonly #own: {
    readonly name: string;
    readonly help: string;
    readonly labels: readonly Label[];
    readonly bounds: readonly number[];
  };
  readonly #children = new Map<string, Child>();

  constructor(registry: Registry, name: string, help: string, labels: readonly Label[], bounds: readonly number[]) {
    super({ name, help, labelNames: labels, buckets: [...bounds], registers: [registry] });
    this.#own = { name, help, labels, bounds };
  }

  /** Returns the histogram of the given label values, in the order of the labels. */
  of(...values: readonly string[]): Duration {
    const key = values.length === 1 ? (values[0] ?? '') : values.join('\n');
    const existing = this.#children.get(key);
    if (existing) return existing.duration;
    const { labels: names, bounds } = this.#own;
    const labels = Object.fromEntries(names.map((label, at) => [label, values[at] ?? '']));
    const child = { labels, duration: new Duration(bounds) };
    this.#children.set(key, child);
    return child.duration;
  }

  /** The registry calls this instead of `get` if it exists. */
  getForPromString() {
    const { name, help, bounds } = this.#own;
    const values = [...this.#children.values()].flatMap((child) => lines(name, bounds, child));
    return Promise.resolve({ name, help, type: 'histogram', values, aggregator: 'sum' });
  }
}

function lines(name: string, bounds: readonly number[], { labels, duration: { inBucket, sum } }: Child) {
  let count = 0;
  const buckets = inBucket.map((inThis, at) => {
    count += inThis;
    return { metricName: `${name}_bucket`, labels: { le: bounds[at] ?? '+Inf', ...labels }, value: count };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
