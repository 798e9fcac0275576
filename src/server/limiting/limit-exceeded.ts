import { GraphQLError } from 'graphql';
import type { LimitName } from '../limits.js';

/** Something that a limit refuses. Its name is the one in the configuration, so that whoever runs the server finds it. */
export class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded';
  readonly code = 'LIMIT_EXCEEDED';

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
}

/** As clients are told. */
export function limitError({ message, code, limit, max }: LimitExceeded): GraphQLError {
  return new GraphQLError(message, { extensions: { code, limit, max } });
}
