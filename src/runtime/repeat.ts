interface Repetition {
  /** Reads the pause again and runs earlier if it is shorter now. */
  wake(): void;
  stop(): void;
}

/** Runs a task repeatedly until it is stopped, `pauseMs()` after each run has ended. The task must not reject. */
export function repeat(task: () => Promise<void>, pauseMs: () => number): Repetition {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Infinity;
  const plan = (): void => {
    const ms = pauseMs();
    const at = performance.now() + ms;
    if (isStopped || at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(run, ms);
  };
  const run = (): void => {
    timer = undefined;
    void task().then(() => {
      dueAt = Infinity;
      plan();
    });
  };
  plan();
  return {
    wake() {
      // A run in progress reads the pause when it ends.
      if (timer) plan();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
