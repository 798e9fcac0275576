import { ExpectedFailure, Outage } from '../../domain/errors.js';
import { CommandError } from '../valkey/command-error.js';

/** What a subscription fails with, in the API's terms: an error reply of Valkey as the failure that it means. */
export function asFailure(error: unknown): Error {
  if (error instanceof CommandError) return replyFailure(error);
  if (error instanceof Error) return error;
  return new Outage('CLUSTER_UNAVAILABLE', 'The cluster could not be reached.', { cause: error });
}

function replyFailure(error: CommandError): Error {
  const options = { upstreamCode: error.prefix, cause: error };
  switch (error.prefix) {
    case 'NOPERM':
      return new ExpectedFailure('PERMISSION_DENIED', `Valkey refused it: ${error.message}`, options);
    case 'WRONGTYPE':
      return new ExpectedFailure('WRONG_TYPE', 'Expected a stream; the key holds another type of value.', options);
    case 'NOGROUP':
      return new ExpectedFailure('NOT_FOUND', 'There is no such stream or consumer group.', options);
    case 'NOAUTH':
      return new ExpectedFailure('NOT_CONNECTED', 'The cluster asks for credentials: use `connectCluster`.', options);
    case 'LOADING':
    case 'CLUSTERDOWN':
    case 'MASTERDOWN':
      return new Outage('CLUSTER_UNAVAILABLE', `The cluster does not serve now: ${error.message}`, { cause: error });
    default:
      return new Outage('CLUSTER_UNAVAILABLE', `Valkey refused it: ${error.message}`, { cause: error });
  }
}
