import type { Account } from '../state/account.js';
import type { ReplicationGroupRecord } from '../state/records/replication-group.js';
import { beginPendingChanges } from './apply-pending-changes.js';
import type { Groups } from './groups.js';
import { isMaintenanceTime } from './maintenance-window.js';

/** The work that ElastiCache does in the maintenance windows of groups. */
export interface Maintenance {
  /** Begins the changes that wait for a window that is open now. A window that has passed does nothing. */
  tick(): Promise<void>;
}

interface MaintenanceOptions {
  readonly account: Account;
  readonly groups: Pick<Groups, 'change' | 'applyPendingChanges'>;
  readonly now: () => Date;
}

export function createMaintenance({ account, groups, now }: MaintenanceOptions): Maintenance {
  return {
    async tick() {
      const at = now();
      if (!account.state.replicationGroups.some((group) => isDue(group, at))) return;
      const begun: string[] = [];
      await groups.change((draft) => {
        begun.length = 0;
        for (const group of draft.state.replicationGroups) {
          if (!isDue(group, at)) continue;
          beginPendingChanges(draft, group);
          begun.push(group.id);
        }
      });
      for (const id of begun) groups.applyPendingChanges(id);
    },
  };
}

function isDue({ status, pendingChanges, maintenanceWindow }: ReplicationGroupRecord, at: Date): boolean {
  return status === 'available' && pendingChanges !== undefined && isMaintenanceTime(maintenanceWindow, at);
}
