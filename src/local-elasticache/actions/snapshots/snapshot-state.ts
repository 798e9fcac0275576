import { InvalidSnapshotStateFault$ } from '@aws-sdk/client-elasticache';
import type { SnapshotRecord } from '../../state/records/snapshot.js';
import type { State } from '../../state/region-state.js';
import { fault } from '../../wire/fault.js';
import { snapshotStatus } from './snapshot-view.js';

/** @throws AwsFault InvalidSnapshotStateFault if the snapshot has none of the statuses */
export function requireSnapshotStatus(
  state: State,
  snapshot: SnapshotRecord,
  allowed: readonly string[],
  purpose: string,
): void {
  const status = snapshotStatus(state, snapshot);
  if (allowed.includes(status)) return;
  throw fault(
    InvalidSnapshotStateFault$,
    `Snapshot ${snapshot.name} has status ${status} which is not valid for ${purpose}.`,
  );
}
