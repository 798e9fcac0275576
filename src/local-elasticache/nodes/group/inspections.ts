import { repeat } from '../../../runtime/repeat.js';
import { createInspectionPace, type Observation } from '../shard/inspection-pace.js';

interface Inspected {
  /** Inspects the nodes; one result per shard. Rejects if that fails. */
  inspect(this: void): Promise<readonly Observation[]>;
  /** Whether all nodes are available. */
  isHealthy(this: void): boolean;
  onFailure(this: void, cause: unknown): void;
}

/** Inspects one group periodically from `start` to `stop`, less often while nothing changes. */
export function createInspections({ inspect, isHealthy, onFailure }: Inspected) {
  const pace = createInspectionPace();
  let running: ReturnType<typeof repeat> | undefined;
  const round = async (): Promise<void> => {
    try {
      pace.record(await inspect());
    } catch (cause) {
      pace.speedUp();
      onFailure(cause);
    }
  };
  return {
    start(): void {
      running = repeat(round, () => pace.pauseMs(isHealthy()));
    },
    /** Shortens the pause after an event or a request. */
    inspectSoon(this: void): void {
      pace.speedUp();
      running?.wake();
    },
    stop: () => running?.stop(),
  };
}
