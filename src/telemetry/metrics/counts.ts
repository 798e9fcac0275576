import { Counter, type Registry } from 'prom-client';

/** A number that only grows. Counting on the path of every request and event costs one addition. */
export class Count {
  value = 0;

  add(more = 1): void {
    this.value += more;
  }
}

/** Counts by labels, copied to the registry on each scrape. Frequent callers keep the `Count` of their labels. */
export class Counts<Label extends string> {
  readonly #labels: readonly Label[];
  readonly #children = new Map<string, { readonly labels: Record<string, string>; readonly count: Count }>();

  constructor(registry: Registry, name: string, help: string, labels: readonly Label[]) {
    this.#labels = labels;
    const children = this.#children;
    new Counter<string>({
      name,
      help,
      labelNames: labels,
      registers: [registry],
      collect() {
        this.reset();
        for (const { labels, count } of children.values()) this.inc(labels, count.value);
      },
    });
  }

  /** Returns the count of the given label values, in the order of the labels. */
  of(...values: readonly string[]): Count {
    const key = values.length === 1 ? (values[0] ?? '') : values.join('\n');
    const existing = this.#children.get(key);
    if (existing) return existing.count;
    const labels = Object.fromEntries(this.#labels.map((label, at) => [label, values[at] ?? '']));
    const child = { labels, count: new Count() };
    this.#children.set(key, child);
    return child.count;
  }
}
