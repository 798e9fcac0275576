import { isDeepStrictEqual } from 'node:util';

/** The result of inspecting a shard, compared with the previous one; `silent` if a node does not answer. */
export type Observation = 'same' | 'changed' | 'silent';

/** Pause while a node starts or is silent, so that its clients do not wait for the inspection. */
const unhealthyPauseMs = 100;
const minPauseMs = 1_000;
/** At most this much later is a frozen node detected. */
const maxPauseMs = 3_000;

/** The pause between inspections: it grows up to a limit while nothing changes. */
export interface InspectionPace {
  /** Adjusts the pause to the observations of all shards. */
  record(observations: readonly Observation[]): void;
  /** Resets the pause after an event or a request. */
  speedUp(): void;
  /** @param isHealthy whether all nodes are available */
  pauseMs(isHealthy: boolean): number;
}

export function createInspectionPace(now: () => number = () => performance.now()): InspectionPace {
  let pauseMs = minPauseMs;
  let isSilent = false;
  return {
    record(observations) {
      isSilent = observations.includes('silent');
      pauseMs = observations.every((observation) => observation === 'same')
        ? Math.min(pauseMs * 2, maxPauseMs)
        : minPauseMs;
    },
    speedUp() {
      pauseMs = minPauseMs;
    },
    pauseMs(isHealthy) {
      if (!isHealthy || isSilent) return unhealthyPauseMs;
      // All groups with the same pause are inspected at the same moment, so that the process wakes once for all of
      // them.
      const time = now();
      return Math.ceil((time + pauseMs / 2) / pauseMs) * pauseMs - time;
    },
  };
}

/** Compares the roles that a shard's nodes report with those of the previous inspection. */
export function createObservations() {
  let last: ReadonlyMap<unknown, unknown> = new Map();
  let isSilent = false;
  return {
    /** To be called if a node has not answered in this inspection. */
    missed(): void {
      isSilent = true;
    },
    compare(roles: ReadonlyMap<unknown, unknown>): Observation {
      const observation = isSilent
        ? 'silent'
        : isDeepStrictEqual([...roles.values()], [...last.values()])
          ? 'same'
          : 'changed';
      last = roles;
      isSilent = false;
      return observation;
    },
  };
}
