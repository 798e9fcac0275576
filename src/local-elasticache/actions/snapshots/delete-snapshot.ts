import type { DeleteSnapshotMessage, DeleteSnapshotResult } from '@aws-sdk/client-elasticache';
import type { Decoded } from '../../wire/decode.js';
import type { ChangeContext } from '../action-context.js';
import { findSnapshot } from '../shared/lookup.js';
import { requireSnapshotStatus } from './snapshot-state.js';
import { snapshotView } from './snapshot-view.js';

/** Answers with status `deleting`. The snapshot disappears once its files are gone. */
export function deleteSnapshot(
  { account, snapshots, afterStored }: ChangeContext,
  input: Decoded<DeleteSnapshotMessage>,
): DeleteSnapshotResult {
  const snapshot = findSnapshot(account.state, input.SnapshotName);
  requireSnapshotStatus(account.state, snapshot, ['available', 'failed'], 'DeleteSnapshot');
  snapshot.status = 'deleting';
  afterStored(() => snapshots.removeDeleted());
  return { Snapshot: snapshotView(account, snapshot, true) };
}
