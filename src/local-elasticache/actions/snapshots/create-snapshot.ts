import {
  SnapshotAlreadyExistsFault$,
  type CreateSnapshotMessage,
  type CreateSnapshotResult,
} from '@aws-sdk/client-elasticache';
import { snapshotName } from '../../../domain/identifiers.js';
import { addSnapshot, snapshotNamed } from '../../lifecycle/snapshots/snapshot-records.js';
import type { State } from '../../state/region-state.js';
import type { Decoded } from '../../wire/decode.js';
import { fault } from '../../wire/fault.js';
import type { ChangeContext } from '../action-context.js';
import { requireClusterStatus } from '../cache-clusters/cache-cluster-state.js';
import { requireStatus } from '../replication-groups/group-state.js';
import { findCacheCluster, findReplicationGroup } from '../shared/lookup.js';
import { invalidCombination } from '../shared/refuse.js';
import { readTags } from '../tags/tag-input.js';
import { snapshotView } from './snapshot-view.js';

type Request = Decoded<CreateSnapshotMessage>;

/** Answers with status `creating`. The group is `snapshotting` until the files are complete. */
export function createSnapshot(
  { account, groups, snapshots, afterStored }: ChangeContext,
  input: Request,
): CreateSnapshotResult {
  const { state } = account;
  const name = newSnapshotName(state, input.SnapshotName);
  const tags = readTags(input.Tags);
  const { group, nodeId } = source(groups, state, input);

  const topology = groups.topology(group.id);
  const at = snapshots.now();
  const snapshot = addSnapshot(state, group, topology, {
    ...{ name, source: 'manual', at, nodeId, kmsKeyId: input.KmsKeyId },
  });
  group.status = 'snapshotting';
  if (tags.length > 0) state.tags[account.arn('snapshot', name)] = tags;
  afterStored(() => snapshots.take(name));
  return { Snapshot: snapshotView(account, snapshot, true) };
}

/** @throws AwsFault SnapshotAlreadyExistsFault; ExpectedFailure if the text of this parameter is not a name */
export function newSnapshotName(state: State, text: string, parameter = 'SnapshotName'): string {
  const name = snapshotName(text, undefined, parameter);
  if (!snapshotNamed(state, name)) return name;
  throw fault(SnapshotAlreadyExistsFault$, `Snapshot ${name} already exists.`);
}

function source(
  groups: ChangeContext['groups'],
  state: State,
  { ReplicationGroupId: groupId, CacheClusterId: nodeId }: Request,
) {
  if ((groupId === undefined) === (nodeId === undefined)) {
    throw invalidCombination('Exactly one of ReplicationGroupId and CacheClusterId must be specified.');
  }
  if (groupId !== undefined) {
    const group = findReplicationGroup(state, groupId);
    requireStatus(group, ['available'], 'CreateSnapshot');
    return { group, nodeId: undefined };
  }
  const member = findCacheCluster(state, nodeId ?? '');
  const { group, node } = member;
  if (group.clusterMode) {
    throw invalidCombination(
      `Cache cluster ${node.id} belongs to a replication group with cluster mode enabled: specify ReplicationGroupId.`,
    );
  }
  requireClusterStatus(groups, member, ['available'], 'CreateSnapshot');
  return { group, nodeId: node.id };
}
