import type { DataAccess, DataAccessState } from '../../domain/data-access.js';

/** What is known of this API's access to each cluster's data, told to listeners as it changes. */
export interface AccessStates {
  get(clusterName: string): DataAccess;
  /** All that are not disconnected. */
  all(): readonly DataAccess[];
  set(
    clusterName: string,
    change: Partial<Omit<DataAccess, 'clusterName' | 'since'>> & { state: DataAccessState },
  ): void;
  onChange(this: void, listener: (access: DataAccess) => void): () => void;
}

export function createAccessStates(): AccessStates {
  const states = new Map<string, DataAccess>();
  const listeners = new Set<(access: DataAccess) => void>();
  const get = (clusterName: string): DataAccess =>
    states.get(clusterName) ??
    ({ clusterName, state: 'DISCONNECTED', username: null, tls: false, error: null, since: null } as const);

  return {
    get,
    all: () => [...states.values()].filter(({ state }) => state !== 'DISCONNECTED'),
    set(clusterName, change) {
      const before = get(clusterName);
      const after = { ...before, error: null, ...change };
      const same = (['state', 'username', 'tls', 'error'] as const).every((field) => before[field] === after[field]);
      if (same) return;
      const access = { ...after, since: before.state === after.state ? before.since : new Date() };
      states.set(clusterName, access);
      for (const listener of listeners) listener(access);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
