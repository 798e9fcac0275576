/** Notifies waiting requests of a change of a replication group. */
export interface Changes {
  announce(groupId: string): void;
  /** Resolves at the next change of the group, after `milliseconds`, or when `signal` aborts, whichever is first. */
  next(groupId: string, milliseconds: number, signal: AbortSignal): Promise<void>;
}

export function createChanges(): Changes {
  const waiting = new Map<string, Set<() => void>>();
  return {
    announce(groupId) {
      for (const release of waiting.get(groupId) ?? []) release();
    },
    next(groupId, milliseconds, signal) {
      return new Promise((resolve) => {
        const ofGroup = waiting.get(groupId) ?? new Set();
        waiting.set(groupId, ofGroup);
        const release = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', release);
          ofGroup.delete(release);
          if (ofGroup.size === 0 && waiting.get(groupId) === ofGroup) waiting.delete(groupId);
          resolve();
        };
        const timer = setTimeout(release, milliseconds);
        ofGroup.add(release);
        signal.addEventListener('abort', release);
        if (signal.aborted) release();
      });
    },
  };
}
