import type { Registry } from 'prom-client';
import { registerHistogram } from '../../interop/prom-histogram.js';

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

/** Histograms by labels, printed by the registry. Code that observes often keeps the `Duration` of its labels. */
export class Durations<Label extends string> {
  readonly #labels: readonly Label[];
  readonly #bounds: readonly number[];
  readonly #children = new Map<string, Child>();

  constructor(registry: Registry, name: string, help: string, labels: readonly Label[], bounds: readonly number[]) {
    this.#labels = labels;
    this.#bounds = bounds;
    const children = this.#children;
    registerHistogram(registry, { name, help, bounds }, function* () {
      for (const { labels, duration } of children.values())
        yield { labels, inBucket: duration.inBucket, sum: duration.sum };
    });
  }

  /** Returns the histogram of the given label values, in the order of the labels. */
  of(...values: readonly string[]): Duration {
    const key = values.length === 1 ? (values[0] ?? '') : values.join('\n');
    const existing = this.#children.get(key);
    if (existing) return existing.duration;
    const labels = Object.fromEntries(this.#labels.map((label, at) => [label, values[at] ?? '']));
    const child = { labels, duration: new Duration(this.#bounds) };
    this.#children.set(key, child);
    return child.duration;
  }
}
