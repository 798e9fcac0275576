import { decodeBytes, type Encoding } from '../../domain/encoding.js';
import type { StreamDelivery } from '../../domain/realtime/delivery.js';
import { invalidInput } from '../../domain/errors.js';
import type { LiveSource } from '../../runtime/live-source.js';
import { isEntryId } from '../../domain/realtime/stream-id.js';
import { requirePermission, type PermissionContext } from '../shared/access.js';

export interface StreamEntriesArgs {
  readonly cluster: string;
  readonly stream: string;
  readonly encoding: Encoding;
  readonly after: string;
  readonly announce: boolean;
}

/**
 * The entries of a stream after a position, and new ones as they are added.
 * @throws ExpectedFailure INVALID_INPUT at `after` for the IDs `-` and `+`; Outage FORBIDDEN
 */
export function streamEntries(
  context: PermissionContext,
  { cluster, stream, encoding, after, announce }: StreamEntriesArgs,
): LiveSource<StreamDelivery> {
  if (after !== '$' && !isEntryId(after)) {
    throw invalidInput('Expected an entry ID, `0` for all entries or `$` for new ones.', ['after']);
  }
  const name = decodeBytes(stream, encoding, ['stream']);
  requirePermission(context, 'streams:read', { cluster, key: name });
  return context.realtime.streamEntries({ cluster, stream: name, after, announce });
}
