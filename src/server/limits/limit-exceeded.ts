import { GraphQLError } from 'graphql';
import type { LimitName } from '../../config/limits/server-limits.js';

/** Something that a limit refuses. Its name is the one in the configuration, so that whoever runs the server finds it. */
export class LimitExceeded extends Error {
  override readonly name: string = 'LimitExceeded';
  readonly code: 'LIMIT_EXCEEDED' | 'RATE_LIMITED' = 'LIMIT_EXCEEDED';

  /** `subject` names what was counted, with its unit, e.g. `a depth`; `got` may be left out where it was not counted to its end. */
  constructor(
    readonly limit: LimitName,
    subject: string,
    readonly max: number,
    got?: number,
  ) {
    super(
      `Expected ${subject} of at most ${max}, got ${got === undefined || !Number.isSafeInteger(got) ? 'more' : got}.`,
    );
  }

  /** As the `extensions` of an error. */
  get extensions(): Readonly<Record<string, unknown>> {
    return { code: this.code, limit: this.limit, max: this.max };
  }
}

/** As clients are told. */
export function limitError({ message, extensions }: LimitExceeded): GraphQLError {
  return new GraphQLError(message, { extensions });
}

/** Limits of what is done over time. */
export type RateLimit = 'maxOperationsPerSecond' | 'maxCostPerMinute';

/** Something that is refused now and not later. */
export class RateLimited extends LimitExceeded {
  override readonly name = 'RateLimited';
  override readonly code = 'RATE_LIMITED';
  readonly retryAfterSeconds: number;

  constructor(limit: RateLimit, max: number, waitSeconds: number) {
    super(limit, limit === 'maxOperationsPerSecond' ? 'operations a second' : 'a cost a minute', max);
    this.retryAfterSeconds = Math.ceil(waitSeconds);
  }

  override get extensions(): Readonly<Record<string, unknown>> {
    return { ...super.extensions, retryAfterSeconds: this.retryAfterSeconds };
  }
}
