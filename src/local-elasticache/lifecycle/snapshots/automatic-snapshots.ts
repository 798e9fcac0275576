import type { Account } from '../../state/account.js';
import { resourceOf } from '../../state/cache-clusters.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { State } from '../../state/region-state.js';
import type { Groups } from '../groups.js';
import { addSnapshot } from './snapshot-records.js';

/** The snapshots that ElastiCache makes each day in the snapshot window of a group, and keeps for some days. */
interface AutomaticSnapshots {
  /** Adds the snapshots that are due, with status creating. @returns their names */
  begin(): Promise<string[]>;
  /** Marks those that were kept long enough as deleting. */
  expire(): Promise<void>;
}

interface AutomaticSnapshotsOptions {
  readonly account: Account;
  readonly groups: Pick<Groups, 'topology' | 'change'>;
  readonly now: () => Date;
}

const day = 24 * 60 * 60_000;

export function createAutomaticSnapshots({ account, groups, now }: AutomaticSnapshotsOptions): AutomaticSnapshots {
  return {
    async begin() {
      const at = now();
      if (!account.state.replicationGroups.some((group) => isDue(account.state, group, at))) return [];
      const names: string[] = [];
      await groups.change(({ state }) => {
        names.length = 0;
        for (const group of state.replicationGroups) {
          if (!isDue(state, group, at)) continue;
          const name = automaticName(resourceOf(group).id, at);
          addSnapshot(state, group, groups.topology(group.id), { name, source: 'automated', at });
          group.status = 'snapshotting';
          names.push(name);
        }
      });
      return names;
    },
    async expire() {
      const at = now().getTime();
      const isOver = ({ source, status, createdAt, group }: NonNullable<State['snapshots']>[number]): boolean =>
        source === 'automated' &&
        (status === 'available' || status === 'failed') &&
        Date.parse(createdAt) + group.snapshotRetentionDays * day <= at;
      if (!(account.state.snapshots ?? []).some(isOver)) return;
      await groups.change(({ state }) => {
        for (const snapshot of state.snapshots ?? []) if (isOver(snapshot)) snapshot.status = 'deleting';
      });
    },
  };
}

/** A group has one automatic snapshot in each window, even if that one failed. */
function isDue({ snapshots = [] }: State, group: ReplicationGroupRecord, at: Date): boolean {
  if (group.status !== 'available' || group.snapshotRetentionDays === 0) return false;
  const start = windowStart(group.snapshotWindow, at);
  if (start === undefined) return false;
  return !snapshots.some(
    (one) => one.source === 'automated' && one.group.id === group.id && Date.parse(one.createdAt) >= start,
  );
}

/** The start of the window, such as `23:30-00:30` in UTC, that is open at this time; undefined if none is. */
function windowStart(window: string, at: Date): number | undefined {
  const [from = 0, to = 0] = window.split('-').map((text) => {
    const [hours = 0, minutes = 0] = text.split(':').map(Number);
    return (hours * 60 + minutes) * 60_000;
  });
  const length = (to - from + day) % day;
  const midnight = Math.floor(at.getTime() / day) * day;
  return [midnight - day + from, midnight + from].find(
    (start) => at.getTime() >= start && at.getTime() < start + length,
  );
}

/** E.g. `automatic.orders-2026-01-31-05-00`, as on AWS. */
function automaticName(clusterId: string, at: Date): string {
  return `automatic.${clusterId}-${at.toISOString().slice(0, 16).replace(/[T:]/g, '-')}`;
}
