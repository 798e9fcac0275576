import { Gauge, type Registry } from 'prom-client';

/** The label values, in the order of the labels, then the number. */
export type Reading = readonly [...labels: string[], value: number];
type Read = () => Iterable<Reading> | Promise<Iterable<Reading>>;

/** A gauge whose value is not stored: every registered reader is called on each scrape. Values with equal labels are added. */
export class Scraped {
  readonly #reads = new Set<Read>();

  constructor(registry: Registry, name: string, help: string, labels: readonly string[]) {
    const readAll = (): Promise<Iterable<Reading>[]> => Promise.all([...this.#reads].map(async (read) => read()));
    new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [registry],
      async collect() {
        const readings = await readAll();
        this.reset();
        for (const reading of readings) {
          for (const [...values] of reading) {
            const value = Number(values.pop());
            this.inc(Object.fromEntries(labels.map((label, at) => [label, String(values[at])])), value);
          }
        }
      },
    });
  }

  /** @returns a function that removes the reader */
  add(read: Read): () => void {
    this.#reads.add(read);
    return () => void this.#reads.delete(read);
  }
}
