import type { DataAccess, DataAccessState } from '../../domain/data-access.js';

type Change = Partial<Omit<DataAccess, 'clusterName' | 'since'>> & { readonly state: DataAccessState };
type Listener = (access: DataAccess, causedBy?: object) => void;

/** What is known of this API's access to each cluster's data, reported to listeners as it changes. */
export interface AccessStates {
  get(clusterName: string): DataAccess;
  /** All that are not disconnected. */
  all(): readonly DataAccess[];
  set(clusterName: string, change: Change): void;
  /**
   * An attempt begins: it shows as CONNECTING, which is not reported. The returned function ends it; that is reported if the access
   * is then another than before the attempt, so that attempts that fail again and again are silent.
   */
  attempt(clusterName: string, change: Omit<Change, 'state'>, deliveryGroup?: object): (change: Change) => void;
  /** Nothing is known of the cluster any more. */
  forget(clusterName: string): void;
  onChange(this: void, listener: Listener): () => void;
}

export function createAccessStates(): AccessStates {
  const states = new Map<string, DataAccess>();
  const listeners = new Set<Listener>();
  const get = (clusterName: string): DataAccess =>
    states.get(clusterName) ??
    ({ clusterName, state: 'DISCONNECTED', username: null, tls: false, error: null, since: null } as const);
  const put = (before: DataAccess, change: Change): DataAccess => {
    const after = { ...before, error: null, ...change };
    const access = { ...after, since: before.state === after.state ? before.since : new Date() };
    states.set(before.clusterName, access);
    return access;
  };
  const report = (access: DataAccess, causedBy?: object): void => {
    for (const listener of [...listeners]) listener(access, causedBy);
  };

  return {
    get,
    all: () => [...states.values()].filter(({ state }) => state !== 'DISCONNECTED'),
    set(clusterName, change) {
      const before = get(clusterName);
      const access = put(before, change);
      if (differs(before, access)) report(access);
    },
    attempt(clusterName, change, deliveryGroup) {
      const before = get(clusterName);
      put(before, { ...change, state: 'CONNECTING' });
      let from: DataAccess | undefined = before;
      return (end) => {
        const access = put(from ?? get(clusterName), { ...change, ...end });
        if (differs(from ?? before, access)) report(access, deliveryGroup);
        from = access;
      };
    },
    forget(clusterName) {
      const before = get(clusterName);
      states.delete(clusterName);
      if (before.state !== 'DISCONNECTED') report(get(clusterName));
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Another reason for the same failure is no other state: each attempt may fail in its own way. */
function differs(before: DataAccess, after: DataAccess): boolean {
  return (['state', 'username', 'tls'] as const).some((field) => before[field] !== after[field]);
}
