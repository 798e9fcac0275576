import { ExpectedFailure, Outage } from '../../../domain/errors.js';
import { CommandError } from '../../valkey/command-error.js';
import { patternOfKeys } from '../../valkey/values/channels/channel-keys.js';
import { expectedFailure } from '../../valkey/values/expected-failure.js';
import { AccessDenied } from '../../valkey/connections/nodes/connection-errors.js';

/** What a subscription fails with, in the API's terms. */
export function asFailure(error: unknown): Error {
  if (error instanceof Error) return expectedFailure(error);
  return new Outage('CLUSTER_UNAVAILABLE', 'The cluster could not be reached.', { cause: error });
}

/**
 * Whether waiting is of no use. Somebody who has read before waits for a password that was changed, as for a server that is away:
 * the configuration may follow.
 */
export function isPermanent(reason: Error): boolean {
  return reason instanceof ExpectedFailure && !(reason instanceof AccessDenied);
}

/** Whether Valkey has said that there is no such stream or consumer group. */
export function isNoGroup(error: unknown): boolean {
  return error instanceof CommandError && error.prefix === 'NOGROUP';
}

/** What a subscription fails with where one of this API's own channels was refused: the caller has never named it. */
export function ownChannelFailure(channel: Buffer, error: Error): Error {
  if (!(error instanceof CommandError) || error.prefix !== 'NOPERM') return asFailure(error);
  return new ExpectedFailure(
    'PERMISSION_DENIED',
    `The user may not subscribe to a channel of ${patternOfKeys(channel)}, on which the history or the presence of a channel is ` +
      'told: it needs & and the key prefix, such as &cachegraph:*.',
    { upstreamCode: error.prefix, cause: error },
  );
}
