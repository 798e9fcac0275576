import type { ClusterChange } from '../../../domain/cluster/cluster-change.js';
import { isSameAccess, type DataAccess } from '../../../domain/cluster/data-access.js';

/** The delivery group that caused the change, if there is exactly one. */
type Cause = Pick<ClusterChange, 'causedBy'>;

/**
 * Changes of data access, held until a read of the clusters that started after them has ended. The access may have changed because
 * the cluster did, and an event must not show the cluster's former state. Access that then equals the last reported access is not
 * reported.
 */
export interface HeldAccessChanges {
  hold(access: DataAccess, causedBy: object | undefined): void;
  /** An event of the cluster was just reported, which includes its access. */
  reported(clusterName: string): void;
  /** Call it when a read starts. The returned function takes the changes that were held then and have not been replaced since. */
  readStarts(): () => readonly (readonly [clusterName: string, cause: Cause])[];
  clear(): void;
}

/** `current` returns the access to a cluster whose changes were never held. */
export function createHeldAccessChanges(current: (clusterName: string) => DataAccess): HeldAccessChanges {
  // All maps are keyed by lowercase name.
  const held = new Map<string, Cause>();
  const latest = new Map<string, DataAccess>();
  const shown = new Map<string, DataAccess>();

  const show = (name: string): void => void shown.set(name, latest.get(name) ?? current(name));
  const isShown = (name: string): boolean => {
    const [now, before] = [latest.get(name), shown.get(name)];
    return now !== undefined && before !== undefined && isSameAccess(now, before);
  };
  return {
    hold(access, causedBy) {
      const name = access.clusterName.toLowerCase();
      const earlier = held.get(name);
      // Together with a change of another cause, it has no single cause.
      const isOwn = causedBy !== undefined && (!earlier || earlier.causedBy === causedBy);
      held.set(name, isOwn ? { causedBy } : {});
      latest.set(name, access);
    },
    reported(clusterName) {
      const name = clusterName.toLowerCase();
      held.delete(name);
      show(name);
    },
    readStarts() {
      const before = [...held];
      return () => {
        // A change that was replaced by a newer one waits with it for the next read.
        const due = before.filter(([name, cause]) => held.get(name) === cause);
        for (const [name] of due) held.delete(name);
        const changed = due.filter(([name]) => !isShown(name));
        for (const [name] of changed) show(name);
        return changed;
      };
    },
    clear() {
      for (const map of [held, latest, shown]) map.clear();
    },
  };
}
