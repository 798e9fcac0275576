import type { LocalConsumers } from './local-consumers.js';
import type { Serial } from '../../../runtime/serial.js';
import type { Timers } from '../../../runtime/timers.js';

/** Something that is done again and again as long as somebody reads. */
export interface PeriodicTask {
  readonly name: string;
  everyMs(): number;
  run(): Promise<void>;
}

/** Begins a round's turns, or lets them go on where they run already; they end with the last seat. */
export function runPeriodically(
  task: PeriodicTask,
  { consumers, timers, serial }: { consumers: LocalConsumers; timers: Timers; serial: Serial },
): void {
  timers.once(task.name, task.everyMs(), () => {
    void serial(() => task.run()).then(() => {
      if (consumers.all().length > 0) runPeriodically(task, { consumers, timers, serial });
    });
  });
}
