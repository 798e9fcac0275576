import {
  CacheClusterNotFoundFault$,
  type DescribeSnapshotsListMessage,
  type DescribeSnapshotsMessage,
} from '@aws-sdk/client-elasticache';
import { invalidInput } from '../../../domain/errors.js';
import type { SnapshotRecord } from '../../state/records/snapshot.js';
import type { State } from '../../state/region-state.js';
import type { Decoded } from '../../wire/decode.js';
import { fault } from '../../wire/fault.js';
import type { ActionContext } from '../action-context.js';
import { findSnapshot, members } from '../shared/lookup.js';
import { pageOf } from '../shared/paging.js';
import { invalidCombination } from '../shared/refuse.js';
import { snapshotView } from './snapshot-view.js';

type Request = Decoded<DescribeSnapshotsMessage>;

const maxRecords = 50;
const sources: Readonly<Record<string, SnapshotRecord['source']>> = { system: 'automated', user: 'manual' };

/** Lists the snapshots of the region, of a replication group, or of a cache cluster. */
export function describeSnapshots({ account }: ActionContext, input: Request): DescribeSnapshotsListMessage {
  const { MaxRecords = maxRecords, SnapshotSource: sourceName } = input;
  if (MaxRecords > maxRecords) {
    throw invalidInput(`Invalid value ${MaxRecords} for MaxRecords. Must be between 20 and ${maxRecords}.`);
  }
  const source = sourceName === undefined ? undefined : sources[sourceName.toLowerCase()];
  if (sourceName !== undefined && !source) throw invalidInput('Expected the snapshot source system or user.');
  const chosen = ofRequest(account.state, input).filter((one) => source === undefined || one.source === source);
  const { items, marker } = pageOf(chosen, ({ name }) => name, { Marker: input.Marker, MaxRecords });
  return {
    Marker: marker,
    Snapshots: items.map((snapshot) => snapshotView(account, snapshot, input.ShowNodeGroupConfig === true)),
  };
}

function ofRequest(state: State, { SnapshotName, ReplicationGroupId, CacheClusterId }: Request): SnapshotRecord[] {
  if (ReplicationGroupId !== undefined && CacheClusterId !== undefined) {
    throw invalidCombination('Only one of ReplicationGroupId and CacheClusterId may be specified.');
  }
  const groupId = ReplicationGroupId?.toLowerCase();
  const nodeId = CacheClusterId?.toLowerCase();
  const named = SnapshotName === undefined ? (state.snapshots ?? []) : [findSnapshot(state, SnapshotName)];
  const found = named.filter(
    ({ group, shards }) =>
      (groupId === undefined || group.id === groupId) &&
      (nodeId === undefined || shards.some((shard) => shard.nodeId === nodeId)),
  );
  // The snapshots of a deleted cluster stay.
  if (found.length > 0 || (groupId ?? nodeId) === undefined) return found;
  const isKnown = members(state).some(({ group, node }) =>
    groupId === undefined ? node.id === nodeId : group.id === groupId,
  );
  if (isKnown) return [];
  throw fault(CacheClusterNotFoundFault$, `CacheCluster not found: ${(groupId ?? nodeId ?? '').slice(0, 60)}`);
}
