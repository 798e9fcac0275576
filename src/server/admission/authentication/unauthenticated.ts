import { Outage } from '../../../domain/errors.js';

/**
 * Why a request is unauthenticated:
 *
 * - `missing`: it has no credentials
 * - `malformed`: the header holds no bearer token
 * - `unknown`: the access file does not have the API key
 * - `expired`: the API key or token has expired
 * - `invalid`: the token is not valid for this API
 * - `unavailable`: the issuer's keys cannot be fetched
 */
export type UnauthenticatedReason = 'missing' | 'malformed' | 'unknown' | 'expired' | 'invalid' | 'unavailable';

/** The error of an unauthenticated request. The message never contains the credentials. */
export class Unauthenticated extends Outage {
  constructor(
    readonly reason: UnauthenticatedReason,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(reason === 'unavailable' ? 'AUTHENTICATION_UNAVAILABLE' : 'UNAUTHENTICATED', message, options);
  }
}
