import type { OutageCode } from '../../domain/errors.js';
import type { Duration } from './durations.js';
import type { Count } from './counts.js';

/** The outcome of a command: answered, refused by an error reply, or the code of an outage. */
export type CommandOutcome = 'ok' | 'refused' | OutageCode;

interface ValkeyCounts {
  readonly outcome: (outcome: CommandOutcome) => Count;
  readonly duration: Duration;
  readonly reconnects: Count;
}

/** Counts commands and connections of one cluster. */
export class ValkeyMetrics {
  readonly #counts: ValkeyCounts;
  readonly #ok: Count;
  #lost = 0;

  constructor(counts: ValkeyCounts) {
    this.#counts = counts;
    this.#ok = counts.outcome('ok');
  }

  /** `seconds` is undefined for a blocking command. */
  answered(seconds: number | undefined): void {
    this.#ok.value += 1;
    if (seconds !== undefined) this.#counts.duration.observe(seconds);
  }

  failed(outcome: CommandOutcome, seconds: number | undefined): void {
    this.#counts.outcome(outcome).add();
    if (seconds !== undefined) this.#counts.duration.observe(seconds);
  }

  /** Counts a reconnection if a connection was lost before. */
  connected(): void {
    if (this.#lost === 0) return;
    this.#lost -= 1;
    this.#counts.reconnects.add();
  }

  lost(): void {
    this.#lost += 1;
  }
}
