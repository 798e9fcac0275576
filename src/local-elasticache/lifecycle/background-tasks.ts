import type { Logger } from '../../telemetry/log.js';

/** Work that no caller waits for. */
export interface BackgroundTasks {
  /** Runs the work. A failure is logged. */
  run(this: void, task: string, work: () => Promise<void>): void;
  /** Resolves when the work that is in progress has ended. */
  settled(): Promise<void>;
}

export function createBackgroundTasks(log: Logger): BackgroundTasks {
  const working = new Set<Promise<void>>();
  return {
    run(task, work) {
      const done = work()
        .catch((error: unknown) => log.error({ err: error }, `${task} failed`))
        .finally(() => working.delete(done));
      working.add(done);
    },
    async settled() {
      await Promise.all(working);
    },
  };
}
