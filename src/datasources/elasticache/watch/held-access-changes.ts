import type { ClusterChange } from '../../../domain/cluster/cluster-change.js';
import { isSameAccess, type DataAccess } from '../../../domain/cluster/data-access.js';

/** Who has caused the change, where that is one delivery group. */
type Cause = Pick<ClusterChange, 'causedBy'>;

/**
 * Changes of data access that are held until a look at the clusters that began after them has ended: access may have changed
 * because the cluster did, and an event must not show what the cluster was before. Access that is then again as it was shown last
 * is not reported.
 */
export interface HeldAccessChanges {
  hold(access: DataAccess, causedBy: object | undefined): void;
  /** An event of the cluster was just reported: it shows its access too. */
  reported(clusterName: string): void;
  /** To be called when a look begins; the returned function takes what was held then, and is still. */
  lookBegins(): () => readonly (readonly [clusterName: string, cause: Cause])[];
  clear(): void;
}

/** @param current the access to a cluster of which no change was held yet */
export function createHeldAccessChanges(current: (clusterName: string) => DataAccess): HeldAccessChanges {
  // All by lowercase name.
  const held = new Map<string, Cause>();
  const latest = new Map<string, DataAccess>();
  const shown = new Map<string, DataAccess>();

  const show = (name: string): void => void shown.set(name, latest.get(name) ?? current(name));
  const isShown = (name: string): boolean => {
    const [is, was] = [latest.get(name), shown.get(name)];
    return is !== undefined && was !== undefined && isSameAccess(is, was);
  };
  return {
    hold(access, causedBy) {
      const name = access.clusterName.toLowerCase();
      const earlier = held.get(name);
      // Together with a change of other origin it is nobody's own.
      const isOwn = causedBy !== undefined && (!earlier || earlier.causedBy === causedBy);
      held.set(name, isOwn ? { causedBy } : {});
      latest.set(name, access);
    },
    reported(clusterName) {
      const name = clusterName.toLowerCase();
      held.delete(name);
      show(name);
    },
    lookBegins() {
      const before = [...held];
      return () => {
        // One that was followed by another waits, with that one, for the next look.
        const due = before.filter(([name, cause]) => held.get(name) === cause);
        for (const [name] of due) held.delete(name);
        const news = due.filter(([name]) => !isShown(name));
        for (const [name] of news) show(name);
        return news;
      };
    },
    clear() {
      for (const each of [held, latest, shown]) each.clear();
    },
  };
}
