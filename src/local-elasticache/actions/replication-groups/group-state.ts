import { InvalidReplicationGroupStateFault$ } from '@aws-sdk/client-elasticache';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import { fault } from '../../wire/fault.js';

/** @throws AwsFault InvalidReplicationGroupState if the group has none of the statuses */
export function requireStatus(
  { id, status }: ReplicationGroupRecord,
  allowed: readonly ReplicationGroupRecord['status'][],
  purpose: string,
): void {
  if (allowed.includes(status)) return;
  throw fault(
    InvalidReplicationGroupStateFault$,
    `Replication group ${id} has status ${status} which is not valid for ${purpose}.`,
  );
}
