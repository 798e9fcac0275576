import type { ClusterChange } from '../../domain/cluster-change.js';

/** Who has caused the change, where that is one delivery group. */
type Cause = Pick<ClusterChange, 'causedBy'>;

/**
 * Changes of data access that are held until a look at the clusters that began after them has ended: access may have changed
 * because the cluster did, and an event must not show what the cluster was before.
 */
export interface HeldAccessChanges {
  hold(clusterName: string, causedBy: object | undefined): void;
  /** An event of the cluster was just reported: it shows its access too. */
  reported(clusterName: string): void;
  /** To be called when a look begins; the returned function takes what was held then, and is still. */
  lookBegins(): () => readonly (readonly [clusterName: string, cause: Cause])[];
  clear(): void;
}

export function createHeldAccessChanges(): HeldAccessChanges {
  /** By lowercase name. */
  const held = new Map<string, Cause>();
  return {
    hold(clusterName, causedBy) {
      const name = clusterName.toLowerCase();
      const earlier = held.get(name);
      // Together with a change of other origin it is nobody's own.
      const isOwn = causedBy !== undefined && (!earlier || earlier.causedBy === causedBy);
      held.set(name, isOwn ? { causedBy } : {});
    },
    reported: (clusterName) => void held.delete(clusterName.toLowerCase()),
    lookBegins() {
      const before = [...held];
      return () => {
        // One that was followed by another waits, with that one, for the next look.
        const due = before.filter(([name, cause]) => held.get(name) === cause);
        for (const [name] of due) held.delete(name);
        return due;
      };
    },
    clear: () => held.clear(),
  };
}
