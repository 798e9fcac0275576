import { Throttling } from '../throttling.js';

/** Adapts the pauses between polls to what ElastiCache allows. */
export interface PollPace {
  succeeded(): void;
  failed(error: unknown): void;
  /** A pause of about this length: longer after throttling, and random, so that several processes do not poll together. */
  delayMs(pauseMs: number): number;
}

/** A part of each pause by which it is made longer or shorter. */
const jitter = 0.2;
const slowest = { factor: 64, pauseMs: 60_000 };

/** Doubles the pauses with each poll that ElastiCache throttles. Each poll that succeeds halves them again. */
export function createPollPace(random: () => number = Math.random): PollPace {
  let factor = 1;
  return {
    succeeded() {
      factor = Math.max(1, factor / 2);
    },
    failed(error) {
      if (error instanceof Throttling) factor = Math.min(slowest.factor, factor * 2);
    },
    delayMs(pauseMs) {
      const slowed = factor === 1 ? pauseMs : Math.max(pauseMs, Math.min(slowest.pauseMs, pauseMs * factor));
      return Math.round(slowed * (1 - jitter + 2 * jitter * random()));
    },
  };
}
