import { ExpectedFailure, Outage } from '../../domain/errors.js';
import { CommandError } from '../valkey/command-error.js';
import { expectedFailure } from '../valkey/expected-failure.js';

/** What a subscription fails with, in the API's terms. */
export function asFailure(error: unknown): Error {
  if (error instanceof CommandError && error.prefix === 'NOGROUP') {
    return new ExpectedFailure('NOT_FOUND', 'There is no such stream or consumer group: see `createConsumerGroup`.', {
      upstreamCode: error.prefix,
      cause: error,
    });
  }
  if (error instanceof Error) return expectedFailure(error);
  return new Outage('CLUSTER_UNAVAILABLE', 'The cluster could not be reached.', { cause: error });
}
