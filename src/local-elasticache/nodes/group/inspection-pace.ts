import { isDeepStrictEqual } from 'node:util';

/** What an inspection has seen: what it saw last time, something else, or a node that does not answer. */
export type Sight = 'same' | 'changed' | 'silent';

/** While a node is on its way back, or silent: who waits for it should not wait for us. */
const unsettledMs = 100;
const shortestMs = 1_000;
/** A frozen node is found so much later at most. */
const longestMs = 3_000;

/** How long to wait until nodes are inspected again: longer each time, up to a limit, while nothing changes. */
export interface InspectionPace {
  /** By shard. */
  saw(sights: readonly Sight[]): void;
  /** Something has happened or was asked for. */
  quicken(): void;
  /** @param isWhole whether all nodes are available */
  pauseMs(isWhole: boolean): number;
}

export function createInspectionPace(now: () => number = () => performance.now()): InspectionPace {
  let pauseMs = shortestMs;
  let isSilent = false;
  return {
    saw(sights) {
      isSilent = sights.includes('silent');
      pauseMs = sights.every((sight) => sight === 'same') ? Math.min(pauseMs * 2, longestMs) : shortestMs;
    },
    quicken() {
      pauseMs = shortestMs;
    },
    pauseMs(isWhole) {
      if (!isWhole || isSilent) return unsettledMs;
      // All groups that wait as long are inspected at the same moment: the process wakes once for all of them.
      const time = now();
      return Math.ceil((time + pauseMs / 2) / pauseMs) * pauseMs - time;
    },
  };
}

/** Compares what the nodes of a shard say with what they said in the last inspection. */
export function createSightings() {
  let last: ReadonlyMap<unknown, unknown> = new Map();
  let isSilent = false;
  return {
    /** A node has not answered in this inspection. */
    missed(): void {
      isSilent = true;
    },
    compare(roles: ReadonlyMap<unknown, unknown>): Sight {
      const sight = isSilent
        ? 'silent'
        : isDeepStrictEqual([...roles.values()], [...last.values()])
          ? 'same'
          : 'changed';
      last = roles;
      isSilent = false;
      return sight;
    },
  };
}
