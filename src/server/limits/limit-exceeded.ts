import { GraphQLError } from 'graphql';
import type { LimitName } from '../../config/limits/server-limits.js';

/** The error of a request that exceeds a limit. `limit` is the limit's name in the configuration, so that operators find it. */
export class LimitExceeded extends Error {
  override readonly name: string = 'LimitExceeded';
  readonly code: 'LIMIT_EXCEEDED' | 'RATE_LIMITED' = 'LIMIT_EXCEEDED';

  /** `subject` names what was counted, e.g. `a depth`. `got` is undefined if counting stopped at the limit. */
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

  /** The `extensions` of the GraphQL error. */
  get extensions(): Readonly<Record<string, unknown>> {
    return { code: this.code, limit: this.limit, max: this.max };
  }
}

/** The error as clients see it. */
export function limitError({ message, extensions }: LimitExceeded): GraphQLError {
  return new GraphQLError(message, { extensions });
}

/** Limits of a rate over time. */
export type RateLimit = 'maxOperationsPerSecond' | 'maxCostPerMinute';

/** The error of a request that exceeds a rate. The client may try again after `retryAfterSeconds`. */
export class RateLimited extends LimitExceeded {
  override readonly name = 'RateLimited';
  override readonly code = 'RATE_LIMITED';
  readonly retryAfterSeconds: number;

  constructor(limit: RateLimit, max: number, waitSeconds: number) {
    super(limit, limit === 'maxOperationsPerSecond' ? 'a rate of operations per second' : 'a cost per minute', max);
    this.retryAfterSeconds = Math.ceil(waitSeconds);
  }

  override get extensions(): Readonly<Record<string, unknown>> {
    return { ...super.extensions, retryAfterSeconds: this.retryAfterSeconds };
  }
}
