import assert from 'node:assert/strict';
import type { Aftermath, OperationFactory } from './operation.js';

const hasSnapshot = ({ view }: Aftermath, name: string): boolean =>
  view.snapshots.some(({ SnapshotName }) => SnapshotName === name);

/** A snapshot that a kill interrupted is removed, and an event says so. */
function requireOutcome(after: Aftermath, name: string, isAcknowledged: boolean): void {
  if (hasSnapshot(after, name) || !isAcknowledged) return;
  assert.ok(after.hasEvent(new RegExp(`Snapshot failed for snapshot with ID '${name}'`)), `no event about ${name}`);
}

const create: OperationFactory = ({ random, before, newName, contents, acknowledgedOf }) => {
  const id = random.pick(before.groups).ReplicationGroupId!;
  const name = newName('snapshot');
  return {
    name: `create ${name} of ${id}`,
    spanMs: 80,
    send(client) {
      contents.set(name, acknowledgedOf(id));
      return client.createSnapshot({ ReplicationGroupId: id, SnapshotName: name });
    },
    check: (after, isAcknowledged) => requireOutcome(after, name, isAcknowledged),
  };
};

const copy: OperationFactory = ({ random, before, newName, contents }) => {
  if (before.snapshots.length === 0) return undefined;
  const source = random.pick(before.snapshots).SnapshotName!;
  const name = newName('copy');
  return {
    name: `copy ${source} to ${name}`,
    spanMs: 60,
    send(client) {
      contents.set(name, contents.get(source)!);
      return client.copySnapshot({ SourceSnapshotName: source, TargetSnapshotName: name });
    },
    check: (after, isAcknowledged) => requireOutcome(after, name, isAcknowledged),
  };
};

const remove: OperationFactory = ({ random, before }) => {
  if (before.snapshots.length < 3) return undefined;
  const name = random.pick(before.snapshots).SnapshotName!;
  return {
    name: `delete ${name}`,
    spanMs: 40,
    send: (client) => client.deleteSnapshot({ SnapshotName: name }),
    check: (after, isAcknowledged) => assert.ok(!hasSnapshot(after, name) || !isAcknowledged, `${name} exists`),
  };
};

/** Creates a group with the data of a snapshot, and perhaps another number of shards. */
const restore: OperationFactory = ({ random, before, newName }) => {
  const restored = before.groups.filter(({ ReplicationGroupId: id = '' }) => id.startsWith('restored'));
  if (before.snapshots.length === 0 || restored.length > 0) return undefined;
  const snapshot = random.pick(before.snapshots);
  const [id, shards] = [newName('restored'), 1 + random.integer(2)];
  return {
    name: `restore ${id} from ${snapshot.SnapshotName} with ${shards} shards`,
    spanMs: 900,
    send: (client) =>
      client.createReplicationGroup({
        ReplicationGroupId: id,
        ReplicationGroupDescription: `Restored from ${snapshot.SnapshotName}`,
        SnapshotName: snapshot.SnapshotName,
        ...(shards > 1
          ? { CacheParameterGroupName: 'on-a', NumNodeGroups: shards, ReplicasPerNodeGroup: random.integer(2) }
          : { CacheParameterGroupName: 'off-a', ClusterMode: 'disabled', NumCacheClusters: 1 + random.integer(2) }),
      }),
    check({ view }, isAcknowledged) {
      const exists = view.groups.some(({ ReplicationGroupId }) => ReplicationGroupId === id);
      assert.ok(exists || !isAcknowledged, `${id} does not exist`);
    },
  };
};

const removeGroup: OperationFactory = ({ random, before, newName, contents, acknowledgedOf }) => {
  const group = before.groups.find(({ ReplicationGroupId: id = '' }) => id.startsWith('restored'));
  if (!group) return undefined;
  const id = group.ReplicationGroupId!;
  const final = random.chance(0.7) ? newName('final') : undefined;
  return {
    name: `delete ${id}${final === undefined ? '' : ` with ${final}`}`,
    spanMs: 300,
    send(client) {
      if (final !== undefined) contents.set(final, acknowledgedOf(id));
      return client.deleteReplicationGroup({ ReplicationGroupId: id, FinalSnapshotIdentifier: final });
    },
    check(after, isAcknowledged) {
      const exists = after.view.groups.some(({ ReplicationGroupId }) => ReplicationGroupId === id);
      const isKept = exists && after.hasEvent(new RegExp(`${id} is kept: it has no final snapshot`));
      assert.ok(!exists || isKept || !isAcknowledged, `${id} exists`);
      if (final === undefined) return;
      assert.ok(exists || hasSnapshot(after, final), `${id} is gone without its final snapshot`);
      requireOutcome(after, final, isAcknowledged);
    },
  };
};

export const snapshotOperations: readonly OperationFactory[] = [
  create,
  create,
  copy,
  remove,
  restore,
  restore,
  removeGroup,
];
