import { ExpectedFailure, Outage } from '../../../domain/errors.js';
import { CommandError } from '../../valkey/command-error.js';
import { patternOfKeys } from '../../valkey/values/channels/channel-keys.js';
import { expectedFailure } from '../../valkey/values/expected-failure.js';

/** The error with which a subscription ends, as a domain error. */
export function asFailure(error: unknown): Error {
  if (error instanceof Error) return expectedFailure(error);
  return new Outage('CLUSTER_UNAVAILABLE', 'The cluster could not be reached.', { cause: error });
}

/** Whether Valkey reports that the stream or consumer group does not exist. */
export function isNoGroup(error: unknown): boolean {
  return error instanceof CommandError && error.prefix === 'NOGROUP';
}

/** The error for a refusal of one of this API's own channels. It explains the channel, which the caller has never named. */
export function ownChannelFailure(channel: Buffer, error: Error): Error {
  if (!(error instanceof CommandError) || error.prefix !== 'NOPERM') return asFailure(error);
  return new ExpectedFailure(
    'PERMISSION_DENIED',
    `The Valkey user may not subscribe to a channel of ${patternOfKeys(channel)}, on which the history or the presence of a ` +
      'channel is announced. Its access string requires & and the key prefix, such as &cachegraph:*.',
    { upstreamCode: error.prefix, cause: error },
  );
}
