import { Outage } from '../../domain/errors.js';
import { expectedFailure } from '../valkey/expected-failure.js';

/** What a subscription fails with, in the API's terms. */
export function asFailure(error: unknown): Error {
  if (error instanceof Error) return expectedFailure(error);
  return new Outage('CLUSTER_UNAVAILABLE', 'The cluster could not be reached.', { cause: error });
}
