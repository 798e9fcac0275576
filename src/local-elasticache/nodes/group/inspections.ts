import { repeat } from '../../../runtime/repeat.js';
import { createInspectionPace, type Sight } from './inspection-pace.js';

interface Inspected {
  /** By shard. Rejects if the nodes could not be looked after. */
  inspect(this: void): Promise<readonly Sight[]>;
  /** Whether all nodes are available. */
  isWhole(this: void): boolean;
  onFailure(this: void, cause: unknown): void;
}

/** The inspections of one group from `start` to `stop`, rarer while nothing changes. */
export function createInspections({ inspect, isWhole, onFailure }: Inspected) {
  const pace = createInspectionPace();
  let running: ReturnType<typeof repeat> | undefined;
  const round = async (): Promise<void> => {
    try {
      pace.saw(await inspect());
    } catch (cause) {
      pace.quicken();
      onFailure(cause);
    }
  };
  return {
    start(): void {
      running = repeat(round, () => pace.pauseMs(isWhole()));
    },
    /** Something has happened or was asked for. */
    soon(): void {
      pace.quicken();
      running?.wake();
    },
    stop: () => running?.stop(),
  };
}
