import { deadLetterFields } from '../../../domain/realtime/dead-letter.js';
import type { StreamEntry } from '../../../domain/realtime/stream-entry.js';
import type { PendingEntry } from '../../valkey/values/streams/pending-entries.js';
import type { Argument } from '../../valkey/interfaces.js';
import type { GroupName } from '../interfaces.js';

/**
 * The XADD that copies an entry to the dead-letter stream. It runs before the entry is acknowledged: an entry may be copied
 * twice, but is never lost.
 */
export function deadLetterCommand(
  deadLetterStream: Buffer,
  { stream, group }: GroupName,
  entry: StreamEntry,
  { consumer, deliveryCount }: PendingEntry,
): [string, ...Argument[]] {
  const fields = deadLetterFields(entry.fields, { stream, group, consumer, entryId: entry.id, deliveryCount });
  return ['XADD', deadLetterStream, '*', ...fields.flatMap(({ name, value }) => [name, value])];
}
