import type { OutageCode } from '../../domain/errors.js';
import type { Duration } from './durations.js';
import type { Count } from './counts.js';

/** How a command ended: answered, refused by an error reply, or by the code of an outage. */
export type CommandOutcome = 'ok' | 'refused' | OutageCode;

interface ValkeyCounts {
  readonly outcome: (outcome: CommandOutcome) => Count;
  readonly duration: Duration;
  readonly reconnects: Count;
}

/** What the connections to one cluster tell. A class: each command passes here. */
export class ValkeyMetrics {
  readonly #counts: ValkeyCounts;
  readonly #ok: Count;
  #lost = 0;

  constructor(counts: ValkeyCounts) {
    this.#counts = counts;
    this.#ok = counts.outcome('ok');
  }

  /** `seconds` is left out for a command that may wait as long as it likes. */
  answered(seconds: number | undefined): void {
    this.#ok.value += 1;
    if (seconds !== undefined) this.#counts.duration.observe(seconds);
  }

  failed(outcome: CommandOutcome, seconds: number | undefined): void {
    this.#counts.outcome(outcome).add();
    if (seconds !== undefined) this.#counts.duration.observe(seconds);
  }

  /** A connection is there; where one was lost before, it has come back. */
  connected(): void {
    if (this.#lost === 0) return;
    this.#lost -= 1;
    this.#counts.reconnects.add();
  }

  lost(): void {
    this.#lost += 1;
  }
}
