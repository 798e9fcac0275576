import { isSameAccess, type DataAccess, type DataAccessState } from '../../../domain/cluster/data-access.js';
import { createListeners } from '../../../runtime/listeners.js';

type Change = Partial<Omit<DataAccess, 'clusterName' | 'since'>> & { readonly state: DataAccessState };

/** The state of this API's access to each cluster's data. Changes are reported to listeners. */
export interface AccessStates {
  get(clusterName: string): DataAccess;
  /** All accesses that are not disconnected. */
  all(): readonly DataAccess[];
  set(clusterName: string, change: Change): void;
  /**
   * Starts an attempt. The state becomes CONNECTING, which is not reported. The returned function ends the attempt. The end is reported
   * only if the access differs from the one before the attempt, so that repeated failures are reported once.
   */
  attempt(clusterName: string, change: Omit<Change, 'state'>, deliveryGroup?: object): (change: Change) => void;
  /** Forgets the state of the cluster. */
  forget(clusterName: string): void;
  onChange(this: void, listener: (access: DataAccess, causedBy?: object) => void): () => void;
}

export function createAccessStates(): AccessStates {
  const states = new Map<string, DataAccess>();
  /** The states that were reported last. They exclude current attempts. */
  const settled = new Map<string, DataAccess>();
  const listeners = createListeners<[access: DataAccess, causedBy?: object]>();
  const before = (clusterName: string): DataAccess =>
    settled.get(clusterName) ??
    ({ clusterName, state: 'DISCONNECTED', username: null, tls: false, error: null, since: null } as const);
  const get = (clusterName: string): DataAccess => states.get(clusterName) ?? before(clusterName);
  const after = (access: DataAccess, change: Change): DataAccess => ({
    ...access,
    error: null,
    ...change,
    since: access.state === change.state ? access.since : new Date(),
  });
  const settle = (clusterName: string, change: Change, causedBy?: object): void => {
    const was = before(clusterName);
    const access = after(was, change);
    states.set(clusterName, access);
    settled.set(clusterName, access);
    if (!isSameAccess(was, access)) listeners.notify(access, causedBy);
  };

  return {
    get,
    all: () => [...states.values()].filter(({ state }) => state !== 'DISCONNECTED'),
    set: (clusterName, change) => settle(clusterName, change),
    attempt(clusterName, change, deliveryGroup) {
      states.set(clusterName, after(get(clusterName), { ...change, state: 'CONNECTING' }));
      return (end) => settle(clusterName, { ...change, ...end }, deliveryGroup);
    },
    forget(clusterName) {
      const was = before(clusterName);
      states.delete(clusterName);
      settled.delete(clusterName);
      if (was.state !== 'DISCONNECTED') listeners.notify(get(clusterName));
    },
    onChange: listeners.add,
  };
}
