import { Outage } from '../../domain/errors.js';
import { CommandError } from '../valkey/command-error.js';
import { expectedFailure } from '../valkey/expected-failure.js';

/** What a subscription fails with, in the API's terms. */
export function asFailure(error: unknown): Error {
  if (error instanceof Error) return expectedFailure(error);
  return new Outage('CLUSTER_UNAVAILABLE', 'The cluster could not be reached.', { cause: error });
}

/** Whether Valkey has said that there is no such stream or consumer group. */
export function isNoGroup(error: unknown): boolean {
  return error instanceof CommandError && error.prefix === 'NOGROUP';
}
