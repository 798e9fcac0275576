import { randomUUID } from 'node:crypto';
import type { CopySnapshotMessage, CopySnapshotResult } from '@aws-sdk/client-elasticache';
import type { SnapshotRecord } from '../../state/records/snapshot.js';
import type { Decoded } from '../../wire/decode.js';
import type { ChangeContext } from '../action-context.js';
import { findSnapshot } from '../shared/lookup.js';
import { refuseGiven } from '../shared/refuse.js';
import { readTags } from '../tags/tag-input.js';
import { newSnapshotName } from './create-snapshot.js';
import { requireSnapshotStatus } from './snapshot-state.js';
import { snapshotView } from './snapshot-view.js';

/** Answers with status `creating`. The source is `copying` until the copy is complete. Its tags are copied too. */
export function copySnapshot(
  { account, snapshots, afterStored }: ChangeContext,
  input: Decoded<CopySnapshotMessage>,
): CopySnapshotResult {
  const { state, arn } = account;
  const source = findSnapshot(state, input.SourceSnapshotName);
  refuseGiven(input, ['TargetBucket']);
  const name = newSnapshotName(state, input.TargetSnapshotName, 'TargetSnapshotName');
  const tags = readTags(input.Tags);
  requireSnapshotStatus(state, source, ['available', 'restoring', 'copying'], 'CopySnapshot');

  const copy: SnapshotRecord = {
    ...structuredClone(source),
    name,
    status: 'creating',
    source: 'manual',
    folder: randomUUID(),
    createdAt: snapshots.now().toISOString(),
    copyOf: source.name,
    isFinal: undefined,
    kmsKeyId: input.KmsKeyId ?? source.kmsKeyId,
  };
  (state.snapshots ??= []).push(copy);
  const inherited = (state.tags[arn('snapshot', source.name)] ?? []).filter(
    ({ key }) => !tags.some((tag) => tag.key === key),
  );
  if (inherited.length + tags.length > 0) state.tags[arn('snapshot', name)] = [...inherited, ...tags];
  afterStored(() => snapshots.copy(name));
  return { Snapshot: snapshotView(account, copy, true) };
}
