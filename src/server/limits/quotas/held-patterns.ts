import type { HeldPatterns, PatternLimits } from '../../../domain/patterns.js';
import type { OnLimit } from '../../../config/limits/server-limits.js';
import { LimitExceeded } from '../limit-exceeded.js';

/** Counts the distinct patterns that each client and each cluster is subscribed to. A pattern of several subscriptions counts once. */
export function createHeldPatterns(
  { maxPatternsPerClient, maxPatternsPerCluster }: PatternLimits,
  onLimit: OnLimit | undefined,
): HeldPatterns {
  const ofClients = createDistinctCounts();
  const ofClusters = createDistinctCounts();
  const check = (limit: keyof PatternLimits, subject: string, count: number, max: number): void => {
    if (count <= max) return;
    onLimit?.(limit);
    throw new LimitExceeded(limit, subject, max, count);
  };

  return {
    hold(client, cluster, patterns) {
      const name = cluster.toLowerCase();
      // Latin-1 maps each byte to one character.
      const names = [...new Set(patterns.map((pattern) => pattern.toString('latin1')))];
      const atCluster = names.map((pattern) => `${name} ${pattern}`);
      const ofClient = client === undefined ? 0 : ofClients.countWith(client, atCluster);
      check('maxPatternsPerClient', 'a number of distinct patterns of one client', ofClient, maxPatternsPerClient);
      const ofCluster = ofClusters.countWith(name, names);
      check('maxPatternsPerCluster', 'a number of distinct patterns of one cluster', ofCluster, maxPatternsPerCluster);
      if (client !== undefined) ofClients.add(client, atCluster);
      ofClusters.add(name, names);
      return () => {
        if (client !== undefined) ofClients.remove(client, atCluster);
        ofClusters.remove(name, names);
      };
    },
  };
}

/** Counts how often each of an owner's names is held. */
interface DistinctCounts {
  /** The number of distinct names that the owner would have with these. */
  countWith(owner: string, names: readonly string[]): number;
  add(owner: string, names: readonly string[]): void;
  remove(owner: string, names: readonly string[]): void;
}

function createDistinctCounts(): DistinctCounts {
  const owners = new Map<string, Map<string, number>>();
  return {
    countWith(owner, names) {
      const held = owners.get(owner);
      return (held?.size ?? 0) + names.filter((name) => held?.has(name) !== true).length;
    },
    add(owner, names) {
      const held = owners.get(owner) ?? new Map<string, number>();
      for (const name of names) held.set(name, (held.get(name) ?? 0) + 1);
      if (held.size > 0) owners.set(owner, held);
    },
    remove(owner, names) {
      const held = owners.get(owner);
      for (const name of names) {
        const count = (held?.get(name) ?? 0) - 1;
        if (count > 0) held?.set(name, count);
        else held?.delete(name);
      }
      if (held?.size === 0) owners.delete(owner);
    },
  };
}
