import { Outage } from '../../../domain/errors.js';

/**
 * Why somebody was not let in: without credentials, with something that is none, with an API key that is not in the access
 * file, with what has expired, with a token that is not valid here, or because the issuer's keys could not be had.
 */
export type UnauthenticatedReason = 'missing' | 'malformed' | 'unknown' | 'expired' | 'invalid' | 'unavailable';

/** Somebody who is not let in. The message never holds what they sent. */
export class Unauthenticated extends Outage {
  constructor(
    readonly reason: UnauthenticatedReason,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(reason === 'unavailable' ? 'AUTHENTICATION_UNAVAILABLE' : 'UNAUTHENTICATED', message, options);
  }
}
