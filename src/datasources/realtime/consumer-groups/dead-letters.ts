import type { StreamEntry } from '../../../domain/realtime/stream-entry.js';
import type { PendingEntry } from '../../valkey/values/streams/pending-entries.js';
import type { Argument } from '../../valkey/interfaces.js';
import type { GroupName } from '../interfaces.js';

/**
 * The XADD that copies an entry to the dead-letter stream. It runs before the entry is acknowledged: an entry may be copied
 * twice, but is never lost. The fields that describe its deliveries follow the entry's own.
 */
export function deadLetterCommand(
  deadLetterStream: Buffer,
  { stream, group }: GroupName,
  entry: StreamEntry,
  pending: PendingEntry,
): [string, ...Argument[]] {
  const own = entry.fields.flatMap(({ name, value }) => [name, value]);
  const deliveries = [
    ['dead-letter-reason', 'maxDeliveries'],
    ['dead-letter-stream', stream],
    ['dead-letter-group', group],
    ['dead-letter-consumer', pending.consumer],
    ['dead-letter-entry-id', entry.id],
    ['dead-letter-deliveries', String(pending.deliveryCount)],
  ] as const;
  return ['XADD', deadLetterStream, '*', ...own, ...deliveries.flat()];
}
