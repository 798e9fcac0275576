import type { Logger } from '../../../telemetry/log.js';
import type { Account, AccountDraft } from '../../state/account.js';
import type { SnapshotRecord } from '../../state/records/snapshot.js';
import type { State } from '../../state/region-state.js';
import { groupRecord } from '../../state/group-record.js';
import { failureReason } from '../../state/write-failure.js';
import type { Groups } from '../groups.js';
import { createAutomaticSnapshots } from './automatic-snapshots.js';
import type { SnapshotFiles } from './snapshot-files.js';
import { forgetSnapshot, recordOutcome, snapshotNamed } from './snapshot-records.js';

/** Makes, copies and deletes the files of the snapshots of one region, whose records the caller has stored. */
export interface Snapshots {
  readonly now: () => Date;
  /** Makes the files of a snapshot with status creating. Its group is available or deleted afterwards. */
  take(name: string): void;
  /** Makes the files of a copy with status creating. */
  copy(name: string): void;
  /** Deletes the files of snapshots with status deleting, and then their records. */
  removeDeleted(): void;
  /** Begins the automatic snapshots that are due, and deletes those that were kept long enough. */
  tick(): Promise<void>;
}

interface SnapshotsOptions {
  readonly account: Account;
  readonly groups: Groups;
  readonly files: SnapshotFiles;
  readonly now: () => Date;
  readonly log: Logger;
}

export function createSnapshots({ account, groups, files, now, log }: SnapshotsOptions): Snapshots {
  const { closing } = groups;
  const removing = new Set<string>();

  /** Changes the record of a snapshot, which may have been deleted meanwhile. */
  const changeSnapshot = (
    { folder }: SnapshotRecord,
    work: (snapshot: SnapshotRecord, draft: AccountDraft) => void,
  ): Promise<void> =>
    groups.change((draft) => {
      const found = draft.state.snapshots?.find((snapshot) => snapshot.folder === folder);
      if (found) work(found, draft);
    });

  /** Runs the work that makes the files of a snapshot, and records how it ended. */
  const make = (name: string, work: (snapshot: SnapshotRecord) => Promise<void>): void => {
    const snapshot = snapshotNamed(account.state, name);
    if (!snapshot) return;
    const { id } = snapshot.group;
    groups.announce(id);
    groups.inBackground(`making snapshot ${name}`, async () => {
      let failure: string | undefined;
      try {
        await work(snapshot);
      } catch (error) {
        // The next run of the endpoint removes the snapshot.
        if (closing.aborted) return;
        log.error({ err: error, snapshot: name }, 'a snapshot could not be made');
        failure = failureReason(error);
      }
      await changeSnapshot(snapshot, (record, draft) => {
        record.status = failure === undefined ? 'available' : 'failed';
        recordOutcome(draft, record, failure);
        if (record.copyOf === undefined) release(draft.state, record);
      });
      if (failure === undefined && snapshot.isFinal) groups.remove(id);
      groups.announce(id);
    });
  };

  const removeDeleted = (): void => {
    const deleted = (account.state.snapshots ?? []).filter(({ status, folder }) => {
      return status === 'deleting' && !removing.has(folder);
    });
    for (const { folder, name } of deleted) {
      removing.add(folder);
      groups.inBackground(`deleting snapshot ${name}`, async () => {
        try {
          await files.remove(folder);
          await groups.change((draft) => forgetSnapshot(draft, folder));
        } finally {
          removing.delete(folder);
        }
      });
    }
  };

  const take = (name: string): void =>
    make(name, async (snapshot) => {
      const { folder, shards, group } = snapshot;
      const nodes = groups.nodes(group.id);
      if (!nodes) throw new Error(`The nodes of ${group.id} are not running.`);
      const nodeIds = new Map(shards.map(({ id, nodeId }) => [id, nodeId]));
      const saved = await files.create(folder, [...nodeIds.keys()], async (id, file) => {
        const size = await nodes.saveRdb({ nodeId: nodeIds.get(id) ?? '', file }, closing);
        return { id, size, savedAt: now().toISOString() };
      });
      await changeSnapshot(snapshot, (record) => {
        for (const shard of record.shards) {
          Object.assign(
            shard,
            saved.find(({ id }) => id === shard.id),
          );
        }
      });
    });

  const automatic = createAutomaticSnapshots({ account, groups, now });
  return {
    now,
    take,
    copy: (name) =>
      make(name, async ({ copyOf = '', folder, shards }) => {
        const source = snapshotNamed(account.state, copyOf);
        if (!source) throw new Error(`Snapshot ${copyOf} does not exist.`);
        const ids = shards.map(({ id }) => id);
        await files.copy(source.folder, folder, ids);
      }),
    removeDeleted,
    async tick() {
      for (const name of await automatic.begin()) take(name);
      await automatic.expire();
      removeDeleted();
    },
  };
}

/** Ends the group's status during the snapshot. A group whose final snapshot failed is not deleted. */
function release(state: State, { group, isFinal, status }: SnapshotRecord): void {
  const found = groupRecord(state, group.id);
  if (!found) return;
  const isKept = isFinal ? status === 'failed' && found.status === 'deleting' : found.status === 'snapshotting';
  if (isKept) found.status = 'available';
}
